import { APART, EMPTY, HAS_MAIL } from "../assembly/layout.ts";
import { active, setActive } from "./active.ts";
import {
  Arguments,
  ASYNC,
  ENGINE,
  GENERATOR,
  isGenerator,
  isLoop,
  isThenable,
  LOADING,
  LOOP,
  type Loader,
  type LoopBody,
  resume,
  START,
} from "./body.ts";
import { UsageError } from "./errors.ts";
import { HANDED_SLICES } from "./handover.ts";
import * as host from "./host.ts";
import { badYield, SUSPENSION } from "./operation.ts";
import type { Process } from "./process.ts";
import type { Self } from "./types.ts";
import type { World } from "./world.ts";

/** How long a turn keeps the host from its other work, ms: with what lies between turns less than the 1 ms that the host's timers go by. */
const TURN = 0.8;
const ignore = (): void => {};

const RESOLVED = Promise.resolve();

/** Timers that fire or move in one go. */
const TIMER_WORK = 4096;

/**
 * Runs slices. The core says whose turn it is; this gives the host its own turns in between.
 *
 * A turn begins as a task of the host and ends when nobody can run or its time is over. Promises that it resolves run when it
 * returns, as microtasks; what they set going runs in a microtask behind them, still in the same turn's time. The next task, which
 * comes in any case then, is the end of that.
 *
 *   idle ──arm──▶ armed ──host──▶ turn ──nobody can run──▶ idle (a host timer is set for the next deadline)
 *                 ▲   ▲            │  └──promises resolved──▶ idle, and armed
 *                 │   └─time over──┘                           │  ▲
 *                 └────────────────────────────────host────────┘  └──arm, turn in a microtask
 */
export class Scheduler {
  /** Slices run, or what belongs to them: one of them may be on the host's stack. */
  isRunning = false;
  /** Whether this turn has resolved a promise of an async body. */
  resolved = false;

  private readonly world: World;
  /** On the prototype, where the engine knows it for a constant. */
  declare private readonly resume: typeof resume;
  // Never an integer: the engine would give the class another shape when it is none.
  private turnEnd = -Number.POSITIVE_INFINITY;
  /** Whether the host will call. */
  private scheduled = false;
  /** Whether promises may still run that this turn has resolved: then what they set going belongs to it. */
  private goesOn = false;
  private hostTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** -1: no host timer is set. */
  private hostDeadline = -1;

  constructor(world: World) {
    this.world = world;
  }

  /** Lets the host call when it has time. */
  arm(): void {
    this.world.isIdle = false;
    // Not queueMicrotask, which makes an object for its hooks of each call in some hosts.
    if (this.goesOn) void RESOLVED.then(this.microtask);
    else this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    host.schedule(this.task);
  }

  /** Something may have become runnable, or a deadline may have come nearer, outside of a turn. */
  notice(): void {
    if (this.world.isIdle && (!this.goesOn || this.world.core.runnable() > 0)) this.arm();
  }

  private readonly task = (): void => {
    this.scheduled = false;
    this.goesOn = false;
    this.turnEnd = performance.now() + TURN;
    this.turn();
  };

  private readonly microtask = (): void => this.turn();

  private turn(): void {
    this.resolved = false;
    let done = false;
    try {
      done = this.slices(this.goesOn);
    } catch (error) {
      // Only the program's own clock can throw here. The host hears of it; the next send arms anew.
      this.world.isIdle = true;
      throw error;
    }
    this.goesOn ||= this.resolved;
    this.world.isIdle = done;
    if (!done || this.goesOn) this.schedule();
    else this.armHostTimer();
  }

  /** Runs everything that can run now. */
  run(): void {
    if (this.isRunning) throw new UsageError("run: a process can't run its runtime from within");
    const armed = !this.world.isIdle;
    this.world.isIdle = false;
    this.turnEnd = Number.POSITIVE_INFINITY;
    try {
      this.slices(false);
    } finally {
      this.turnEnd = -Number.POSITIVE_INFINITY;
      this.world.isIdle = !armed;
      if (!armed) this.armHostTimer();
    }
  }

