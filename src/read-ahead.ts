import { NUMBER_BITS, NUMBER_MASK } from "../assembly/layout.ts";
import type { World } from "./world.ts";

/**
 * Takes the messages of the process whose slice it is, oldest first, without asking the core for each of them: with the first one it tells how many
 * follow under the next numbers.
 *
 * The core does not know yet which of those are taken, until it is told, at the latest when the slice is over. Whoever asks it about
 * that mailbox before has to `settle`.
 */
export class ReadAhead {
  private readonly world: World;
  private slot = 0;
  /** The first number that the core takes for one in the mailbox, the next one to be taken, and where they end. */
  private first = 0;
  private next = 0;
  private end = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** The number of the oldest message; EMPTY and YIELD as the core's `take`. */
  take(slot: number): number {
    const { next } = this;
    if (next === this.end) return this.ask(slot);
    this.next = next + 1;
    return next;
  }

  private ask(slot: number): number {
    const { world } = this;
    this.settle();
    if (world.transit !== undefined) world.transit.reached(world.core.walk(slot, 1));
    const answer = world.core.take(slot);
    if (answer <= NUMBER_MASK) return answer;
    const number = answer & NUMBER_MASK;
    // Each message in transit has to be looked at when its turn comes.
    if (world.transit === undefined) {
      this.slot = slot;
      this.first = this.next = number + 1;
      this.end = number + 1 + (answer >> NUMBER_BITS);
      world.hasAftermath = true;
    }
    return number;
  }

  /** Tells the core what has been taken. */
  settle(): void {
    const { first, next } = this;
    this.first = this.next = this.end = 0;
    if (next > first) this.world.core.settle(this.slot, next - first);
  }
}
