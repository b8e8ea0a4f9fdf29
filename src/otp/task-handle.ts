import { current, ExitError, inspect, type Op, type Ref, UsageError } from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { endProcess } from "./end-process.ts";
import { type Acting, type Actor, actorOf, ownOperation, pidOf, runtimeOf } from "./operation.ts";
import { take } from "./take.ts";
import { Job, Origin } from "./task-process.ts";
import { checkTimeout } from "./timeout.ts";

/** ms to wait for a task, unless another time is given. Source: `Task.await/2`. */
const PATIENCE = 5000;

/** How a task ended: `["ok", result]`, or `["exit", reason]`. */
export type Outcome<T> = readonly ["ok", T] | readonly ["exit", reason: unknown];

/** How long to wait for a task, in ms, and who waits. */
export type Wait = number | "infinity" | (Acting & { readonly timeout?: number | "infinity" });

/** How to end a task: the ms it has after an exit signal `"shutdown"`, or at once. */
export type TaskShutdown = number | "brutalKill" | "brutal_kill" | "infinity";

declare const result: unique symbol;

/** The prototype of a class whose instances print as `name {…}`, whatever a bundler has called the class. */
function printing(name: string): abstract new () => object {
  abstract class Printing {}
  Object.defineProperty(Printing.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: object): string {
      return name + inspect({ ...this });
    },
  });
  return Printing;
}

const Printing: abstract new () => object = /* @__PURE__ */ printing("Task ");

export interface TaskHandle<out T = unknown> {
  readonly [result]?: T;
}

