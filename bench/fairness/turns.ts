import { openSync, readSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import type { Stall } from "./observation.ts";

/** A turn is to take 1.5 ms, and the host after it next to nothing: longer than this, ms, something has held them up. */
const LONG = 3;

interface Round {
  readonly start: number;
  readonly turnEnd: number;
  readonly end: number;
  readonly preempted: number;
}

/**
 * Watches turns from outside: a scheduler asks the host for each by setImmediate, which is replaced here, before the package that
 * uses it is loaded.
 */
export class Turns {
  readonly lengths: number[] = [];
  readonly pauses: { readonly start: number; readonly end: number }[] = [];
  preempted = 0;

  private isRecording = false;
  private readonly schedule = globalThis.setImmediate;
  private readonly long: Round[] = [];
  private start = 0;
  private turnEnd = 0;
  private waited = 0;

  constructor() {
    globalThis.setImmediate = ((turn: () => void) => this.schedule(() => this.take(turn))) as typeof setImmediate;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        if (this.isRecording) this.pauses.push({ start: startTime, end: startTime + duration });
      }
    }).observe({ entryTypes: ["gc"] });
  }

  record(): void {
    this.isRecording = true;
  }

  /** When the host has told of all pauses until now. */
  async finish(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    this.isRecording = false;
  }

  stalls(): Stall[] {
    return this.long.map(({ start, turnEnd, end, preempted }) => ({
      turn: turnEnd - start,
      host: end - turnEnd,
      collecting: this.pauses.reduce(
        (sum, pause) => sum + Math.max(0, Math.min(pause.end, end) - Math.max(pause.start, start)),
        0,
      ),
      preempted,
    }));
  }

  private take(turn: () => void): void {
    if (!this.isRecording) return turn();
    const { start: last, turnEnd, waited } = this;
    this.start = performance.now();
    this.waited = timeInRunQueue();
    if (last > 0) {
      const preempted = this.waited - waited;
      this.preempted += preempted;
      this.lengths.push(turnEnd - last);
      if (this.start - last > LONG) this.long.push({ start: last, turnEnd, end: this.start, preempted });
    }
    turn();
    this.turnEnd = performance.now();
  }
}

const schedstat = openSchedstat();
const text = Buffer.alloc(100);

/** ms that this thread could have run and did not. 0 where the system does not tell. */
function timeInRunQueue(): number {
  if (schedstat === undefined) return 0;
  const length = readSync(schedstat, text, 0, text.length, 0);
  return Number(text.toString("latin1", 0, length).split(" ")[1]) / 1e6;
}

function openSchedstat(): number | undefined {
  try {
    return openSync("/proc/thread-self/schedstat", "r");
  } catch {
    return undefined;
  }
}
