import { current, ExitError, type Op, type Result, type Self } from "../kernel.ts";
import type { AnyPid, ChildSpec, Restart, Shutdown } from "./child-spec.ts";
import {
  DynamicSupervisor,
  type DynamicSupervisorChildOptions,
  type DynamicSupervisorOptions,
} from "./dynamic-supervisor.ts";
import type { Server } from "./name.ts";
import { type Acting, type Actor, actorOf, operation, ownOperation, type Steps } from "./operation.ts";
import type { Source } from "./source.ts";
import { type Starter, TOO_MANY } from "./task-coordinator.ts";
import { jobOf, type TaskHandle, watch } from "./task-handle.ts";
import { startAttending, type TaskBody } from "./task-process.ts";
import { type StreamOptions, type StreamResult, TaskStream, type ZippedResult } from "./task-stream.ts";

type Any = any;
type AnySelf = Self<any>;

const WHAT = "Task.Supervisor";

/** Options of a task supervisor that is started. */
export type TaskSupervisorOptions = Omit<DynamicSupervisorOptions, "strategy" | "extraArguments">;

/** Options of a task that is started under a supervisor. */
export interface SupervisedOptions extends Acting {
  /** What the supervisor's shutdown means to it: ms after an exit signal `"shutdown"`, default 5000, or `"brutalKill"`. */
  readonly shutdown?: Shutdown;
}

/** Options of a task that nobody waits for. */
export interface StartChildOptions extends SupervisedOptions {
  /** Default `"temporary"`: it is not started again. */
  readonly restart?: Restart;
}

function specOf(start: () => AnyPid, { shutdown, restart = "temporary" }: StartChildOptions): ChildSpec {
  return { id: WHAT, start, restart, ...(shutdown !== undefined && { shutdown }) };
}

const isFull = (error: unknown) =>
  error instanceof ExitError && error.reason === "max_children" && error.call === undefined;

function begin(
  what: string,
  isLinked: boolean,
  supervisor: Server,
  body: unknown,
  args: unknown,
  options: SupervisedOptions = {},
): Op<TaskHandle<Any>> {
  return ownOperation(() => beginning(what, isLinked, supervisor, body, args, options));
}

function* beginning(
  what: string,
  isLinked: boolean,
  supervisor: Server,
  body: unknown,
  args: unknown,
  options: SupervisedOptions,
): Generator<Op<unknown>, TaskHandle<Any>, unknown> {
  const actor = actorOf(options);
  const job = jobOf(actor, `${WHAT}.${what}`, body, args);
  const spec = specOf(() => startAttending(current() as Self, job, job.origin.pid, true), {
    ...options,
    restart: "temporary",
  });
  let pid: AnyPid;
  try {
    pid = (yield DynamicSupervisor.startChild(supervisor, spec, { as: actor as AnySelf })) as AnyPid;
  } catch (error) {
    throw isFull(error) ? new Error(TOO_MANY) : error;
  }
  if (isLinked) actor.link(pid);
  const task = watch(actor, job, pid);
  actor.send(pid, [job.origin.pid, task.ref]);
  return task;
}

/** Starts a stream's tasks under a supervisor. */
function starter(supervisor: Server, isLinked: boolean, options: SupervisedOptions): Starter {
  return {
    isLinked,
    *start(self, job): Steps<AnyPid | undefined> {
      const spec = specOf(() => startAttending(current() as Self, job, self.pid, false), {
        ...options,
        restart: "temporary",
      });
      try {
        const pid = (yield* DynamicSupervisor.startChild(supervisor, spec)) as AnyPid;
        if (isLinked) self.link(pid);
        return pid;
      } catch (error) {
        if (isFull(error)) return undefined;
        throw error;
      }
    },
    watched: (self, pid, ref) => void self.send(pid, [self.pid, ref]),
  };
}

/** Options of a stream of supervised tasks. */
export type SupervisedStreamOptions = StreamOptions & SupervisedOptions;

/**
 * Starts a supervisor of tasks, which starts and shuts down tasks on demand, and is linked to who starts it. It is a `DynamicSupervisor`.
 *
 * *Throws* as `DynamicSupervisor.startLink` does. Source: Elixir's `Task.Supervisor.start_link/1`.
 */
function startLink(options: TaskSupervisorOptions = {}): Op<AnyPid> {
  return DynamicSupervisor.startLink(options);
}

function async<R>(supervisor: Server, body: TaskBody<[], R>): Op<TaskHandle<Result<R>>>;
function async<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  supervisor: Server,
  body: F,
  args: readonly [...A],
  options?: SupervisedOptions,
): Op<TaskHandle<Result<ReturnType<F>>>>;
function async(supervisor: Server, body: unknown, args?: unknown, options?: SupervisedOptions): Op<TaskHandle<Any>> {
  return begin("async", true, supervisor, body, args, options);
}

function asyncNolink<R>(supervisor: Server, body: TaskBody<[], R>): Op<TaskHandle<Result<R>>>;
function asyncNolink<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  supervisor: Server,
  body: F,
  args: readonly [...A],
  options?: SupervisedOptions,
): Op<TaskHandle<Result<ReturnType<F>>>>;
function asyncNolink(
  supervisor: Server,
  body: unknown,
  args?: unknown,
  options?: SupervisedOptions,
): Op<TaskHandle<Any>> {
  return begin("asyncNolink", false, supervisor, body, args, options);
}

