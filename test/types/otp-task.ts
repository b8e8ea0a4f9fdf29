// What TypeScript infers of tasks. tsc checks it; nothing runs.
import {
  type Op,
  type Outcome,
  type Pid,
  type Self,
  type StreamResult,
  Task,
  type TaskHandle,
  type TaskStream,
  TaskSupervisor,
  type ZippedResult,
} from "../../src/index.ts";
import { same } from "./same.ts";

// biome-ignore lint/suspicious/noExplicitAny: what pids of tasks take is not known
type AnyPid = Pid<any>;
declare const supervisor: AnyPid;
declare const add: (a: number, b: number) => number;

export function* page(self: Self) {
  // A task's result is what its function gives, returns or is fulfilled with.
  const plain = Task.async(() => 1);
  plain satisfies Task<number>;
  const generator = Task.async(
    function* (word: string) {
      yield* self.sleep(1);
      return word.length;
    },
    ["word"],
  );
  const asynchronous = Task.async(async (own) => [own.pid, true] as const);
  const operation = Task.async((own) => own.until(Promise.resolve("done")));
  const given = Task.async(add, [1, 2], { as: self });
  const contextual = Task.async((word, own) => [word.length, own.signal.aborted] as const, ["x"]);
  same<typeof plain, TaskHandle<number>>(true);
  same<typeof generator, TaskHandle<number>>(true);
  same<typeof asynchronous, TaskHandle<readonly [AnyPid, true]>>(true);
  same<typeof operation, TaskHandle<string>>(true);
  same<typeof given, TaskHandle<number>>(true);
  same<typeof contextual, TaskHandle<readonly [number, boolean]>>(true);

  const one: string = yield* Task.await(operation);
  const [number, word] = yield* Task.awaitMany([plain, operation]);
  same<[typeof number, typeof word], [number, string]>(true);
  const all: number[] = yield* Task.awaitMany([1, 2].map((each) => Task.async(() => each)));
  const outcome = yield* Task.yield(plain, 10);
  same<typeof outcome, Outcome<number> | undefined>(true);
  const [[it, first], [, second]] = yield* Task.yieldMany([plain, operation], { timeout: 10 });
  same<
    [typeof it, typeof first, typeof second],
    [TaskHandle<number>, Outcome<number> | undefined, Outcome<string> | undefined]
  >(true);
  const late = (yield* Task.shutdown(plain, "brutalKill")) ?? (yield* Task.ignore(plain));
  if (late?.[0] === "ok") late[1].toFixed();
  // @ts-expect-error: a reason may be anything
  if (late?.[0] === "exit") late[1].toFixed();
  const completed: TaskHandle<"x"> = Task.completed("x");

  // @ts-expect-error: the arguments are those of the function
  Task.async(add, [1, "2"]);
  // @ts-expect-error: all of them
  Task.async(add, [1]);
  // @ts-expect-error: a function without its arguments
  Task.async(add);
  // @ts-expect-error: this wants to be told how to end it
  void Task.shutdown(plain, "gently");
  // @ts-expect-error: not a task
  void Task.await(supervisor);
  // @ts-expect-error: a task of numbers gives no strings
  const wrong: TaskHandle<string> = plain;

  // Streams
  const stream = Task.asyncStream(["a", "b"], (each) => each.length);
  const zipped = Task.asyncStream(new Set([1]), async (each) => `${each}`, { zipInputOnExit: true });
  async function* source() {
    yield 1n;
  }
  const fromAsync = TaskSupervisor.asyncStreamNolink(supervisor, source(), (each, own) => [each, own.pid] as const, {
    maxConcurrency: 2,
    shutdown: "brutalKill",
  });
  same<
    [typeof stream, typeof zipped, typeof fromAsync],
    [
      TaskStream<StreamResult<number>>,
      TaskStream<ZippedResult<number, string>>,
      TaskStream<StreamResult<readonly [bigint, AnyPid]>>,
    ]
  >(true);
  const results: StreamResult<number>[] = yield* stream.toArray();
  // @ts-expect-error: such a function wants numbers
  Task.asyncStream(["a"], (each: number) => each);
  // @ts-expect-error: no option
  Task.asyncStream(["a"], () => 1, { concurrency: 1 });

  // Under a supervisor
  const supervised = TaskSupervisor.async(supervisor, add, [1, 2], { shutdown: 100 });
  same<typeof supervised, Op<TaskHandle<number>>>(true);
  const nolink: TaskHandle<string> = yield* Task.Supervisor.asyncNolink(supervisor, async () => "x");
  const pid: AnyPid = yield* Task.Supervisor.startChild(supervisor, add, [1, 2], { restart: "transient" });
  // @ts-expect-error: no way to restart
  void Task.Supervisor.startChild(supervisor, add, [1, 2], { restart: "sometimes" });
  // @ts-expect-error: the arguments are those of the function
  void Task.Supervisor.async(supervisor, add, ["1", 2]);

  const child = Task.child(add, [1, 2], { id: "adder" });
  child.start();
  return [one, all, completed, wrong, results, nolink, pid];
}

export async function host() {
  await using task = Task.async(() => 1);
  const result: number = await Task.await(task);
  for await (const each of Task.asyncStream([1], () => "x")) if (each[0] === "ok") each[1].length;
  return result;
}
