import { HAS_MAIL } from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";
import { named, type Process } from "./people.ts";
import type { Named } from "./protocol.ts";
import type { OpenCore, Taps } from "./taps.ts";

/** ms that a slice may take. */
export const LONG_SLICE = 50;

/** A process that held the scheduler. */
export interface LongSlice {
  readonly process: Named;
  readonly ms: number;
}

/**
 * Finds the process whose slice takes long: by the clock, at the beginning of each slice. That costs as much as a message, so it is done for some
 * seconds after the host's loop was held up, when it is likely to happen again.
 */
export class Slices {
  readonly found: LongSlice[] = [];
  private readonly machine: Machine;
  private readonly taps: Taps;
  private until = 0;
  private began = 0;
  private process: Process | undefined;
  /** How it is called, which nobody knows any more when it has ended. */
  private known: Named | undefined;

  constructor(machine: Machine, taps: Taps) {
    this.machine = machine;
    this.taps = taps;
  }

  /** Looks out for `ms` from `now` on. */
  arm(now: number, ms: number): void {
    this.until = now + ms;
    this.taps.add(this.tap);
  }

  tick(now: number): void {
    if (this.taps.has(this.tap) && now > this.until) this.taps.remove(this.tap);
  }

  private readonly tap = (core: OpenCore): void => {
    const inner = { core: { ...core } };
    const { machine } = this;
    core.next = () => {
      if (this.process !== undefined) this.ended();
      const answer = inner.core.next();
      if (answer > 0) {
        this.process = machine.table[answer & (HAS_MAIL - 1)];
        this.known = this.process && named(machine, this.process);
        this.began = performance.now();
      }
      return answer;
    };
  };

  private ended(): void {
    const ms = performance.now() - this.began;
    if (ms >= LONG_SLICE && this.known !== undefined && this.found.length < 100) {
      this.found.push({ process: this.known, ms });
    }
    this.process = undefined;
  }
}
