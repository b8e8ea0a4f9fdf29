import { exit, type Pid, type Ref, type Self } from "../kernel.ts";
import type { Actor, Steps } from "./operation.ts";
import type { Job } from "./task-process.ts";

type Any = any;

/** Starts the processes of a stream's tasks, in its coordinator. */
export interface Starter {
  /** Whether it links them to the coordinator. */
  readonly isLinked: boolean;
  /** Undefined when there is no room for another one. */
  start(self: Self<Any>, job: Job): Steps<Pid<Any> | undefined>;
  /** Has it run, now that it is watched. */
  watched(self: Self<Any>, pid: Pid<Any>, ref: Ref): void;
}

/** What the consumer and the coordinator of one run share. */
export interface Line {
  readonly consumer: Pid<Any>;
  /** Whether the consumer traps exits: then the failures of tasks are results. */
  readonly traps: boolean;
  /** ms that a task may take. */
  readonly timeout: number;
  readonly starter: Starter;
  /** The consumer's monitor of the coordinator: what its messages begin with. */
  ref: Ref;
  /** Tasks to be started, by their positions. */
  readonly queue: (readonly [position: number, job: Job])[];
  /** Closes the source, if that is still to be done. */
  closeSource(): unknown;
}

export const SPAWN = "spawn";
export const STOP = "stop";
export const FULL = "max_children";

/** What who asked for a task is told then. */
export const TOO_MANY: string =
  "reached the maximum number of tasks for this task supervisor. The maximum number of tasks that are allowed to run at the same time under " +
  "this supervisor can be configured with the maxChildren option passed to Task.Supervisor.startLink";

/** How a task ended. The consumer is told `[ref, position, ending]`, or `[ref, FULL]`. */
export type Ending = readonly ["ok", unknown] | readonly ["exit", unknown] | readonly ["timeout"];

interface Running {
  readonly position: number;
  readonly job: Job;
  readonly pid: Pid<Any>;
  readonly timer: Ref | undefined;
  isLate: boolean;
}

/** Starts what the actor of a run asks for. */
export function startCoordinator(actor: Actor, line: Line): Pid<Any> {
  const [pid, ref] = actor.spawnOpt(coordinate, { args: [line], link: true, monitor: true });
  // It does not run before this.
  line.ref = ref;
  return pid;
}

/**
 * The process that tasks of a stream belong to. It ends with its consumer, and its tasks with it.
 *
 * Source: Elixir's `Task.Supervised.stream_monitor/4`.
 */
function* coordinate(self: Self<Any>, line: Line): Steps<void> {
  self.trapExit = line.traps;
  const parent = self.monitor(line.consumer);
  const tasks = new Map<Ref, Running>();
  try {
    yield* serve(self, line, parent, tasks);
  } finally {
    // The consumer was killed in the middle of it.
    line.closeSource();
  }
}

function* serve(self: Self<Any>, line: Line, parent: Ref, tasks: Map<Ref, Running>): Steps<void> {
  const { consumer, ref, starter } = line;
  for (;;) {
    // Others may send it anything: they can find it among the links of a task.
    const message: Any = yield* self.receive();
    if (message === SPAWN) yield* spawnAll(self, line, tasks);
    if (message === STOP) return yield* stop(self, tasks);
    if (!Array.isArray(message)) continue;
    if (message[0] === "timeout") {
      const task = tasks.get(message[2]);
      if (task === undefined || task.timer !== message[1]) continue;
      task.isLate = true;
      self.unlink(task.pid);
      self.exit(task.pid, "kill");
    } else if (message[0] === "DOWN") {
      const [, monitor, , , reason] = message;
      if (monitor === parent) return orphan(self, starter, tasks, reason);
      const task = tasks.get(monitor);
      if (task === undefined) continue;
      tasks.delete(monitor);
      if (task.timer !== undefined) self.runtime.cancelTimer(task.timer);
      const { result } = task.job;
      const ending: Ending = result.length === 1 ? ["ok", result[0]] : task.isLate ? ["timeout"] : ["exit", reason];
      self.send(consumer, [ref, task.position, ending]);
    }
  }
}

function* spawnAll(self: Self<Any>, line: Line, tasks: Map<Ref, Running>): Steps<void> {
  const { consumer, ref, starter, timeout, queue } = line;
  for (const [position, job] of queue.splice(0)) {
    const pid = yield* starter.start(self, job);
    if (pid === undefined) {
      self.send(consumer, [ref, FULL]);
      return;
    }
    const monitor = self.monitor(pid);
    starter.watched(self, pid, monitor);
    const timer =
      timeout === Number.POSITIVE_INFINITY ? undefined : self.runtime.startTimer(self.pid as never, monitor, timeout);
    tasks.set(monitor, { position, job, pid, timer, isLate: false });
  }
}

/** Nobody wants the results of what still runs. */
function* stop(self: Self<Any>, tasks: Map<Ref, Running>): Steps<void> {
  self.trapExit = true;
  for (const { pid } of tasks.values()) self.exit(pid, "kill");
  while (tasks.size > 0) {
    const message: Any = yield* self.receive();
    if (message?.[0] === "DOWN") tasks.delete(message[1]);
  }
}

/** The consumer is gone. A normal end would not end the tasks: nobody is left who could. */
function orphan(self: Self<Any>, starter: Starter, tasks: Map<Ref, Running>, reason: unknown): never {
  if (starter.isLinked) for (const { pid } of tasks.values()) self.exit(pid, reason === "normal" ? "shutdown" : reason);
  return exit(reason);
}

/** Tasks that are processes of the coordinator's own. */
export const linked: Starter = {
  isLinked: true,
  *start(self, job) {
    return job.start(self, true);
  },
  watched() {},
};
