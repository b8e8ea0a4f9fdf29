import { CHECK_CLOCK, EMPTY, STATE_SENT, STATE_TICKS, TICKS } from "../../assembly/layout.ts";
import type { Core } from "../core.ts";
import type { Machine } from "../machine.ts";

const MESSAGES = 0;
const REDUCTIONS = 1;

/** Words of the core's memory, from STATE_TICKS on. */
const LEFT = 0;
const SENT = (STATE_SENT - STATE_TICKS) >> 2;

/**
 * Counts what a runtime does, by a function put around one of its core's: the core counts the messages that are sent, in a word that begins again at 0,
 * but reductions by process only, and forgets those of the dead.
 */
export class Work {
  readonly stop: () => void;
  /** Not two fields: those would be boxed anew with each count once they are large. */
  private readonly counts = new Float64Array(2);
  /** What holds the memory; the bundle knows the core's names only where they stand behind `core`. */
  private readonly core: Core;
  private words: Int32Array;
  /** What the core had counted when it was last looked at. */
  private sent: number;

  /** `turns` is called whenever the scheduler may begin a turn, before any process runs in it. */
  constructor(machine: Machine, turns: () => void) {
    this.core = machine.core;
    this.words = this.view();
    this.sent = this.word(SENT);
    this.counts[REDUCTIONS] = this.word(LEFT) - TICKS;
    this.stop = this.putAround(machine as { core: Core }, turns);
  }

  /** The core's functions are read-only: one is put around in a copy of what holds them. What takes it away. */
  private putAround(machine: { core: Core }, turns: () => void): () => void {
    const { counts } = this;
    const before = machine.core;
    const core = { ...before };
    const next = core.next;
    let isBetween = true;
    core.next = (handed) => {
      if (isBetween) {
        isBetween = false;
        turns();
      }
      // The core takes off what has been handed over before it looks at what is left.
      const left = this.word(LEFT) - 2 * handed;
      const slot = next(handed);
      if (slot === EMPTY) isBetween = true;
      else if (slot === CHECK_CLOCK) {
        isBetween = true;
        // Now there are TICKS of them again.
        (counts[REDUCTIONS] as number) += TICKS - left;
        this.count();
      }
      return slot;
    };
    machine.core = core;
    return () => {
      // Somebody may have put more around it since.
      if (machine.core === core) machine.core = before;
      core.next = next;
    };
  }

  private view(): Int32Array {
    const { core } = this;
    return new Int32Array(core.memory.buffer, STATE_TICKS, SENT + 1);
  }

  private word(word: number): number {
    // Growing has detached it.
    if (this.words.length === 0) this.words = this.view();
    return this.words[word] as number;
  }

  /** Adds what has been sent since the last time: often enough for none of it to be 2^32. */
  private count(): void {
    const sent = this.word(SENT);
    (this.counts[MESSAGES] as number) += (sent - this.sent) >>> 0;
    this.sent = sent;
  }

  /** Messages that have been sent to living processes. */
  get messages(): number {
    this.count();
    return this.counts[MESSAGES] as number;
  }

  /** Messages taken and sent, and slices begun. `word(LEFT)`: what is left of the ticks until the scheduler looks at the clock; below 0 at times. */
  get reductions(): number {
    return (this.counts[REDUCTIONS] as number) + TICKS - this.word(LEFT) + this.messages;
  }
}
