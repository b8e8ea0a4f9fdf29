import { describe, expect, test } from "vitest";
import {
  DynamicSupervisor,
  ExitError,
  exit,
  inspect,
  type Pid,
  Supervisor,
  type Suspend,
  Task,
  type TaskHandle,
  TaskSupervisor,
} from "../../src/index.ts";
import { settle, thrown } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting, ended, exitOf, links, mailbox } from "./acting.ts";

type Steps<T> = Generator<Suspend, T, unknown>;
type AnyPid = Pid<unknown>;

const pidOf = (task: TaskHandle): AnyPid => task.pid as AnyPid;
const sleeps = (self: AnySelf) => self.sleep(Number.POSITIVE_INFINITY);
const exiting = (reason: unknown): never => exit(reason);
const ok = (...values: unknown[]) => values.map((value) => ["ok", value]);

function* waitsForGo<T>(then: () => T, self: AnySelf): Steps<T> {
  yield* self.receive({ go: () => undefined } as never);
  return then();
}

function* napping(ms: number, self: AnySelf): Steps<number> {
  yield* self.sleep(ms);
  return ms;
}

/** The error that `steps` throws. */
function* errorOf(steps: () => Iterable<unknown>): Generator<unknown, unknown, unknown> {
  try {
    yield* steps() as Steps<unknown>;
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

/** A supervisor of the process that runs `body` in. */
function supervised(
  body: (self: AnySelf, supervisor: AnyPid) => Generator<unknown, unknown, unknown>,
  options?: Parameters<typeof Task.Supervisor.startLink>[0],
): ReturnType<typeof acting> {
  const own = acting();
  own.act(function* (self) {
    const supervisor = yield* Task.Supervisor.startLink(options);
    yield* body(self, supervisor);
    // The test is over: so is its tree.
    self.unlink(supervisor);
    yield* DynamicSupervisor.stop(supervisor);
    expect(mailbox(self)).toEqual([]);
  });
  expect(own.runtime.processes()).toEqual([own.runtime.self()]);
  return own;
}

describe("the supervisor", () => {
  test("is `Task.Supervisor` and `TaskSupervisor`", () => {
    expect(Task.Supervisor).toBe(TaskSupervisor);
  });

  test("is a child of another supervisor, by its name or as Task.Supervisor", () => {
    const { act } = acting();
    act(function* (self) {
      expect(TaskSupervisor.child()).toMatchObject({ id: "Task.Supervisor", type: "supervisor" });
      expect(TaskSupervisor.child({ name: "jobs" })).toMatchObject({ id: "jobs" });
      expect(TaskSupervisor.child({ name: "jobs", id: 7 })).toMatchObject({ id: 7 });
      const top = yield* Supervisor.startLink([TaskSupervisor.child({ name: "jobs" }), TaskSupervisor.child()], {
        strategy: "one_for_one",
      });
      expect(self.runtime.whereis("jobs")).toBeDefined();
      expect(yield* TaskSupervisor.children("jobs")).toEqual([]);
      const error = yield* exitOf(() => Supervisor.startChild(top, TaskSupervisor.child()));
      expect((error.reason as unknown[])[0]).toBe("already_started");
      self.unlink(top);
      yield* Supervisor.stop(top);
    });
  });

  test("takes options of processes", () => {
    supervised(
      function* (self, supervisor) {
        expect(self.runtime.processInfo(supervisor, "priority")).toBe("high");
        yield* self.sleep(0);
      },
      { priority: "high" },
    );
  });

  test("a task can be supervised directly", () => {
    const { act } = acting();
    act(function* (self) {
      const ran: unknown[] = [];
      const top = yield* Supervisor.startLink([Task.child((word: string) => void ran.push(word), ["hello"])], {
        strategy: "one_for_one",
      });
      yield* self.sleep(1);
      expect(ran).toEqual(["hello"]);
      expect((yield* Supervisor.countChildren(top)).active).toBe(0);
      self.unlink(top);
      yield* Supervisor.stop(top);
    });
  });

  test("counts its children", () => {
    supervised(function* (_self, supervisor) {
      expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
      const task = yield* TaskSupervisor.async(supervisor, waitsForGo, [() => 1]);
      expect(yield* TaskSupervisor.children(supervisor)).toEqual([task.pid]);
      expect((yield* DynamicSupervisor.countChildren(supervisor)).active).toBe(1);
      yield* Task.shutdown(task);
    });
  });
});

for (const name of ["async", "asyncNolink"] as const) {
  describe(name, () => {
    const isLinked = name === "async";

    test(`starts a task under the supervisor, ${isLinked ? "" : "not "}linked to its owner`, () => {
      supervised(function* (self, supervisor) {
        const task = yield* TaskSupervisor[name](supervisor, waitsForGo, [() => "done"]);
        expect([task.owner, task.mfa]).toEqual([self.pid, "waitsForGo/1"]);
        expect(yield* TaskSupervisor.children(supervisor)).toEqual([task.pid]);
        expect(links(self)).toEqual((isLinked ? [supervisor, task.pid] : [supervisor]).map(String).sort());
        const dictionary = self.runtime.processInfo(pidOf(task), "dictionary");
        expect(dictionary?.get("$initial_call")).toBe("waitsForGo/1");
        self.send(pidOf(task), "go");
        expect(yield* self.receive()).toEqual([task.ref, "done"]);
        expect(yield* self.receive()).toEqual(["DOWN", task.ref, "process", task.pid, "normal"]);
      });
    });

    test("runs plain, generator and async functions", async () => {
      const { actAsync } = acting();
      await actAsync(function* (self) {
        const supervisor = yield* TaskSupervisor.startLink();
        const plain = yield* TaskSupervisor[name](supervisor, (a: number, b: number) => a + b, [1, 2]);
        expect(yield* Task.await(plain)).toBe(3);
        const generator = yield* TaskSupervisor[name](supervisor, napping, [3]);
        expect(yield* Task.await(generator)).toBe(3);
        const asynchronous = yield* TaskSupervisor[name](
          supervisor,
          async (word: string, task: AnySelf) => {
            await null;
            task.send(task.pid, "own");
            return [word, await task.receive()];
          },
          ["a"],
        );
        expect(yield* Task.await(asynchronous)).toEqual(["a", "own"]);
        self.unlink(supervisor);
        yield* DynamicSupervisor.stop(supervisor);
      });
    });

    test("$callers names its owner, $ancestors its supervisor", () => {
      supervised(function* (self, supervisor) {
        const facts = (task: AnySelf) => [task.get("$callers"), task.get("$ancestors")];
        const outer = yield* TaskSupervisor[name](supervisor, function* (task: AnySelf) {
          const inner = yield* TaskSupervisor[name](supervisor, facts);
          return [facts(task), yield* Task.await(inner), task.pid];
        });
        expect(yield* Task.await(outer)).toEqual([
          [[self.pid], [supervisor, self.pid]],
          [
            [outer.pid, self.pid],
            [supervisor, self.pid],
          ],
          outer.pid,
        ]);
      });
    });

    test("ends with the supervisor as its `shutdown` says", () => {
      const { act } = acting();
      act(function* (self) {
        self.trapExit = true;
        const supervisor = yield* TaskSupervisor.startLink();
        const brutal = yield* TaskSupervisor[name](supervisor, waitsForGo, [() => 1], { shutdown: "brutalKill" });
        const gentle = yield* TaskSupervisor[name](supervisor, waitsForGo, [() => 1]);
        self.exit(supervisor, "shutdown");
        yield* ended(self, supervisor);
        const downs = mailbox(self).filter((message) => (message as unknown[])[0] === "DOWN");
        expect(downs.length).toBe(2);
        expect(downs).toEqual(
          expect.arrayContaining([
            ["DOWN", gentle.ref, "process", gentle.pid, "shutdown"],
            ["DOWN", brutal.ref, "process", brutal.pid, "killed"],
          ]),
        );
      });
    });

    test("fails when there are maxChildren", () => {
      supervised(
        function* (_self, supervisor) {
          const task = yield* TaskSupervisor[name](supervisor, sleeps);
          const error = yield* errorOf(() => TaskSupervisor[name](supervisor, () => 1));
          expect(error).toBeInstanceOf(Error);
          expect(String(error)).toMatch(/^Error: reached the maximum number of tasks for this task supervisor/);
          yield* Task.shutdown(task);
        },
        { maxChildren: 1 },
      );
    });

    test("fails when there is no supervisor, and for what is no function", () => {
      const { act } = acting();
      act(function* () {
        const error = yield* exitOf(() => TaskSupervisor[name]("nobody", () => 1));
        expect(error.reason).toBe("noproc");
        expect(yield* errorOf(() => TaskSupervisor[name]("nobody", 7 as never))).toEqual(
          new TypeError(`Task.Supervisor.${name}: expected a function, got 7`),
        );
      });
    });

    test("gives up on an owner that ends before it watches", () => {
      const { act, reports } = acting();
      act(function* (self) {
        const supervisor = yield* TaskSupervisor.startLink();
        // It ends as soon as it has asked.
        const owner = self.spawn(function* (): Generator<never, void, unknown> {
          TaskSupervisor[name](supervisor, sleeps)[Symbol.iterator]().next();
        });
        expect(yield* ended(self, owner)).toBe("normal");
        yield* self.sleep(1);
        expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
        self.unlink(supervisor);
        yield* DynamicSupervisor.stop(supervisor);
      });
      expect(reports).toEqual([]);
    });

    test("awaiting it throws its reason", () => {
      const { act } = acting();
      act(function* (self) {
        const supervisor = yield* TaskSupervisor.startLink();
        self.unlink(supervisor);
        if (isLinked) self.trapExit = true;
        const oops = new RangeError("oops");
        for (const [body, reason] of [
          [() => exit("unknown"), "unknown"],
          [
            () => {
              throw oops;
            },
            oops,
          ],
          [
            () => {
              throw "unknown";
            },
            ["nocatch", "unknown"],
          ],
        ] as const) {
          const task = yield* TaskSupervisor[name](supervisor, body);
          const error = yield* exitOf(() => Task.await(task));
          expect([error.reason, error.call]).toEqual([reason, ["Task.await", task, 5000]]);
        }
        const slow = yield* TaskSupervisor[name](supervisor, waitsForGo, [() => "late"]);
        expect((yield* exitOf(() => Task.await(slow, 0))).reason).toBe("timeout");
        self.send(pidOf(slow), "go");
        yield* ended(self, slow.pid);
        expect(mailbox(self).filter((message) => (message as unknown[])[0] !== "EXIT")).toEqual([]);
        yield* DynamicSupervisor.stop(supervisor);
      });
    });
  });
}

describe("startChild", () => {
  test("starts a task that nobody waits for", () => {
    supervised(function* (self, supervisor) {
      const facts: unknown[] = [];
      const pid = yield* TaskSupervisor.startChild(
        supervisor,
        function* told(word: string, task: AnySelf) {
          facts.push(word, task.get("$callers"), task.get("$ancestors"), task.get("$initial_call"));
          yield* waitsForGo(() => 1, task);
        },
        ["hello"],
      );
      expect(yield* TaskSupervisor.children(supervisor)).toEqual([pid]);
      expect(links(self)).toEqual([String(supervisor)]);
      yield* self.sleep(0);
      expect(facts).toEqual(["hello", [self.pid], [supervisor, self.pid], "told/1"]);
      self.send(pid, "go");
      expect(yield* ended(self, pid)).toBe("normal");
      expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
    });
  });

  test("shuts it down and starts it again as it is told", () => {
    const { act } = acting();
    act(function* (self) {
      self.trapExit = true;
      const supervisor = yield* TaskSupervisor.startLink();
      const pid = yield* TaskSupervisor.startChild(supervisor, sleeps, [], { shutdown: "brutalKill" });
      const ref = self.monitor(pid);
      let starts = 0;
      const again = yield* TaskSupervisor.startChild(
        supervisor,
        (task: AnySelf) => {
          starts++;
          return sleeps(task);
        },
        [],
        { restart: "permanent" },
      );
      yield* self.sleep(0);
      self.exit(again, "shutdown");
      yield* self.sleep(0);
      expect(starts).toBe(2);
      const error = yield* errorOf(() =>
        TaskSupervisor.startChild(supervisor, sleeps, [], { restart: "always" as never }),
      );
      expect(error).toBeInstanceOf(TypeError);
      self.exit(supervisor, "shutdown");
      yield* ended(self, supervisor);
      expect(mailbox(self)).toContainEqual(["DOWN", ref, "process", pid, "killed"]);
    });
  });

  test("fails when there are maxChildren", () => {
    supervised(
      function* (_self, supervisor) {
        yield* TaskSupervisor.startChild(supervisor, sleeps);
        expect((yield* exitOf(() => TaskSupervisor.startChild(supervisor, sleeps))).reason).toBe("max_children");
      },
      { maxChildren: 1 },
    );
  });

  test("a failing child is reported with its starter", () => {
    const { act, reports } = acting();
    const owner = act(function* (self) {
      const supervisor = yield* TaskSupervisor.startLink();
      yield* TaskSupervisor.startChild(supervisor, exiting, ["bad"]);
      yield* self.sleep(1);
      self.unlink(supervisor);
      yield* DynamicSupervisor.stop(supervisor);
      return self.pid;
    });
    const texts = reports
      .filter(({ kind }) => kind === "task")
      .map(({ text, pid }) => text?.replace(String(pid), "PID"));
    expect(texts).toEqual([
      `Task PID started from ${owner} terminating\n** (stop) "bad"\nFunction: ${inspect(exiting)}\n    Args: ["bad"]`,
    ]);
  });
});

describe("terminateChild", () => {
  test("ends a task", () => {
    supervised(function* (_self, supervisor) {
      const pid = yield* TaskSupervisor.startChild(supervisor, sleeps);
      expect(yield* TaskSupervisor.terminateChild(supervisor, pid)).toBe("ok");
      expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
      expect((yield* exitOf(() => TaskSupervisor.terminateChild(supervisor, pid))).reason).toBe("not_found");
    });
  });
});

for (const name of ["asyncStream", "asyncStreamNolink"] as const) {
  describe(name, () => {
    const isLinked = name === "asyncStream";

    test("gives the results in the order of the inputs, and leaves nothing", () => {
      supervised(function* (self, supervisor) {
        for (const inputs of [
          [1, 2, 3, 4],
          [4, 3, 2, 1],
        ])
          expect(yield* TaskSupervisor[name](supervisor, inputs, napping).toArray()).toEqual(ok(...inputs));
        expect([mailbox(self), links(self)]).toEqual([[], [String(supervisor)]]);
        expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
      });
    });

    test(`gives failures${isLinked ? " to who traps exits" : ""}`, () => {
      supervised(function* (self, supervisor) {
        self.trapExit = isLinked;
        const stream = TaskSupervisor[name](supervisor, [1, 2, 3, 4], exiting, { maxConcurrency: 4 });
        expect(yield* stream.toArray()).toEqual([1, 2, 3, 4].map((reason) => ["exit", reason]));
        self.trapExit = false;
      });
    });

    test("ends tasks that nobody waits for any more", () => {
      supervised(function* (self, supervisor) {
        const inputs = [0, ...Array(3).fill(Number.POSITIVE_INFINITY)];
        expect(yield* TaskSupervisor[name](supervisor, inputs, napping).take(1)).toEqual(ok(0));
        expect([mailbox(self), links(self)]).toEqual([[], [String(supervisor)]]);
        expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
      });
    });

    test("throws when there are maxChildren, after its tasks have ended", () => {
      supervised(
        function* (self, supervisor) {
          const inputs = Array(3).fill(Number.POSITIVE_INFINITY);
          const stream = TaskSupervisor[name](supervisor, inputs, napping, { maxConcurrency: 2 });
          expect(String(yield* errorOf(() => stream.toArray()))).toMatch(
            /^Error: reached the maximum number of tasks for this task supervisor.*maxConcurrency/,
          );
          expect([mailbox(self), links(self)]).toEqual([[], [String(supervisor)]]);
          expect(yield* TaskSupervisor.children(supervisor)).toEqual([]);
        },
        { maxChildren: 1 },
      );
    });

    test("its tasks know who consumes it, and their supervisor", () => {
      supervised(function* (self, supervisor) {
        const facts = (_: number, task: AnySelf) => [task.get("$callers"), task.get("$ancestors")];
        const stream = TaskSupervisor[name](supervisor, [1], function* (_, task) {
          return [facts(0, task), yield* TaskSupervisor[name](supervisor, [1], facts).toArray(), task.pid];
        });
        const [[, [outer, inner, pid]]] = (yield* stream.toArray()) as never as [[unknown, [unknown, unknown, Pid]]];
        expect(outer).toEqual([[self.pid], [supervisor, self.pid]]);
        expect(inner).toEqual(
          ok([
            [pid, self.pid],
            [supervisor, self.pid],
          ]),
        );
      });
    });

    test("fails when there is no supervisor", () => {
      const { act, reports } = acting();
      act(function* (self) {
        self.trapExit = true;
        const error = yield* exitOf(() => TaskSupervisor[name]("nobody", [1], napping).toArray());
        expect(error.call).toEqual(["Task.Supervised.stream", 5000]);
        expect((error.reason as ExitError).reason).toBe("noproc");
        expect(mailbox(self)).toEqual([]);
      });
      expect(reports).toEqual([]);
    });

    test(`ends with its consumer${isLinked ? "" : ", but its tasks go on"}`, () => {
      supervised(function* (self, supervisor) {
        const consumer = self.spawn(function* () {
          const inputs = [Number.POSITIVE_INFINITY];
          yield* TaskSupervisor[name](supervisor, inputs, napping, { timeout: "infinity" }).toArray();
        });
        yield* self.sleep(1);
        self.exit(consumer, "kill");
        yield* self.sleep(1);
        expect((yield* TaskSupervisor.children(supervisor)).length).toBe(isLinked ? 0 : 1);
      });
    });
  });
}

describe("in the host", () => {
  test("tasks are started and awaited", async () => {
    const { runtime } = acting();
    const as = { as: runtime };
    const running = (async () => {
      const supervisor = await TaskSupervisor.startLink(as);
      const failing = await TaskSupervisor.asyncNolink(supervisor, exiting, ["bad"], as);
      const tasks = await Promise.all(
        [1, 2, 3].map((each) => TaskSupervisor.async(supervisor, (n: number) => n * 2, [each], as)),
      );
      expect(await Promise.all(tasks.map((task) => Task.await(task)))).toEqual([2, 4, 6]);
      expect(await Task.yield(failing)).toEqual(["exit", "bad"]);
      const results: unknown[] = [];
      for await (const each of TaskSupervisor.asyncStreamNolink(supervisor, ["a", "b"], exiting, as))
        results.push(each);
      expect(results).toEqual([
        ["exit", "a"],
        ["exit", "b"],
      ]);
      expect(await TaskSupervisor.children(supervisor, as)).toEqual([]);
      runtime.unlink(supervisor);
      await DynamicSupervisor.stop(supervisor, "normal", 5000, as);
    })();
    await settle(runtime);
    await settle(runtime);
    await running;
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
    expect(runtime.processes()).toEqual([runtime.self()]);
    expect(thrown(() => TaskSupervisor.asyncStream("x", 7 as never, napping))).toEqual(
      new TypeError("Task.Supervisor.asyncStream: expected an iterable or async iterable, got 7"),
    );
    expect(new ExitError("x").reason).toBe("x");
  });
});
