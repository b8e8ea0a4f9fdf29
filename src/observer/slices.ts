import { HAS_MAIL } from "../../assembly/layout.ts";
import type { Pid } from "../kernel.ts";
import type { Machine, OpenCore } from "../machine.ts";
import { named, type Process } from "./people.ts";
import type { Named } from "./protocol.ts";
import type { Taps } from "./taps.ts";

/** ms that a slice may take. */
export const LONG_SLICE = 50;

/** A process that held the scheduler. */
export interface LongSlice {
  readonly process: Named;
  readonly ms: number;
}

/** ms for which slices are timed, and for which they are left alone when that found nobody: twice as long each time. */
const LOOKOUT = 3000;
/** Slices that are timed together, until those of some batch took too long together. */
const BATCH = 16;
const PAUSE = 5000;
const LONGEST_PAUSE = 320_000;

/**
 * Finds the process whose slice takes long: by the clock, first for a batch of slices and then for each of them. That may cost more than a message, so it is
 * done for a moment after the host's loop was held up, when it is likely to happen again; and less and less often where the host itself is late.
 */
export class Slices {
  readonly found: LongSlice[] = [];
  private readonly machine: Machine;
  private readonly taps: Taps;
  private until = 0;
  private notBefore = 0;
  private pause = PAUSE;
  private began = 0;
  /** Whether each slice is timed, since some of a batch were long. */
  private isClose = false;
  /** Slices till the clock is looked at. */
  private left = 0;
  /** Whether it has just been. */
  private isTimed = false;
  private process: Process | undefined;
  /** What it runs, which nobody knows any more when it has ended. */
  private body = "";

  constructor(machine: Machine, taps: Taps) {
    this.machine = machine;
    this.taps = taps;
  }

  /** Looks out from `now` on, unless that was in vain of late. */
  arm(now: number): void {
    if (this.taps.has(this.tap) || now < this.notBefore) return;
    this.until = now + LOOKOUT;
    this.taps.add(this.tap);
  }

  tick(now: number): void {
    if (this.found.length > 0) {
      this.pause = PAUSE;
      this.until = now + LOOKOUT;
    }
    if (now <= this.until || !this.taps.has(this.tap)) return;
    this.taps.remove(this.tap);
    this.process = undefined;
    this.notBefore = now + this.pause;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private readonly tap = (core: OpenCore): void => {
    const inner = { core: { ...core } };
    const { machine } = this;
    this.isClose = false;
    this.left = 0;
    core.next = (handed) => {
      if (this.left > 0 && --this.left === 0) this.look();
      const answer = inner.core.next(handed);
      if (answer <= 0) {
        if (this.left > 0) this.look();
        // The host's time, which follows, is nobody's slice.
        this.left = 0;
      } else {
        if (this.left === 0) {
          if (!this.isTimed) this.began = performance.now();
          this.left = this.isClose ? 1 : BATCH;
        }
        if (this.isClose) {
          const process = machine.table[answer & (HAS_MAIL - 1)];
          this.process = process;
          this.body = process?.initialCall ?? "";
        }
      }
      this.isTimed = false;
      return answer;
    };
  };

  /** The slices that were to be timed are over. */
  private look(): void {
    const now = performance.now();
    const ms = now - this.began;
    const { process } = this;
    this.began = now;
    this.isTimed = true;
    this.process = undefined;
    if (ms < LONG_SLICE) return;
    if (!this.isClose) this.isClose = true;
    else if (process !== undefined && this.found.length < 100) {
      const known = named(this.machine, process);
      this.found.push({ process: this.machine.isAlive(process as Pid) ? known : { ...known, body: this.body }, ms });
    }
  }
}
