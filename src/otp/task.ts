import type { Op, Result } from "../kernel.ts";
import type { AnyPid, ChildSpec } from "./child-spec.ts";
import { type Acting, actorOf } from "./operation.ts";
import type { Source } from "./source.ts";
import { linked } from "./task-coordinator.ts";
import {
  awaitMany,
  awaitOne,
  completed,
  ignore,
  jobOf,
  type Outcome,
  shutdown,
  type TaskHandle,
  type TaskOutcomes,
  type TaskResults,
  type TaskShutdown,
  type Wait,
  watch,
  yieldMany,
  yieldOne,
} from "./task-handle.ts";
import type { TaskBody } from "./task-process.ts";
import { type StreamOptions, type StreamResult, TaskStream, type ZippedResult } from "./task-stream.ts";
import { TaskSupervisor } from "./task-supervisor.ts";

type Any = any;

/** What a task says of itself as a child of a supervisor. */
export type TaskChildOptions = Partial<Pick<ChildSpec, "id" | "restart" | "shutdown" | "significant">>;

function asyncStream<T, R>(
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options: StreamOptions & { readonly zipInputOnExit: true },
): TaskStream<ZippedResult<T, Result<R>>>;
function asyncStream<T, R>(
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options?: StreamOptions,
): TaskStream<StreamResult<Result<R>>>;
function asyncStream(source: Source<unknown>, body: unknown, options: StreamOptions = {}): TaskStream<never> {
  return new TaskStream(source, body, options, "Task.asyncStream", linked);
}

function async<R>(body: TaskBody<[], R>): TaskHandle<Result<R>>;
function async<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  body: F,
  args: readonly [...A],
  options?: Acting,
): TaskHandle<Result<ReturnType<F>>>;
function async(body: unknown, args?: unknown, options?: Acting): TaskHandle<Any> {
  const actor = actorOf(options);
  const job = jobOf(actor, "Task.async", body, args);
  return watch(actor, job, job.start(actor, true));
}

function start<R>(body: TaskBody<[], R>): AnyPid;
function start<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  body: F,
  args: readonly [...A],
  options?: Acting,
): AnyPid;
function start(body: unknown, args?: unknown, options?: Acting): AnyPid {
  const actor = actorOf(options);
  return jobOf(actor, "Task.start", body, args).start(actor, false);
}

function startLink<R>(body: TaskBody<[], R>): AnyPid;
function startLink<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  body: F,
  args: readonly [...A],
  options?: Acting,
): AnyPid;
function startLink(body: unknown, args?: unknown, options?: Acting): AnyPid {
  const actor = actorOf(options);
  return jobOf(actor, "Task.startLink", body, args).start(actor, true);
}

function child<R>(body: TaskBody<[], R>): ChildSpec;
function child<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  body: F,
  args: readonly [...A],
  options?: TaskChildOptions,
): ChildSpec;
function child(body: unknown, args: readonly unknown[] = [], options: TaskChildOptions = {}): ChildSpec {
  return { id: "Task", start: () => startLink(body as () => unknown, args), restart: "temporary", ...options };
}

/** A task that was started to be waited for: see `Task.async`. `await using` shuts it down. */
export type Task<T = unknown> = TaskHandle<T>;

/**
 * Processes that do one thing, and mostly give its result. What they run may be a plain, generator or async function; it is called with its
 * arguments and, behind them, the `self` of the process. Source: Elixir's `Task`.
 */
export const Task = {
  /**
   * Starts a task whose result is to be waited for: `yield* Task.await(task)`. It is linked to who calls, so a failure of one ends both.
   *
   * The result also is a message, `[task.ref, result]`, and the end another, `["DOWN", task.ref, "process", pid, reason]`: a server takes them in
   * `info` instead of waiting.
   *
   * *Throws* `TypeError` for what is no function; as `spawnLink` does. Source: `Task.async/1`, `Task.async/3`.
   */
  async: async as typeof async,

  /**
   * Waits for a task's result: once, and only in the process that has started it.
   *
   * *Throws* `ExitError` with the reason of the task's end, or `"timeout"` after `timeout` ms (default 5000): the call is in it, and a late result is
   * lost. `UsageError` in another process. Source: `Task.await/2`.
   */
  await<T>(task: TaskHandle<T>, wait?: Wait): Op<T> {
    return awaitOne(task, wait);
  },

  /** Waits for the results of several tasks together. *Throws* as `await` does, as soon as one has ended without. Source: `Task.await_many/2`. */
  awaitMany<const L extends readonly TaskHandle[]>(tasks: L, wait?: Wait): Op<TaskResults<L>> {
    return awaitMany(tasks, wait);
  },

  /**
   * Waits for a task's result for a while: `["ok", result]`; `["exit", reason]` when it has ended without; undefined when the time is over, and then it
   * may be asked for again. *Throws* `UsageError` in another process. Source: `Task.yield/2`.
   */
  yield<T>(task: TaskHandle<T>, wait?: Wait): Op<Outcome<T> | undefined> {
    return yieldOne(task, wait);
  },

  /** Waits for several tasks for a while together: `[task, outcome]` for each, as `yield` gives it. Source: `Task.yield_many/2`. */
  yieldMany<const L extends readonly TaskHandle[]>(tasks: L, wait?: Wait): Op<TaskOutcomes<L>> {
    return yieldMany(tasks, wait);
  },

  /**
   * Unlinks a task and ends it: by an exit signal `"shutdown"`, and kills it after some ms (default 5000); by `"brutalKill"` at once. `["ok", result]` when the
   * result was quicker, `["exit", reason]` when it has ended of something else, otherwise undefined.
   *
   * *Throws* `UsageError` in another process, and for a task without a process. Source: `Task.shutdown/2`.
   */
  shutdown<T>(
    task: TaskHandle<T>,
    how?: TaskShutdown | (Acting & { readonly timeout?: TaskShutdown }),
  ): Op<Outcome<T> | undefined> {
    return shutdown(task, how);
  },

  /** Unlinks a task, and lets it run for nobody. What it has told by then is given, as by `yield`. Source: `Task.ignore/1`. */
  ignore<T>(task: TaskHandle<T>, options?: Acting): Op<Outcome<T> | undefined> {
    return ignore(task, options);
  },

  /** A task that has run already, and needed no process for `result`. Source: `Task.completed/1`. */
  completed<T>(result: T, options?: Acting): TaskHandle<T> {
    return completed(result, options);
  },

  /** Starts a task that nobody waits for, and gives its pid. `Task.Supervisor.startChild` is mostly better. Source: `Task.start/1`, `Task.start/3`. */
  start: start as typeof start,

  /** Starts a linked task that nobody waits for, and gives its pid. Source: `Task.start_link/1`, `Task.start_link/3`. */
  startLink: startLink as typeof startLink,

  /** A task as a child of a supervisor: `startLink` with these arguments. It is `"temporary"`. Source: `Task.child_spec/1`. */
  child: child as typeof child,

  /**
   * Calls a function for each input, by tasks of their own, some at a time: see `TaskStream` for how to consume what this gives. Each result is
   * `["ok", result]`, or `["exit", reason]`. The tasks are linked to who consumes: one that fails ends that, unless it traps exits.
   *
   * *Throws* `TypeError` or `RangeError` for wrong options. Source: `Task.async_stream/3`, `Task.async_stream/5`.
   */
  asyncStream: asyncStream as typeof asyncStream,

  /** Tasks under a supervisor: the same as `TaskSupervisor`. Source: Elixir's `Task.Supervisor`. */
  Supervisor: TaskSupervisor as typeof TaskSupervisor,
} as const;