  /** True when nobody can run any more, false when the turn's time is over. */
  private slices(goesOn: boolean): boolean {
    const { world } = this;
    const { bareCore: core, handover } = world;
    const outer = active;
    let isHanded = false;
    let handed = 0;
    setActive(world);
    this.isRunning = true;
    try {
      world.signals.bury();
      if (!goesOn) this.fireTimers();
      for (;;) {
        let process: Process;
        if (isHanded) {
          process = handover.begin();
        } else {
          const slot = core.next(handed);
          handed = 0;
          if (slot > 0) {
            world.hasMail = (slot & HAS_MAIL) !== 0;
            world.opens = slot < APART ? null : undefined;
            process = world.table[slot & (HAS_MAIL - 1)] as Process;
          } else {
            isHanded = slot === EMPTY && world.hidden !== 0;
            if (isHanded) continue;
            // What was resolved goes on in a moment: the clock, which is slow to read, is looked at often enough without this turn.
            if (slot === EMPTY && (goesOn || this.resolved)) return true;
            // Nobody can run, or it is time to look at the clock: either way timers may be due.
            const fired = this.fireTimers();
            if (slot === EMPTY && !fired && core.runnable() === 0) return true;
            if (performance.now() >= this.turnEnd) return false;
            continue;
          }
        }
        this.beamletDispatch(process);
        if (isHanded) isHanded = handover.end() && ++handed < HANDED_SLICES && world.hidden !== 0;
      }
    } finally {
      this.isRunning = false;
      setActive(outer);
    }
  }

  /** One slice. Reports cut the user's stacks off at this name. */
  private beamletDispatch(process: Process): void {
    const { world } = this;
    world.current = process;
    try {
      switch (process.kind) {
        case GENERATOR:
          this.runGenerator(process, this.resume.call(process.task as Iterator<unknown, unknown>));
          break;
        case ENGINE:
          this.runGenerator(process, (process.task as Iterator<unknown, unknown>).next());
          break;
        case LOOP:
          this.runLoop(process);
          break;
        case START:
          this.start(process);
          break;
        case LOADING:
          this.load(process);
          break;
        default:
          this.runAsync(process);
      }
    } catch (error) {
      this.fail(process, error);
    }
    if (world.hasAftermath) this.aftermath();
    world.current = undefined;
  }

  /** What the slice has left to do. */
  private aftermath(): void {
    const { world } = this;
    world.hasAftermath = false;
    world.reading.settle();
    if (world.transit !== undefined) world.transit.takeIn();
    if (world.signals.doomed !== undefined) world.signals.executeDoomed();
    world.current = undefined;
    // What is closed now may send to it, or end it.
    world.core.rest();
    world.signals.bury();
  }

  fail(process: Process, error: unknown): void {
    try {
      this.world.signals.fail(process, error);
    } catch {
      // Whatever was thrown can't even be looked at.
      this.world.signals.fail(process, new Error("the body threw something unprintable"));
    }
  }

  private runGenerator(process: Process, step: IteratorResult<unknown, unknown>): void {
    while (step.value !== SUSPENSION) {
      if (step.done) return this.world.signals.finish(process, step.value);
      step = (process.task as Generator<unknown>).throw(badYield(step.value));
    }
  }

  private runLoop(process: Process): void {
    const { world } = this;
    const { values } = world;
    const { step } = process.body as LoopBody;
    for (;;) {
      let message = process.inHand;
      if (message == null) {
        if (!world.hasMail) {
          process.inHand = world.opens;
          return;
        }
        const number = world.reading.take(process.slot);
        if (number < 0) return;
        message = values[number];
        values[number] = undefined;
      } else {
        process.inHand = undefined;
      }
      process.task = step(process.task, message, process as unknown as Self<unknown>);
    }
  }

