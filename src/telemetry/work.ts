import { CHECK_CLOCK, EMPTY, HANDED, STATE_TICKS, TICKS } from "../../assembly/layout.ts";
import type { Core } from "../core.ts";
import type { Machine } from "../machine.ts";

const MESSAGES = 0;
const REDUCTIONS = 1;

/**
 * Counts what a runtime does, by functions put around three of its core's: the core itself counts reductions by process only, and forgets those of
 * the dead.
 */
export class Work {
  readonly stop: () => void;
  /** Not two fields: those would be boxed anew with each count once they are large. */
  private readonly counts = new Float64Array(2);
  /** What holds the memory; the bundle knows the core's names only where they stand behind `core`. */
  private readonly core: Core;
  private ticks: Int32Array;

  /** `turns` is called whenever the scheduler may begin a turn, before any process runs in it. */
  constructor(machine: Machine, turns: () => void) {
    this.core = machine.core;
    this.ticks = this.view();
    this.counts[REDUCTIONS] = this.left() - TICKS;
    this.stop = this.putAround(machine as { core: Core }, turns);
  }

  /** The core's functions are read-only: they are put around in a copy of what holds them. What takes them away. */
  private putAround(machine: { core: Core }, turns: () => void): () => void {
    const { counts } = this;
    const before = machine.core;
    const core = { ...before };
    const next = core.next;
    const send = core.send;
    const sendAlias = core.sendAlias;
    let isBetween = true;
    core.next = () => {
      if (isBetween) {
        isBetween = false;
        turns();
      }
      const left = this.left();
      const slot = next();
      if (slot === EMPTY) isBetween = true;
      else if (slot === CHECK_CLOCK) {
        isBetween = true;
        // Now there are TICKS of them again.
        (counts[REDUCTIONS] as number) += TICKS - left;
      }
      return slot;
    };
    core.send = (slot, generation, hands) => {
      const number = send(slot, generation, hands);
      if (number >= 0 || number === HANDED) (counts[MESSAGES] as number)++;
      return number;
    };
    core.sendAlias = (index, generation, hands, sender) => {
      const number = sendAlias(index, generation, hands, sender);
      if (number >= 0 || number < HANDED) (counts[MESSAGES] as number)++;
      return number;
    };
    machine.core = core;
    return () => {
      // Somebody may have put more around it since.
      if (machine.core === core) machine.core = before;
      core.next = next;
      core.send = send;
      core.sendAlias = sendAlias;
    };
  }

  private view(): Int32Array {
    const { core } = this;
    return new Int32Array(core.memory.buffer, STATE_TICKS, 1);
  }

  /** What is left of the ticks until the scheduler looks at the clock; below 0 at times. */
  private left(): number {
    // Growing has detached it.
    if (this.ticks.length === 0) this.ticks = this.view();
    return this.ticks[0] as number;
  }

  /** Messages that have been sent to living processes. */
  get messages(): number {
    return this.counts[MESSAGES] as number;
  }

  /** Messages taken and sent, and slices begun. */
  get reductions(): number {
    return (this.counts[REDUCTIONS] as number) + TICKS - this.left() + this.messages;
  }
}
