import { NO_MEMORY } from "../assembly/layout.ts";
import { ForeignError, noMemory } from "./errors.ts";
import { inspect } from "./inspect.ts";
import { checkTimeout } from "./pattern.ts";
import { ProcessId } from "./pid.ts";
import type { Pending, Process } from "./process.ts";
import { Ref } from "./ref.ts";
import type { World } from "./world.ts";

/** What is done when a timer fires. */
type Action = () => void;

/** Timers that send messages. The core keeps the time; this keeps the messages, under the core's numbers. */
export class Timers {
  private readonly world: World;
  private readonly actions: (Action | undefined)[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** A timer for `to`: it ends with that process; a name is looked up when it fires. */
  private set(to: unknown, ms: number, action: (ref: Ref) => Action): Ref {
    const { world } = this;
    world.checkRunning();
    let slot = 0;
    if (typeof to !== "string") {
      const pid = world.checkPid(to, "sendAfter");
      // A timer for the dead is over before it begins.
      if (!world.isLiving(pid)) return new Ref(world as never, "timer", 0, -1);
      slot = pid.slot;
    }
    const index = world.core.setTimer(slot, world.deadline(ms));
    if (index === NO_MEMORY) throw noMemory();
    const ref = new Ref(world as never, "timer", index, world.core.timerGenerationOf(index));
    this.actions[index] = action(ref);
    world.scheduler.notice();
    return ref;
  }

  sendAfter(to: unknown, message: unknown, ms: unknown): Ref {
    const handed = this.world.prepare(message);
    return this.set(to, checkDelay(ms), () => () => this.send(to, handed));
  }

  startTimer(to: unknown, message: unknown, ms: unknown): Ref {
    const handed = this.world.prepare(message);
    return this.set(to, checkDelay(ms), (ref) => () => this.send(to, ["timeout", ref, handed]));
  }

  private send(to: unknown, message: unknown): void {
    const { world } = this;
    const process = to instanceof ProcessId ? (to as Process) : world.names.get(to as string);
    if (process !== undefined) world.sendTo(process, message);
  }

  /** A sleep of an async body, which may have several at once. */
  sleep(process: Process, ms: number, resolve: () => void, reject: (reason: unknown) => void): void {
    const { world } = this;
    const pending: Pending = { reject };
    process.pending.add(pending);
    if (ms === Number.POSITIVE_INFINITY) return;
    this.set(process.pid, ms, () => () => {
      process.pending.delete(pending);
      resolve();
      world.scheduler.resolved = true;
    });
  }

  /** What the timer does; it does it once, or never when its target has died. */
  take(index: number): Action {
    const action = this.actions[index] as Action;
    this.actions[index] = undefined;
    return action;
  }

  read(timer: unknown): number | false {
    const { world } = this;
    const ref = this.checkTimer(timer);
    const deadline = ref.generation < 0 ? -1 : world.core.timerDeadline(ref.index, ref.generation);
    return deadline < 0 ? false : Math.max(0, Math.ceil(deadline - world.now()));
  }

  cancel(timer: unknown): number | false {
    const left = this.read(timer);
    if (left === false) return false;
    const { index } = timer as Ref;
    this.actions[index] = undefined;
    this.world.core.cancelTimer(index);
    return left;
  }

  private checkTimer(ref: unknown): Ref {
    if (!(ref instanceof Ref) || ref.kind !== "timer")
      throw new TypeError(`expected the reference of a timer, got ${inspect(ref)}`);
    if (ref.runtime !== (this.world as unknown)) throw new ForeignError(`${ref} belongs to another runtime`);
    return ref;
  }

  stop(): void {
    this.actions.forEach((action, index) => {
      if (action !== undefined) this.world.core.cancelTimer(index);
    });
    this.actions.length = 0;
    this.world.scheduler.stop();
  }
}

function checkDelay(ms: unknown): number {
  if (ms === Number.POSITIVE_INFINITY)
    throw new RangeError("expected a finite time in ms, got Infinity: such a timer would never fire");
  return checkTimeout(ms);
}
