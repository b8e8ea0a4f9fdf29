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
  /** Negative until its time begins. */
  override index = -1;
  readonly to: unknown;
  message: unknown;
  /** How long it is; from when its time begins on, its deadline. */
  ms: number;

  constructor(to: unknown, message: unknown, ms: number) {
    super();
    this.to = to;
    this.message = message;
    this.ms = ms;
  }

  time(now: number): void {
    if (this.index < 0) (this.runtime as unknown as World).timers.arm(this, this.to, now);
  }
}

interface Beginner {
  time(now: number): void;
}

/** So many may wait for their time to begin. */
const MOST = 1000;

/** Timers that send messages. The core keeps the time; this keeps the messages, under the core's numbers. */
export class Timers {
  private readonly world: World;
  private readonly Timer: typeof Timer;
  /** By the core's index, while it is set. */
  private readonly timers: (Timer | undefined)[] = [];
  /**
   * Receives and timers whose time begins when the clock is looked at next. Most receives get their message before that, and many a timer is
   * cancelled: those cost neither a look nor a timer of the core.
   */
  private beginners: Beginner[] = [];
  /** The last timer that a slice has set since the clock was looked at, null when that is cancelled. */
  private last: Timer | null | undefined = undefined;

  constructor(world: World) {
    this.world = world;
    this.Timer = localTo(world, Timer);
  }

  /** Its time begins when the clock is looked at next. */
  defer(beginner: Beginner): void {
    if (this.beginners.push(beginner) > MOST || !this.world.defers) this.time();
  }

  private set(timer: Timer): Timer {
    const { world } = this;
    const { to } = timer;
    world.checkRunning();
    if (typeof to !== "string") world.checkPid(to, "sendAfter");
    const { isRunning } = world.scheduler;
    // Only who has just cancelled one sets the next without a look: such timers come and go, and no other's place in the order depends on them.
    if (isRunning && this.last === null) this.defer(timer);
    else this.arm(timer, to, isRunning && this.last === undefined ? world.now() : this.time());
    this.last = timer;
    return timer;
  }

  /** Sets a timer that ends with `target`; a name is looked up when it fires. */
  arm(timer: Timer, target: unknown, now: number): void {
    const { world } = this;
    // Of a name, both are undefined.
    const { isDead, slot } = target as Process;
    // A timer for the dead is over before it begins.
    if (isDead) return;
    timer.ms = world.deadline(timer.ms, now);
    timer.index = world.core.setTimer(slot ?? 0, timer.ms);
    if (timer.index === NO_MEMORY) throw noMemory();
    this.timers[timer.index] = timer;
    world.scheduler.notice();
  }

  sendAfter(to: unknown, message: unknown, ms: unknown): Ref {
    return this.set(new this.Timer(to, this.world.prepare(message), checkDelay(ms)));
  }

  startTimer(to: unknown, message: unknown, ms: unknown): Ref {
    const timer = new this.Timer(to, undefined, checkDelay(ms));
    timer.message = ["timeout", timer, this.world.prepare(message)];
    return this.set(timer);
  }

  /** The clock is looked at: the time of what waits for that begins. */
  time(): number {
    const now = this.world.now();
    const { beginners } = this;
    this.last = undefined;
    this.beginners = [];
    for (const beginner of beginners) beginner.time(now);
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
    this.arm(new this.Timer(wake, undefined, ms), process, this.time());
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
    if (!(ref instanceof Timer)) throw new TypeError(`expected the reference of a timer, got ${inspect(ref)}`);
    if (ref.runtime !== (this.world as unknown)) throw new ForeignError(`${ref} belongs to another runtime`);
    const { index, ms, to } = ref;
    if (index < 0) return !(to as Process).isDead && Math.ceil(ms);
    return this.timers[index] === ref && Math.max(0, Math.ceil(ms - this.world.now()));
  }

  cancel(ref: unknown): number | false {
    const left = this.read(ref);
    if (left !== false) {
      const timer = ref as Timer;
      if (timer === this.last) this.last = null;
      if (timer.index < 0) {
        // It stays among the beginners, but not for long.
        timer.index = 0;
      } else {
        this.take(timer.index);
        this.world.core.cancelTimer(timer.index);
      }
    }
    return left;
  }

  stop(): void {
    this.time();
    for (const timer of this.timers) if (timer !== undefined) this.cancel(timer);
    this.world.scheduler.stop();
  }
}

function checkDelay(ms: unknown): number {
  if (ms === Number.POSITIVE_INFINITY) throw new RangeError("expected a finite time in ms, got Infinity");
  return checkTimeout(ms);
}
