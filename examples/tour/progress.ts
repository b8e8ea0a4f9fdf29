import process from "node:process";
import { count, cyan, dim, line, terminal } from "./print.ts";

/**
 * A bar on a terminal, drawn every 50 ms at most; in a pipe one plain line for
 * each quarter.
 */
export class Progress {
  private readonly what: string;
  private readonly total: number;
  private drawn = 0;
  private quarters = 0;

  constructor(what: string, total: number) {
    this.what = what;
    this.total = total;
  }

  at(done: number): void {
    if (terminal) this.draw(done);
    else this.tell(done);
  }

  private draw(done: number): void {
    const now = performance.now();
    if (now - this.drawn < 50 && done < this.total) return;
    this.drawn = now;
    const cells = Math.floor((40 * done) / this.total);
    const bar = cyan("█".repeat(cells)) + dim("░".repeat(40 - cells));
    process.stdout.write(
      `\r  ${this.what.padEnd(15)} ${count(done).padStart(12)}   ${bar}`,
    );
    // The figures take its place.
    if (done === this.total) process.stdout.write("\r\x1b[2K");
  }

  private tell(done: number): void {
    const quarters = Math.floor((4 * done) / this.total);
    if (quarters > this.quarters)
      line(`  ${this.what.padEnd(15)} ${count(done).padStart(12)}`);
    this.quarters = quarters;
  }
}