/** A task that was started to be waited for. Disposing of it shuts it down. Source: Elixir's `%Task{}`. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: what there is in addition is only a type
// biome-ignore lint/correctness/noUnusedVariables: see above
export class TaskHandle<out T = unknown> extends Printing implements AsyncDisposable {
  /** The function and the number of its arguments: `"fetchUser/1"`. */
  readonly mfa: string;
  /** The process that started it. Nobody else can wait for it. */
  readonly owner: AnyPid;
  /** Undefined when there was nothing to run: see `Task.completed`. */
  readonly pid: AnyPid | undefined;
  /** Its monitor. The result comes as the message `[ref, result]`, its end as `["DOWN", ref, "process", pid, reason]`. */
  readonly ref: Ref;
  /** Who acts for the owner, where nobody can tell whose code runs. */
  readonly #actor: Actor;

  constructor(mfa: string, actor: Actor, pid: AnyPid | undefined, ref: Ref) {
    super();
    this.mfa = mfa;
    this.owner = pidOf(actor);
    this.pid = pid;
    this.ref = ref;
    this.#actor = actor;
  }

  /** Who acts, when it is the owner; else throws. */
  actor(options: Acting | undefined): Actor {
    const running = options?.as ?? current();
    const actor = running ?? this.#actor;
    if (pidOf(actor) !== this.owner) throw this.notOwner(pidOf(actor));
    try {
      // In the host's code, the owner may be a process that can't be running.
      actor.get("$callers");
    } catch (error) {
      if (running !== undefined || !(error instanceof UsageError)) throw error;
      throw this.notOwner(runtimeOf(actor).self());
    }
    return actor;
  }

  private notOwner(pid: AnyPid): UsageError {
    return new UsageError(`task ${inspect(this)} must be queried from the owner but was queried from ${pid}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.pid !== undefined) await shutdown(this);
  }
}

function checkTask(task: unknown, what: string): void {
  if (!(task instanceof TaskHandle)) throw new TypeError(`Task.${what}: expected a task, got ${inspect(task)}`);
}

/** Checks what a function that waits was given: who waits for how long. */
function waiting(what: string, task: TaskHandle, wait: Wait): { actor: Actor; ms: number } {
  checkTask(task, what);
  const { timeout = PATIENCE, as } = typeof wait === "object" ? wait : { timeout: wait };
  const ms = checkTimeout(timeout, `Task.${what}`);
  return { actor: task.actor(as && { as }), ms };
}

/** What a function that waits asks of operations, and gives. */
type Asking = Generator<Op<unknown>, Message, Message>;

/** Of what a task does when it ends, and the reason in it. */
type Message = any;

/** Whether a message is a task's result or its end. */
const isOf = (message: Message, ref: unknown) =>
  (message[0] === ref && message.length === 2) || (message[0] === "DOWN" && message[1] === ref);

/** Whether a message is a task's result. */
const isReply = (message: Message) => message[0] !== "DOWN";

/** The reason of a DOWN message. A task on another node may be lost with that. */
function reasonOf(message: Message, actor: Actor): unknown {
  const [, , , object, reason] = message;
  if (reason !== "noconnection") return reason;
  return ["nodedown", Array.isArray(object) ? object[1] : runtimeOf(actor).node];
}

/** What `yield` and its like give for a message; a task whose node is gone ends who asks, as in Elixir. */
function outcomeOf(message: Message, actor: Actor, what: string, args: readonly unknown[]): Outcome<Message> {
  if (isReply(message)) return ["ok", message[1]];
  const reason = reasonOf(message, actor);
  if (reason !== message[4]) throw new ExitError(reason, [`Task.${what}`, ...args]);
  return ["exit", reason];
}

const FLUSH = { flush: true } as const;

/** Ends the monitor of a task that has replied, before somebody else takes its DOWN message: who iterates over all messages, for one. */
const forgetting = (actor: Actor) => (message: Message) => {
  if (isReply(message) && message.length === 2) actor.demonitor(message[0], FLUSH);
};

/** Checks what a task is made of, and notes who asks for it. */
export function jobOf(actor: Actor, what: string, body: unknown, args: unknown = []): Job {
  if (typeof body !== "function") throw new TypeError(`${what}: expected a function, got ${inspect(body)}`);
  if (!Array.isArray(args)) throw new TypeError(`${what}: expected an array of arguments, got ${inspect(args)}`);
  return new Job(new Origin(actor), body, args);
}

/** Makes who acts the owner of a task. */
export function watch(actor: Actor, job: Job, pid: AnyPid): TaskHandle<Message> {
  const ref = actor.monitor(pid, { alias: "demonitor" });
  job.to = ref;
  return new TaskHandle(job.mfa, actor, pid, ref);
}

export function completed<T>(value: T, options?: Acting): TaskHandle<T> {
  const actor = actorOf(options);
  // An alias that has ended: a reference and nothing else.
  const ref = actor.alias();
  actor.unalias(ref);
  actor.send(pidOf(actor), [ref, value]);
  return new TaskHandle<T>("completed/1", actor, undefined, ref);
}

export function awaitOne<T>(task: TaskHandle<T>, wait: Wait = PATIENCE): Op<T> {
  const { actor, ms } = waiting("await", task, wait);
  return ownOperation(() => awaiting(actor, task, ms));
}

// A generator function that is made anew for each call costs 3 µs: the engine makes a prototype and a shape for each.

function* awaiting(actor: Actor, task: TaskHandle, ms: number): Asking {
  const { ref } = task;
  const message: Message = yield take(actor, (each) => isOf(each, ref), ms, forgetting(actor));
  const isOver = message === undefined;
  if (isOver) actor.demonitor(ref, FLUSH);
  if (!isOver && isReply(message)) return message[1];
  throw new ExitError(isOver ? "timeout" : reasonOf(message, actor), ["Task.await", task, ms]);
}

export function yieldOne<T>(task: TaskHandle<T>, wait: Wait = PATIENCE): Op<Outcome<T> | undefined> {
  const { actor, ms } = waiting("yield", task, wait);
  return ownOperation(() => yielding(actor, task, ms));
}

function* yielding(actor: Actor, task: TaskHandle, ms: number): Asking {
  const { ref } = task;
  const message: Message = yield take(actor, (each) => isOf(each, ref), ms, forgetting(actor));
  if (message === undefined) return undefined;
  return outcomeOf(message, actor, "yield", [task, ms]);
}

/** The types of the results of tasks, in their order. */
export type TaskResults<L extends readonly TaskHandle[]> = {
  -readonly [K in keyof L]: L[K] extends TaskHandle<infer T> ? T : never;
};

/** What `yieldMany` tells of tasks, in their order. */
export type TaskOutcomes<L extends readonly TaskHandle[]> = {
  -readonly [K in keyof L]: L[K] extends TaskHandle<infer T> ? [task: L[K], outcome: Outcome<T> | undefined] : never;
};

/**
 * Waits for several tasks at once, and gives what came for each, by its reference. `enough` says after which message not to wait for the
 * others. The time is one timer for all, whose message comes behind what was there before it.
 */
function* gather(
  actor: Actor,
  tasks: readonly TaskHandle[],
  ms: number,
  enough: (message: Message) => boolean,
): Generator<Op<unknown>, Map<Ref, Message>, Message> {
  const found = new Map<Ref, Message>();
  const awaited = new Set(tasks.map(({ ref }) => ref));
  const runtime = runtimeOf(actor);
  const timer =
    ms === 0 || ms === Number.POSITIVE_INFINITY ? undefined : runtime.startTimer(pidOf(actor), undefined, ms);
  const isTime = (each: Message) => timer !== undefined && each[0] === "timeout" && each[1] === timer;
  const isWanted = (each: Message) =>
    (each.length === 2 && awaited.has(each[0])) || (each[0] === "DOWN" && awaited.has(each[1])) || isTime(each);
  while (awaited.size > 0) {
    const message: Message = yield take(actor, isWanted, ms === 0 ? 0 : Number.POSITIVE_INFINITY, forgetting(actor));
    if (message === undefined || isTime(message)) return found;
    const ref: Ref = isReply(message) ? message[0] : message[1];
    awaited.delete(ref);
    found.set(ref, message);
    if (enough(message)) break;
  }
  if (timer !== undefined && runtime.cancelTimer(timer) === false) yield take(actor, isTime, 0);
  return found;
}

/** Checks what a function that waits for several tasks was given. */
function waitingMany(what: string, tasks: readonly TaskHandle[], wait: Wait): { actor: Actor; ms: number } {
  if (!Array.isArray(tasks)) throw new TypeError(`Task.${what}: expected an array of tasks, got ${inspect(tasks)}`);
  const { timeout = PATIENCE, as } = typeof wait === "object" ? wait : { timeout: wait };
  const each = tasks.map((task: TaskHandle) => waiting(what, task, wait));
  return each[0] ?? { actor: actorOf(as && { as }), ms: checkTimeout(timeout, `Task.${what}`) };
}

export function awaitMany<const L extends readonly TaskHandle[]>(tasks: L, wait: Wait = PATIENCE): Op<TaskResults<L>> {
  const { actor, ms } = waitingMany("awaitMany", tasks, wait);
  return ownOperation(() => awaitingMany(actor, tasks, ms));
}

function* awaitingMany(actor: Actor, tasks: readonly TaskHandle[], ms: number): Asking {
  let failure: Message;
  const found = yield* gather(actor, tasks, ms, (message) => {
    if (!isReply(message)) failure = message;
    return failure !== undefined;
  });
  if (failure === undefined && tasks.every(({ ref }) => found.has(ref)))
    return tasks.map(({ ref }) => found.get(ref)[1]);
  for (const { ref } of tasks) if (!found.has(ref)) actor.demonitor(ref, FLUSH);
  throw new ExitError(failure === undefined ? "timeout" : reasonOf(failure, actor), ["Task.awaitMany", tasks, ms]);
}

export function yieldMany<const L extends readonly TaskHandle[]>(tasks: L, wait: Wait = PATIENCE): Op<TaskOutcomes<L>> {
  const { actor, ms } = waitingMany("yieldMany", tasks, wait);
  return ownOperation(() => yieldingMany(actor, tasks, ms));
}

function* yieldingMany(actor: Actor, tasks: readonly TaskHandle[], ms: number): Asking {
  const found = yield* gather(actor, tasks, ms, () => false);
  return tasks.map((task) => {
    const message = found.get(task.ref);
    return [task, message && outcomeOf(message, actor, "yieldMany", [tasks, ms])];
  });
}

export function ignore<T>(task: TaskHandle<T>, options?: Acting): Op<Outcome<T> | undefined> {
  const { actor } = waiting("ignore", task, { ...options, timeout: 0 });
  return ownOperation(() => ignoring(actor, task));
}

function* ignoring(actor: Actor, task: TaskHandle): Asking {
  const { pid, ref } = task;
  const message: Message = yield take(actor, (each) => isOf(each, ref), 0);
  if (message !== undefined && !isReply(message)) return outcomeOf(message, actor, "ignore", [task]);
  if (pid !== undefined) actor.unlink(pid);
  actor.demonitor(ref, FLUSH);
  return message && ["ok", message[1]];
}

export function shutdown<T>(
  task: TaskHandle<T>,
  how: TaskShutdown | (Acting & { readonly timeout?: TaskShutdown }) = PATIENCE,
): Op<Outcome<T> | undefined> {
  const { timeout = PATIENCE, as } = typeof how === "object" ? how : { timeout: how };
  const isBrutal = timeout === "brutalKill" || timeout === "brutal_kill";
  const wait = isBrutal ? "infinity" : timeout;
  checkTask(task, "shutdown");
  if (task.pid === undefined) throw new UsageError(`task ${inspect(task)} does not have an associated task process`);
  const { actor, ms } = waiting("shutdown", task, as === undefined ? wait : { timeout: wait, as });
  return ownOperation(() => shuttingDown(actor, task, ms, isBrutal));
}

function* shuttingDown(actor: Actor, task: TaskHandle, ms: number, isBrutal: boolean): Asking {
  const { ref } = task;
  let down: Message = yield* endProcess(actor, task.pid as AnyPid, isBrutal ? "kill" : "shutdown", ms);
  // Dead before it was told to: its own monitor knows of what.
  if (down[4] === "noproc") down = (yield take(actor, (each) => each[0] === "DOWN" && each[1] === ref, 0)) ?? down;
  actor.demonitor(ref, FLUSH);
  const reply: Message = yield take(actor, (each) => each[0] === ref && each.length === 2, 0);
  if (reply !== undefined) return ["ok", reply[1]];
  if (down[4] === (isBrutal ? "killed" : "shutdown")) return undefined;
  return outcomeOf(down, actor, "shutdown", [task, isBrutal ? "brutalKill" : ms]);
}