  private runAsync(process: Process): void {
    process.goOn();
    // Its code goes on when the host runs the promise; until its next receive, messages only queue.
    if (!process.isDead && process.task === undefined) this.world.core.park(process.slot);
  }

  /** The first slice: what the body returns tells what kind it is. */
  private start(process: Process): void {
    const { world } = this;
    const { body } = process;
    const args = process.task;
    if (isLoop(body)) {
      process.kind = LOOP;
      process.task = body.initial;
      return this.runLoop(process);
    }
    const call = body as (self: Process, ...args: unknown[]) => unknown;
    process.task = undefined;
    const result =
      args === undefined
        ? call(process)
        : args instanceof Arguments
          ? args.third === Arguments
            ? call(process, args.first, args.second)
            : call(process, args.first, args.second, args.third)
          : Array.isArray(args)
            ? call(process, ...args)
            : call(process, args);
    if (process.isDead) {
      // It waited, then ended itself, and went on all the same. Nobody asks what became of that.
      if (isThenable(result)) result.then(ignore, ignore);
      return;
    }
    const isOwn = (result as Iterator<unknown> | undefined)?.next === this.resume;
    if (isOwn || isGenerator(result)) {
      if (process.kind === ASYNC) throw new TypeError("a body that returns a generator waits in that");
      process.kind = isOwn ? GENERATOR : ENGINE;
      process.task = result;
      return this.runGenerator(process, (result as Generator<unknown>).next());
    }
    if (isThenable(result)) {
      process.kind = ASYNC;
      // It may be in a receive already.
      if (process.task === undefined) world.core.park(process.slot);
      // Bound functions are a third of closures with their scope.
      result.then(returned.bind(process), threw.bind(process));
      return;
    }
    if (Object.prototype.toString.call(result) === "[object AsyncGenerator]") {
      throw new TypeError("async generators are no bodies: use a generator with self.until(promise)");
    }
    world.signals.finish(process, result);
  }

  private load(process: Process): void {
    const { world } = this;
    world.core.park(process.slot);
    const loaded = (body: unknown) => {
      if (process.isDead) return;
      process.kind = START;
      process.body = body;
      world.unpark(process);
    };
    (process.body as Loader)().then(loaded, (error: unknown) =>
      loaded(() => {
        throw error;
      }),
    );
  }

  // ── Time ──

  /** Whether anything was due. */
  private fireTimers(): boolean {
    const { world } = this;
    const { bareCore: core } = world;
    const now = Math.floor(world.timers.time());
    let fired = false;
    for (;;) {
      const answer = core.advance(now, TIMER_WORK);
      const events = answer & 0x3fff_ffff;
      if (events > 0) {
        fired = true;
        world.signals.settle(events, undefined);
      }
      if (answer < 2 ** 30) return fired;
      fired = true;
      if (performance.now() >= this.turnEnd) return fired;
    }
  }

  private armHostTimer(): void {
    const { world } = this;
    if (!world.usesHostTime) return;
    // What ran last may have left times that have not begun.
    const now = world.timers.time();
    const deadline = world.core.nextDeadline();
    if (this.hostDeadline === deadline) return;
    this.stop();
    this.hostDeadline = deadline;
    const delay = Math.min(Math.max(0, Math.ceil(deadline - now)), host.LONGEST_DELAY);
    if (deadline >= 0) this.hostTimer = setTimeout(this.onHostTimer, delay);
  }

  private readonly onHostTimer = (): void => {
    this.hostDeadline = -1;
    if (this.world.isIdle && !this.scheduled) this.task();
  };

  stop(): void {
    clearTimeout(this.hostTimer);
  }

  static {
    (Scheduler.prototype as unknown as { resume: typeof resume }).resume = resume;
  }
}

function returned(this: Process, value: unknown): void {
  if (this.isDead) return;
  this.world.signals.finish(this, value);
  this.world.scheduler.notice();
}

function threw(this: Process, error: unknown): void {
  if (this.isDead) return;
  this.world.scheduler.fail(this, error);
  this.world.scheduler.notice();
}