function startChild<R>(supervisor: Server, body: TaskBody<[], R>): Op<AnyPid>;
function startChild<A extends readonly unknown[], F extends TaskBody<A, unknown>>(
  supervisor: Server,
  body: F,
  args: readonly [...A],
  options?: StartChildOptions,
): Op<AnyPid>;
function startChild(supervisor: Server, body: unknown, args?: unknown, options: StartChildOptions = {}): Op<AnyPid> {
  // Made when it is asked for: the task has to know who asks.
  return ownOperation(() => startingChild(supervisor, body, args, options));
}

function* startingChild(
  supervisor: Server,
  body: unknown,
  args: unknown,
  options: StartChildOptions,
): Generator<Op<unknown>, AnyPid, unknown> {
  const actor: Actor = actorOf(options);
  const job = jobOf(actor, `${WHAT}.startChild`, body, args);
  const spec = specOf(() => job.start(current() as Self, true), options);
  return (yield DynamicSupervisor.startChild(supervisor, spec, { as: actor as AnySelf })) as AnyPid;
}

function asyncStream<T, R>(
  supervisor: Server,
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options: SupervisedStreamOptions & { readonly zipInputOnExit: true },
): TaskStream<ZippedResult<T, Result<R>>>;
function asyncStream<T, R>(
  supervisor: Server,
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options?: SupervisedStreamOptions,
): TaskStream<StreamResult<Result<R>>>;
function asyncStream(
  supervisor: Server,
  source: Source<unknown>,
  body: unknown,
  options: SupervisedStreamOptions = {},
): TaskStream<never> {
  return new TaskStream(source, body, options, `${WHAT}.asyncStream`, starter(supervisor, true, options));
}

function asyncStreamNolink<T, R>(
  supervisor: Server,
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options: SupervisedStreamOptions & { readonly zipInputOnExit: true },
): TaskStream<ZippedResult<T, Result<R>>>;
function asyncStreamNolink<T, R>(
  supervisor: Server,
  source: Source<T>,
  body: TaskBody<[input: T], R>,
  options?: SupervisedStreamOptions,
): TaskStream<StreamResult<Result<R>>>;
function asyncStreamNolink(
  supervisor: Server,
  source: Source<unknown>,
  body: unknown,
  options: SupervisedStreamOptions = {},
): TaskStream<never> {
  return new TaskStream(source, body, options, `${WHAT}.asyncStreamNolink`, starter(supervisor, false, options));
}

/**
 * Tasks that a supervisor starts, and shuts down with itself. Those of `asyncNolink` and `asyncStreamNolink` may fail without taking along who
 * waits for them. Source: Elixir's `Task.Supervisor`.
 */
export const TaskSupervisor = {
  startLink: startLink as typeof startLink,

  /** A task supervisor as a child of another supervisor. Source: `Task.Supervisor.child_spec/1`. */
  child(options: Omit<DynamicSupervisorChildOptions & TaskSupervisorOptions, "extraArguments"> = {}): ChildSpec {
    return {
      ...DynamicSupervisor.child(options),
      ...(options.id === undefined && options.name === undefined && { id: WHAT }),
    };
  },

  /**
   * Starts a task under a supervisor that is also linked to who calls: see `Task.async`. The supervisor may be busy, so it is an operation.
   *
   * *Throws* `Error` when the supervisor has `maxChildren`; `ExitError` when it is not there. Source: `Task.Supervisor.async/3`.
   */
  async: async as typeof async,

  /** The same, without the link: when the task fails, `await` throws, and `["DOWN", ref, …]` comes. Source: `Task.Supervisor.async_nolink/3`. */
  asyncNolink: asyncNolink as typeof asyncNolink,

  /** Like `Task.asyncStream`, with the tasks under a supervisor. Source: `Task.Supervisor.async_stream/4`. */
  asyncStream: asyncStream as typeof asyncStream,

  /** The same, and failures of the tasks are results: they don't end who consumes. Source: `Task.Supervisor.async_stream_nolink/4`. */
  asyncStreamNolink: asyncStreamNolink as typeof asyncStreamNolink,

  /**
   * Starts a task that nobody waits for, and gives its pid.
   *
   * *Throws* `ExitError`: `"max_children"`, or when the supervisor is not there. Source: `Task.Supervisor.start_child/3`.
   */
  startChild: startChild as typeof startChild,

  /** Ends a task. *Throws* `ExitError`: `"not_found"`. Source: `Task.Supervisor.terminate_child/2`. */
  terminateChild(supervisor: Server, pid: AnyPid, options?: Acting): Op<"ok"> {
    return DynamicSupervisor.terminateChild(supervisor, pid, options);
  },

  /** The pids of all tasks. Source: `Task.Supervisor.children/1`. */
  children(supervisor: Server, options?: Acting): Op<AnyPid[]> {
    return operation(options?.as, function* (): Steps<AnyPid[]> {
      const children = yield* DynamicSupervisor.whichChildren(supervisor, options);
      return children.flatMap(([, pid]) => (typeof pid === "object" ? [pid as AnyPid] : []));
    });
  },
} as const;
