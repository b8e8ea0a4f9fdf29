/** The restarts of a supervisor that its period still holds. */
export class Intensity {
  private readonly most: number;
  /** ms */
  private readonly period: number;
  /** When they were, in ms, the oldest first. Those before `from` are forgotten. */
  private times: number[] = [];
  private from = 0;

  constructor(maxRestarts: number, maxSeconds: number) {
    this.most = maxRestarts;
    this.period = maxSeconds * 1000;
  }

  /** Notes a restart; false when it is one too many. */
  add(now: number): boolean {
    const { times, period } = this;
    times.push(now);
    while ((times[this.from] as number) < now - period) this.from++;
    // Not shift(), which moves them all; one restart in two moves one at most.
    if (this.from > times.length / 2) {
      this.times = times.slice(this.from);
      this.from = 0;
    }
    return this.times.length - this.from <= this.most;
  }
}
