import type { Core } from "./core.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Slices of those that were handed a message, after which the core is told how many: then it counts with all of its own, and the clock is looked at in time. */
export const HANDED_SLICES = 256;

/**
 * Messages that go from hand to hand: to a process that waits in a bare receive, and has nothing in its mailbox, its slice may begin without asking the core,
 * to which it waits all the while. Two calls of the core are a third of what such a message costs.
 *
 * `Process.inHand` of a process that may be handed a message is null: it is open. It is opened when it begins to wait, and closed by whatever else
 * wakes it. Its turn comes behind all that the core has in its run queues, and whoever asks the core for anything has all of
 * them `surface` first: it stands in its run queue then, as if it had been asked for each message. So the order is the core's.
 *
 *   queue  │ · │ slot │ slot │ slot │ · │      slots, since objects that are younger than the array would each have to be noted by V8
 *                first ▲ (runs, or is next)
 */
export class Handover {
  private readonly world: World;
  private queue: number[] = new Array(64).fill(0);
  /** Where the first one stands; as many as `world.hidden` do. */
  private first = 0;
  /** The slice of the first one runs, and the core does not know. */
  private isRunning = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Hands a message to a process that is open. False when that can't be, since it `hands` over nothing or somebody watches: then it is closed. */
  add(to: Process, message: unknown, hands: number): boolean {
    const { world, queue } = this;
    to.inHand = hands > world.watchers ? message : undefined;
    if (to.inHand === undefined) return false;
    queue[(this.first + world.hidden) & (queue.length - 1)] = to.slot;
    // What stands twice in it is found under one of both positions.
    if (++world.hidden === queue.length) this.queue = queue.concat(queue);
    if (world.isIdle) world.scheduler.arm();
    return true;
  }

  /** Whose slice begins. */
  begin(): Process {
    const { world } = this;
    world.hasMail = false;
    world.opens = null;
    this.isRunning = 1;
    return world.table[this.queue[this.first] as number] as Process;
  }

  /** The slice is over. False when the core knows of it. */
  end(): boolean {
    if (this.isRunning === 0) return false;
    // A slice, a message taken, and that it was sent: who sent it is not known here.
    if (this.world.counted) this.world.bareCore.charge(this.queue[this.first] as number, 3);
    this.next();
    return true;
  }

  private next(): void {
    this.isRunning = 0;
    this.first = (this.first + 1) & (this.queue.length - 1);
    this.world.hidden--;
  }

  /** Tells the core who runs, and who has a message in hand. The core. */
  surface(): Core {
    const { world } = this;
    const { bareCore: core } = world;
    world.opens = undefined;
    while (world.hidden > 0) {
      core.hand(this.queue[this.first] as number, this.isRunning);
      this.next();
    }
    return core;
  }
}
