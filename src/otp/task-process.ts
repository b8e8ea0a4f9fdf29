import {
  after,
  ExitError,
  exit,
  type Inheritance,
  inspect,
  type Op,
  on,
  P,
  type Pid,
  type Ref,
  type Report,
  type Self,
} from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { type Actor, isWaiting, pidOf, runtimeOf, type Steps, settle } from "./operation.ts";
import { called, formatStop, isOrderly } from "./otp-report.ts";
import { inherit, inheritanceOf } from "./proc-lib.ts";

type AnySelf = Self<any>;

/**
 * What a task runs: called with its arguments and, behind them, the `self` of its process. A plain, generator or async function; what it
 * returns, or its promise is fulfilled with, is the task's result.
 */
export type TaskBody<A extends readonly unknown[], R> = (...args: [...args: A, self: Self<any>]) => R;

/** Who started a task, as the task knows it. */
export class Origin {
  readonly pid: AnyPid;
  /** The name, or else the pid. */
  readonly starter: unknown;
  /** The pid, and those who in turn had started that, if it was a task. */
  readonly callers: readonly unknown[];

  constructor(actor: Actor) {
    this.pid = pidOf(actor);
    this.starter = nameOf(actor) ?? this.pid;
    this.callers = [this.pid, ...listOf(actor, "$callers")];
  }
}

function nameOf(actor: Actor): string | undefined {
  return runtimeOf(actor).processInfo(pidOf(actor), "registeredName");
}

function listOf(actor: Actor, key: string): readonly unknown[] {
  const list = actor.get(key);
  return Array.isArray(list) ? list : [];
}

/** What a task has to do. */
export class Job {
  readonly origin: Origin;
  readonly body: TaskBody<readonly unknown[], unknown>;
  readonly args: readonly unknown[];
  private inheritance: Inheritance | undefined = undefined;
  /** What the result is sent to, as `[to, result]`. */
  to: Ref | undefined = undefined;
  /** Who says when it may begin, and whether that gets the result: see `startAttending`. */
  watcher: AnyPid | undefined = undefined;
  isOwned = false;
  /** An array of the result, when it is sent to nobody. */
  result: readonly [] | readonly [unknown] = [];

  constructor(origin: Origin, body: unknown, args: readonly unknown[]) {
    this.origin = origin;
    this.body = body as TaskBody<readonly unknown[], unknown>;
    this.args = args;
  }

  /** Starts the process of the task, linked to who acts or not. */
  start(actor: Actor, isLinked: boolean, body: (self: AnySelf, job: Job) => unknown = perform): AnyPid {
    this.inheritance = inheritanceOf(actor, pidOf(actor), this.mfa, this.origin.callers);
    return isLinked ? actor.spawnLink(body, this) : actor.spawn(body, this);
  }

  /** How the function is called: `fetchUser/1`. */
  get mfa(): string {
    return `${this.body.name || "anonymous"}/${this.args.length}`;
  }

  begin(self: AnySelf): void {
    inherit(self, this.inheritance as Inheritance);
  }

  finish(self: AnySelf, result: unknown): void {
    const { to } = this;
    if (to !== undefined) self.send(to, [to, result]);
    else this.result = [result];
  }

  /** Reports why the function failed, and ends the process. Source: Elixir's `Task.Supervised`, whose report this is. */
  fail(self: AnySelf, error: unknown): never {
    const isExit = error instanceof ExitError;
    const reason = isExit
      ? error.call === undefined
        ? error.reason
        : error
      : isError(error)
        ? error
        : ["nocatch", error];
    // A dead process's operations fail as well, and that is nobody's mistake.
    const isDead = !self.runtime.isAlive(self.pid);
    if (!isDead && !isOrderly(reason))
      self.runtime.log(new TaskReport(self.pid, this.origin.starter, this.body, this.args, reason));
    // Not the error itself: the kernel would report it, too.
    throw isExit ? error : new ExitError(reason);
  }
}

function isError(error: unknown): boolean {
  return error instanceof Error || Object.prototype.toString.call(error) === "[object Error]";
}

