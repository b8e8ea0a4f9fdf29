import { NO_MEMORY } from "../assembly/layout.ts";
import { ForeignError, noMemory } from "./errors.ts";
import { inspect } from "./inspect.ts";
import { localTo } from "./local.ts";
import { checkTimeout } from "./pattern.ts";
import { ProcessId } from "./pid.ts";
import type { Pending, Process } from "./process.ts";
import { Ref } from "./ref.ts";
import type { World } from "./world.ts";

/** The reference of a timer, with what it does: sends `message` to a pid or a name, or calls `to`. */
export class Timer extends Ref {
  readonly to: unknown;
  message: unknown;

  constructor(to: unknown, message: unknown) {
    super();
    this.to = to;
    this.message = message;
  }
}

interface Limited {
  time(now: number): void;
}

/** Timers that send messages. The core keeps the time; this keeps the messages, under the core's numbers. */
export class Timers {
  private readonly world: World;
  private readonly Timer: typeof Timer;
  /** By the core's index, while it is set. */
  private readonly timers: (Timer | undefined)[] = [];
  /**
   * Receives that have begun to wait, and whose time has not. Most get their message before the clock is looked at again: those cost neither a
   * look nor a timer.
   */
  readonly begun: Limited[] = [];

  constructor(world: World) {
    this.world = world;
    this.Timer = localTo(world, Timer);
  }

  /** Sets a timer that ends with `target`; a name is looked up when it fires. */
  private set(timer: Timer, target: unknown, ms: number): Timer {
    const { world } = this;
    world.checkRunning();
    const process = typeof target === "string" ? undefined : (world.checkPid(target, "sendAfter") as Process);
    // A timer for the dead is over before it begins.
    if (process?.isDead) return timer;
    const index = world.core.setTimer(process === undefined ? 0 : process.slot, world.deadline(ms));
    if (index === NO_MEMORY) throw noMemory();
    timer.index = index;
    this.timers[index] = timer;
    world.scheduler.notice();
    return timer;
  }

  sendAfter(to: unknown, message: unknown, ms: unknown): Ref {
    return this.set(new this.Timer(to, this.world.prepare(message)), to, checkDelay(ms));
  }

  startTimer(to: unknown, message: unknown, ms: unknown): Ref {
    const timer = new this.Timer(to, undefined);
    timer.message = ["timeout", timer, this.world.prepare(message)];
    return this.set(timer, to, checkDelay(ms));
  }

  /** The clock is looked at: the time of what waits begins. */
  time(): number {
    const now = this.world.now();
    for (const receive of this.begun.splice(0)) receive.time(now);
    return now;
  }

  /** A sleep of an async body, which may have several at once. */
  sleep(process: Process, ms: number, resolve: () => void, reject: (reason: unknown) => void): void {
    const { world } = this;
    const pending: Pending = { reject };
    process.pending.add(pending);
    if (ms === Number.POSITIVE_INFINITY) return;
    const wake = () => {
      process.pending.delete(pending);
      resolve();
      world.scheduler.resolved = true;
    };
    this.set(new this.Timer(wake, undefined), process, ms);
  }

  /** The timer under a number that is free from now on: it has fired, or its target has died. */
  take(index: number): Timer {
    const timer = this.timers[index] as Timer;
    this.timers[index] = undefined;
    return timer;
  }

  fire({ to, message }: Timer): void {
    const { world } = this;
    if (typeof to === "function") return to();
    const process = to instanceof ProcessId ? (to as Process) : world.names.get(to as string);
    if (process !== undefined) world.sendTo(process, message);
  }

  read(ref: unknown): number | false {
    const { world } = this;
    const { index } = this.checkTimer(ref);
    return this.timers[index] === ref && Math.max(0, Math.ceil(world.core.timerDeadline(index) - world.now()));
  }

  cancel(ref: unknown): number | false {
    const left = this.read(ref);
    if (left !== false) {
      const { index } = ref as Timer;
      this.timers[index] = undefined;
      this.world.core.cancelTimer(index);
    }
    return left;
  }

  private checkTimer(ref: unknown): Timer {
    if (!(ref instanceof Timer)) throw new TypeError(`expected the reference of a timer, got ${inspect(ref)}`);
    if (ref.runtime !== (this.world as unknown)) throw new ForeignError(`${ref} belongs to another runtime`);
    return ref;
  }

  stop(): void {
    this.timers.forEach((timer, index) => {
      if (timer !== undefined) this.world.core.cancelTimer(index);
    });
    this.timers.length = 0;
    this.world.scheduler.stop();
  }
}

function checkDelay(ms: unknown): number {
  if (ms === Number.POSITIVE_INFINITY) throw new RangeError("expected a finite time in ms, got Infinity");
  return checkTimeout(ms);
}