/**
 * The body of a task's process. Not a generator: it becomes what the task's function is, so that an async one may await its own messages.
 */
function perform(self: AnySelf, job: Job): unknown {
  job.begin(self);
  // Called by no name but its own: stacks show it.
  const { body, args } = job;
  let result: unknown;
  try {
    result = body(...args, self);
  } catch (error) {
    job.fail(self, error);
  }
  if (!isWaiting(result)) return job.finish(self, result);
  return Symbol.iterator in result ? inSteps(self, job, result) : inPromise(self, job, result as PromiseLike<unknown>);
}

function* inSteps(self: AnySelf, job: Job, running: unknown): Steps<void> {
  let result: unknown;
  try {
    result = yield* settle(running, self);
  } catch (error) {
    job.fail(self, error);
  }
  job.finish(self, result);
}

async function inPromise(self: AnySelf, job: Job, running: PromiseLike<unknown>): Promise<void> {
  let result: unknown;
  try {
    result = await running;
  } catch (error) {
    job.fail(self, error);
  }
  // Its code goes on after its end, but has nothing more to tell.
  if (self.runtime.isAlive(self.pid)) job.finish(self, result);
}

/** ms that a supervised task waits for who has asked for it. Source: Elixir's `Task.Supervised`. */
const PATIENCE = 5000;

/**
 * Starts a task, for a supervisor, that waits for `[watcher, ref]` from who will watch it: so its end can't come before the monitor. `owns`: whether the
 * watcher gets the result.
 */
export function startAttending(actor: Actor, job: Job, watcher: AnyPid, owns: boolean): AnyPid {
  job.watcher = watcher;
  job.isOwned = owns;
  // Of what kind the process is has to be known before it waits.
  const isAsync = Object.prototype.toString.call(job.body) === "[object AsyncFunction]";
  return job.start(actor, true, isAsync ? attendAsync : attend);
}

function* attend(self: AnySelf, job: Job): Steps<void> {
  const monitor = self.monitor(job.watcher as AnyPid);
  const ref = yield* attention(self, job, monitor);
  yield* settle(attended(self, job, monitor, ref), self);
}

async function attendAsync(self: AnySelf, job: Job): Promise<void> {
  const monitor = self.monitor(job.watcher as AnyPid);
  const ref = await attention(self, job, monitor);
  await attended(self, job, monitor, ref);
}

function attention(self: AnySelf, { watcher }: Job, monitor: Ref): Op<Ref> {
  return self.receive(
    on([watcher as AnyPid, P.ref], ([, ref]) => ref),
    on(["DOWN", monitor, P._, P._, P._], (down) => exit(["shutdown", down[4]])),
    after(PATIENCE, () => exit("timeout")),
  );
}

function attended(self: AnySelf, job: Job, monitor: Ref, ref: Ref): unknown {
  self.demonitor(monitor, { flush: true });
  if (job.isOwned) job.to = ref;
  return perform(self, job);
}

/** A task ended by a failure of its function. Source: Elixir's `Logger.Translator`, `{Task.Supervisor, :terminating}`. */
export class TaskReport implements Report {
  readonly level = "error";
  readonly kind = "task";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly reason: unknown;
  /** Who started it: a name or a pid. */
  readonly starter: unknown;
  readonly function: unknown;
  readonly args: readonly unknown[];

  constructor(pid: Pid<never>, starter: unknown, body: unknown, args: readonly unknown[], reason: unknown) {
    this.pid = pid;
    this.starter = starter;
    this.function = body;
    this.args = args;
    this.reason = reason;
  }

  get text(): string {
    const { pid, starter, reason, args } = this;
    const isThrown = Array.isArray(reason) && reason[0] === "nocatch";
    const why = isThrown ? `** (stop) ${inspect(reason)}` : formatStop(reason);
    return `Task ${pid} started from ${called(starter)} terminating\n${why}\nFunction: ${inspect(this.function)}\n    Args: ${inspect(args)}`;
  }
}
