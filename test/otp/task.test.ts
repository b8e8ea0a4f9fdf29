import { describe, expect, test } from "vitest";
import {
  current,
  type ExitError,
  exit,
  formatReport,
  GenServer,
  inspect,
  type Pid,
  type Suspend,
  Task,
  type TaskHandle,
  TaskReport,
  UsageError,
} from "../../src/index.ts";
import { gate, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting, ended, exitOf, links, mailbox } from "./acting.ts";

type Steps<T> = Generator<Suspend, T, unknown>;
type AnyPid = Pid<unknown>;

const pidOf = (task: TaskHandle): AnyPid => task.pid as AnyPid;

/** Waits for "go" before it gives what `then` does. */
function* waitsForGo<T>(then: () => T, self: AnySelf): Steps<T> {
  yield* self.receive({ go: () => undefined } as never);
  return then();
}

const sleeps = (self: AnySelf) => self.sleep(Number.POSITIVE_INFINITY);

/** A task that has ended with `reason`, and whose messages are gone: those of a test come in their place. */
function* dummy(self: AnySelf, reason: unknown): Steps<TaskHandle> {
  const task = Task.async(() => exit(reason));
  self.unlink(pidOf(task));
  yield* self.sleep(0);
  self.demonitor(task.ref, { flush: true });
  return task;
}

/** Runs `body` in another process, and gives what it returns. */
function* elsewhere<T>(self: AnySelf, body: (other: AnySelf) => T): Steps<T> {
  self.spawn((other: AnySelf) => void other.send(self.pid, ["elsewhere", body(other)]));
  return (yield* self.receive({ elsewhere: (message: readonly unknown[]) => message[1] } as never)) as T;
}

describe("async", () => {
  test("starts a linked process, and tells its result and its end by messages", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.async(waitsForGo, [() => "done"]);
      const { pid, ref } = task;
      expect([task.owner, task.mfa]).toEqual([self.pid, "waitsForGo/1"]);
      expect(links(self)).toEqual([String(pid)]);
      yield* self.sleep(0);
      expect(self.runtime.processInfo(pidOf(task), "dictionary")).toEqual(
        new Map<unknown, unknown>([
          ["$ancestors", [self.pid]],
          ["$initial_call", "waitsForGo/1"],
          ["$callers", [self.pid]],
        ]),
      );
      self.send(pidOf(task), "go");
      expect(yield* self.receive()).toEqual([ref, "done"]);
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, "normal"]);
      expect(links(self)).toEqual([]);
    });
  });

  test("runs plain, generator and async functions, and operations that they return, with arguments and self", async () => {
    const { actAsync } = acting();
    await actAsync(function* () {
      const add = (a: number, b: number) => a + b;
      expect(yield* Task.await(Task.async(add, [1, 2]))).toBe(3);
      const fromGenerator = Task.async(
        function* (word: string, self: AnySelf) {
          yield* self.sleep(1);
          return [word, self.pid];
        },
        ["generator"],
      );
      expect(yield* Task.await(fromGenerator)).toEqual(["generator", fromGenerator.pid]);
      const fromAsync = Task.async(
        async (word: string, self: AnySelf) => {
          await null;
          self.send(self.pid, "own message");
          return [word, await self.receive()];
        },
        ["async"],
      );
      expect(yield* Task.await(fromAsync)).toEqual(["async", "own message"]);
      expect(yield* Task.await(Task.async((self) => self.until(Promise.resolve("op"))))).toBe("op");
      expect(yield* Task.await(Task.async(() => Promise.resolve("promise")))).toBe("promise");
    });
  });

  test("$callers names who started it, and who started that", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.async(function* (parent: AnySelf) {
        expect(parent.get("$callers")).toEqual([self.pid]);
        const child = Task.async((inner: AnySelf) => [inner.get("$callers"), inner.get("$ancestors")]);
        const both = [parent.pid, self.pid];
        expect(yield* Task.await(child)).toEqual([both, both]);
        return "checked";
      });
      expect(yield* Task.await(task)).toBe("checked");
    });
  });

  test("a wrong function or wrong arguments are refused, and nothing is started", () => {
    const { runtime, act } = acting();
    act(function* (self) {
      const before = runtime.processes().length;
      expect(thrown(() => Task.async("f" as never))).toEqual(new TypeError('Task.async: expected a function, got "f"'));
      expect(thrown(() => Task.start(() => 0, 7 as never))).toEqual(
        new TypeError("Task.start: expected an array of arguments, got 7"),
      );
      expect(thrown(() => Task.await({} as never))).toEqual(new TypeError("Task.await: expected a task, got {}"));
      const task = Task.completed(1);
      expect(thrown(() => Task.await(task, -1))).toBeInstanceOf(RangeError);
      expect(thrown(() => Task.yield(task, "soon" as never))).toBeInstanceOf(TypeError);
      expect(thrown(() => Task.awaitMany(task as never))).toBeInstanceOf(TypeError);
      expect(runtime.processes().length).toBe(before);
      yield* self.sleep(0);
    });
  });

  test("a task prints as what it is", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.async(sleeps);
      expect(inspect(task)).toBe(`Task {mfa: "sleeps/0", owner: ${self.pid}, pid: ${task.pid}, ref: ${task.ref}}`);
      yield* Task.shutdown(task);
    });
  });
});

describe("start and startLink", () => {
  for (const isLinked of [false, true]) {
    test(`${isLinked ? "startLink links" : "start does not link"} the process, which tells nobody`, () => {
      const { act } = acting();
      act(function* (self) {
        const ran: unknown[] = [];
        const body = (...args: unknown[]) => void ran.push(...args.slice(0, 2));
        const pid = isLinked ? Task.startLink(body, [1, 2]) : Task.start(body, [1, 2]);
        expect(links(self)).toEqual(isLinked ? [String(pid)] : []);
        expect(yield* ended(self, pid)).toBe("normal");
        expect(ran).toEqual([1, 2]);
        expect(mailbox(self)).toEqual([]);
      });
    });
  }

  test("a child spec starts it linked, and never again", () => {
    const { act } = acting();
    act(function* (self) {
      const spec = Task.child((word: string) => word, ["hello"]);
      expect(spec).toEqual({ id: "Task", start: expect.any(Function), restart: "temporary" });
      const pid = spec.start() as Pid;
      expect(links(self)).toEqual([String(pid)]);
      const custom = Task.child(() => 0, [], { id: "w", restart: "permanent", shutdown: 10 });
      expect(custom).toMatchObject({ id: "w", restart: "permanent", shutdown: 10 });
      yield* self.sleep(0);
    });
  });
});

describe("completed", () => {
  test("is awaited like any other, and has no process", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.completed("done");
      expect([task.pid, task.owner]).toEqual([undefined, self.pid]);
      expect(yield* Task.await(task)).toBe("done");
      expect(mailbox(self)).toEqual([]);
      expect(yield* Task.yield(Task.completed(1), 0)).toEqual(["ok", 1]);
    });
  });
});

describe("await", () => {
  test("leaves no message behind", () => {
    const { act } = acting();
    act(function* (self) {
      expect(yield* Task.await(Task.async(() => 1))).toBe(1);
      yield* self.sleep(1);
      expect(mailbox(self)).toEqual([]);
    });
  });

  test("gives up after its time, and a late reply never comes", () => {
    const { act } = acting();
    act(function* (self) {
      for (const ms of [0, 7]) {
        const task = Task.async(waitsForGo, [() => "done"]);
        const error = yield* exitOf(() => Task.await(task, ms));
        expect([error.reason, error.call]).toEqual(["timeout", ["Task.await", task, ms]]);
        self.send(pidOf(task), "go");
        expect(yield* ended(self, task.pid)).toBe("normal");
        expect(mailbox(self)).toEqual([]);
      }
    });
  });

  test("waits for 5000 ms unless told otherwise", () => {
    const { act, runtime } = acting();
    act(function* () {
      const before = runtime.now();
      const error = yield* exitOf(() => Task.await(Task.async(sleeps)));
      expect(error.call?.[2]).toBe(5000);
      expect(runtime.now() - before).toBe(5000);
    });
  });

  const oops = new RangeError("oops");
  const failures: [string, () => unknown, unknown][] = [
    ["exit", () => exit("unknown"), "unknown"],
    [
      "error",
      () => {
        throw oops;
      },
      oops,
    ],
    [
      "throw",
      () => {
        throw "unknown";
      },
      ["nocatch", "unknown"],
    ],
    ["undefined function", () => (undefined as unknown as () => void)(), expect.any(TypeError)],
  ];
  for (const [name, body, reason] of failures) {
    test(`throws the reason of a task that ended by ${name}, in who traps exits`, () => {
      const { act } = acting();
      act(function* (self) {
        self.trapExit = true;
        const task = Task.async(body);
        const error = yield* exitOf(() => Task.await(task));
        expect([error.reason, error.call]).toEqual([reason, ["Task.await", task, 5000]]);
      });
    });
  }

  test("throws for a task that ended normally without a result", () => {
    const { act } = acting();
    act(function* () {
      const task = Task.async(() => exit("normal"));
      expect((yield* exitOf(() => Task.await(task))).reason).toBe("normal");
    });
  });

  test("a failing task ends its owner by the link", () => {
    const { runtime, act } = acting();
    act(function* (self) {
      const [pid, ref] = self.spawnMonitor(function* () {
        yield* Task.await(Task.async(() => exit("broken")));
      });
      expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, "broken"]);
    });
    expect(runtime.processes()).toEqual([runtime.self()]);
  });

  test("throws when the node of a task is lost", () => {
    const { act } = acting();
    act(function* (self) {
      const task = yield* dummy(self, "normal");
      self.send(self.pid, ["DOWN", task.ref, "process", task.pid, "noconnection"]);
      expect((yield* exitOf(() => Task.await(task))).reason).toEqual(["nodedown", "nonode@nohost"]);
      self.send(self.pid, ["DOWN", task.ref, "process", ["name", "other@node"], "noconnection"]);
      expect((yield* exitOf(() => Task.await(task))).reason).toEqual(["nodedown", "other@node"]);
    });
  });
});

describe("who may wait", () => {
  test("every function refuses a process that is not the owner, in Elixir's words", () => {
    const { act } = acting();
    act(function* (self) {
      const task = yield* elsewhere(self, () => Task.completed(1));
      const running = yield* elsewhere(self, () => Task.async(() => 1));
      const message = (each: TaskHandle) =>
        `task ${inspect(each)} must be queried from the owner but was queried from ${self.pid}`;
      for (const call of [
        () => Task.await(task, 1),
        () => Task.awaitMany([task]),
        () => Task.yield(task, 1),
        () => Task.yieldMany([task]),
        () => Task.ignore(task),
      ]) {
        expect(thrown(call)).toEqual(new UsageError(message(task)));
      }
      expect(thrown(() => Task.shutdown(running))).toEqual(new UsageError(message(running)));
      expect(thrown(() => Task.awaitMany([Task.completed(0), task]))).toEqual(new UsageError(message(task)));
    });
  });

  test("the host is refused, too, when the owner is a process", () => {
    const { runtime } = acting();
    let task!: TaskHandle;
    runtime.spawn(function* (self: AnySelf) {
      task = Task.async(() => 1);
      yield* sleeps(self);
    });
    runtime.run();
    expect(thrown(() => Task.await(task))).toEqual(
      new UsageError(`task ${inspect(task)} must be queried from the owner but was queried from ${runtime.self()}`),
    );
  });
});

describe("awaitMany", () => {
  test("gives the results in the order of the tasks", () => {
    const { act } = acting();
    act(function* (self) {
      const given = (ms: number) => Task.async(() => ms);
      expect(yield* Task.awaitMany([given(1), given(3), given(9)])).toEqual([1, 3, 9]);
      const late = function* (ms: number, other: AnySelf) {
        yield* other.sleep(ms);
        return ms;
      };
      expect(yield* Task.awaitMany([30, 10, 20].map((ms) => Task.async(late, [ms])))).toEqual([30, 10, 20]);
      expect(yield* Task.awaitMany([])).toEqual([]);
      yield* self.sleep(1);
      expect(mailbox(self)).toEqual([]);
    });
  });

  test("leaves all other messages where they are", () => {
    const { act } = acting();
    act(function* (self) {
      const other = self.alias();
      const others = [other, [other, "z"], ["DOWN", other, "process", 1, "goodbye"], null, undefined, "DOWN", 7];
      const tasks = ["a", "b"].map((each) => Task.async(() => each));
      for (const each of others) self.send(self.pid, each);
      expect(yield* Task.awaitMany(tasks)).toEqual(["a", "b"]);
      expect(mailbox(self)).toEqual(others);
    });
  });

  test("takes one reply of each", () => {
    const { act } = acting();
    act(function* (self) {
      const one = yield* dummy(self, "normal");
      const two = yield* dummy(self, "normal");
      for (const message of [
        [two.ref, "b"],
        [two.ref, "other"],
        [one.ref, "a"],
      ])
        self.send(self.pid, message);
      expect(yield* Task.awaitMany([one, two])).toEqual(["a", "b"]);
      expect(mailbox(self)).toEqual([[two.ref, "other"]]);
    });
  });

  test("gives up after its time, for all of them together", () => {
    const { act, runtime } = acting();
    act(function* (self) {
      for (const ms of [0, 30]) {
        const tasks = [Task.async(sleeps), Task.async(() => 1), Task.async(sleeps)];
        const before = runtime.now();
        const error = yield* exitOf(() => Task.awaitMany(tasks, ms));
        expect([error.reason, error.call]).toEqual(["timeout", ["Task.awaitMany", tasks, ms]]);
        expect(runtime.now() - before).toBe(ms);
        for (const task of tasks) {
          self.unlink(pidOf(task));
          self.exit(pidOf(task), "kill");
        }
        expect(mailbox(self)).toEqual([]);
      }
    });
  });

  test("throws as soon as one has ended, and watches none any more", () => {
    const { act } = acting();
    act(function* (self) {
      self.trapExit = true;
      const thrown = () => {
        throw "x";
      };
      for (const [body, reason] of [
        [() => exit("normal"), "normal"],
        [() => exit("unknown"), "unknown"],
        [thrown, ["nocatch", "x"]],
      ] as const) {
        const tasks = [Task.async(sleeps), Task.async(body)] as const;
        const error = yield* exitOf(() => Task.awaitMany(tasks));
        expect([error.reason, error.call]).toEqual([reason, ["Task.awaitMany", tasks, 5000]]);
        for (const task of tasks) self.exit(pidOf(task), "kill");
        yield* self.sleep(1);
        expect(mailbox(self).filter((message) => (message as readonly unknown[])[0] !== "EXIT")).toEqual([]);
      }
    });
  });
});

describe("yield", () => {
  test("gives the result, and takes the DOWN message with it", () => {
    const { act } = acting();
    act(function* (self) {
      expect(yield* Task.yield(Task.async(() => "result"))).toEqual(["ok", "result"]);
      const task = yield* dummy(self, "abnormal");
      self.send(self.pid, [task.ref, "result"]);
      self.send(self.pid, ["DOWN", task.ref, "process", task.pid, "abnormal"]);
      expect(yield* Task.yield(task, 0)).toEqual(["ok", "result"]);
      expect(mailbox(self)).toEqual([]);
    });
  });

  test("gives undefined after its time, and may be asked again", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.async(waitsForGo, [() => "late"]);
      expect(yield* Task.yield(task, 0)).toBeUndefined();
      expect(yield* Task.yield(task, { timeout: 10 })).toBeUndefined();
      self.send(pidOf(task), "go");
      expect(yield* Task.yield(task, "infinity")).toEqual(["ok", "late"]);
    });
  });

  test("gives the reason of a task that has ended without", () => {
    const { act } = acting();
    act(function* (self) {
      expect(yield* Task.yield(Task.async(() => exit("normal")))).toEqual(["exit", "normal"]);
      self.trapExit = true;
      expect(yield* Task.yield(Task.async(() => exit("unknown")))).toEqual(["exit", "unknown"]);
      const task = yield* dummy(self, "normal");
      self.send(self.pid, ["DOWN", task.ref, "process", task.pid, "noconnection"]);
      const error = yield* exitOf(() => Task.yield(task));
      expect([error.reason, error.call]).toEqual([
        ["nodedown", "nonode@nohost"],
        ["Task.yield", task, 5000],
      ]);
    });
  });
});

describe("yieldMany", () => {
  test("gives each task with what is known of it when the time is over", () => {
    const { act } = acting();
    act(function* (self) {
      for (const ms of [0, 20]) {
        const [one, two, three] = [yield* dummy(self, "a"), yield* dummy(self, "b"), yield* dummy(self, "c")] as const;
        self.send(self.pid, ["DOWN", three.ref, "process", self.pid, "normal"]);
        self.send(self.pid, [one.ref, "result"]);
        self.send(self.pid, ["DOWN", one.ref, "process", self.pid, "abnormal"]);
        expect(yield* Task.yieldMany([one, two, three], ms)).toEqual([
          [one, ["ok", "result"]],
          [two, undefined],
          [three, ["exit", "normal"]],
        ]);
        // Its monitor being a dummy's, the second message of the first one is nobody's.
        expect(mailbox(self)).toEqual([]);
      }
    });
  });

  test("waits for all when there is time", () => {
    const { act } = acting();
    act(function* () {
      const tasks = [Task.async(() => 1), Task.async(() => exit("normal"))] as const;
      const outcomes = yield* Task.yieldMany(tasks, Number.POSITIVE_INFINITY);
      expect(outcomes.map(([, outcome]) => outcome)).toEqual([
        ["ok", 1],
        ["exit", "normal"],
      ]);
    });
  });

  test("throws when the node of a task is lost", () => {
    const { act } = acting();
    act(function* (self) {
      const task = yield* dummy(self, "normal");
      self.send(self.pid, ["DOWN", task.ref, "process", task.pid, "noconnection"]);
      expect((yield* exitOf(() => Task.yieldMany([task]))).reason).toEqual(["nodedown", "nonode@nohost"]);
    });
  });
});

describe("ignore", () => {
  test("gives what came by then, and nothing comes afterwards", () => {
    const { act } = acting();
    act(function* (self) {
      const ready = Task.async(() => 1);
      yield* ended(self, ready.pid);
      expect(yield* Task.ignore(ready)).toEqual(["ok", 1]);
      expect((yield* exitOf(() => Task.await(ready, 0))).reason).toBe("timeout");

      for (const then of [() => 1, () => exit("oops")]) {
        const late = Task.async(waitsForGo, [then]);
        expect(yield* Task.ignore(late)).toBeUndefined();
        self.send(pidOf(late), "go");
        yield* ended(self, late.pid);
        expect((yield* exitOf(() => Task.await(late, 0))).reason).toBe("timeout");
      }

      self.trapExit = true;
      const failed = Task.async(() => exit("oops"));
      yield* ended(self, failed.pid);
      expect(yield* Task.ignore(failed)).toEqual(["exit", "oops"]);
      expect(yield* Task.ignore(Task.completed(2))).toEqual(["ok", 2]);
    });
  });
});

describe("shutdown", () => {
  for (const how of [5000, "brutalKill"] as const) {
    const own = how === "brutalKill" ? "killed" : "shutdown";
    const others = how === "brutalKill" ? "shutdown" : "killed";

    test(`${how}: gives a reply that has come`, () => {
      const { act } = acting();
      act(function* (self) {
        for (const reason of ["abnormal", "normal", "shutdown"]) {
          const task = yield* dummy(self, reason);
          self.send(self.pid, [task.ref, "result"]);
          self.send(self.pid, ["DOWN", task.ref, "process", task.pid, reason]);
          expect(yield* Task.shutdown(task, how)).toEqual(["ok", "result"]);
          expect(mailbox(self)).toEqual([]);
        }
      });
    });

    test(`${how}: gives the reason of another end, and undefined for that of the shutdown`, () => {
      const { act } = acting();
      act(function* (self) {
        for (const [reason, outcome] of [
          ["abnormal", ["exit", "abnormal"]],
          ["normal", ["exit", "normal"]],
          [others, ["exit", others]],
          [own, undefined],
        ]) {
          const task = yield* dummy(self, reason);
          self.send(self.pid, ["DOWN", task.ref, "process", task.pid, reason]);
          expect(yield* Task.shutdown(task, how)).toEqual(outcome);
          expect(mailbox(self)).toEqual([]);
        }
        const task = yield* dummy(self, "normal");
        self.send(self.pid, ["DOWN", task.ref, "process", task.pid, "noconnection"]);
        const error = yield* exitOf(() => Task.shutdown(task, how));
        expect([error.reason, error.call]).toEqual([
          ["nodedown", "nonode@nohost"],
          ["Task.shutdown", task, how],
        ]);
        expect(yield* Task.shutdown(yield* dummy(self, "noproc"), how)).toEqual(["exit", "noproc"]);
      });
    });

    test(`${how}: ends a task that runs, and its owner hears nothing of it`, () => {
      const { act } = acting();
      act(function* (self) {
        for (const trapExit of [false, true]) {
          self.trapExit = trapExit;
          const task = Task.async(sleeps);
          yield* self.sleep(0);
          expect(yield* Task.shutdown(task, how)).toBeUndefined();
          expect(self.runtime.isAlive(pidOf(task))).toBe(false);
          expect([links(self), mailbox(self)]).toEqual([[], []]);
        }
      });
    });
  }

  test("kills a task that traps exits: at once, or when its time is over", () => {
    const { act, runtime } = acting();
    act(function* (self) {
      const stubborn = function* (task: AnySelf) {
        task.trapExit = true;
        yield* sleeps(task);
      };
      const one = Task.async(stubborn);
      const two = Task.async(stubborn);
      yield* self.sleep(0);
      expect(yield* Task.shutdown(one, "brutal_kill")).toBeUndefined();
      const before = runtime.now();
      expect(yield* Task.shutdown(two, 50)).toEqual(["exit", "killed"]);
      expect(runtime.now() - before).toBe(50);
      expect(mailbox(self)).toEqual([]);
    });
  });

  test("a task without a process can't be shut down", () => {
    const { act } = acting();
    act(function* (self) {
      const task = Task.completed(1);
      expect(thrown(() => Task.shutdown(task))).toEqual(
        new UsageError(`task ${inspect(task)} does not have an associated task process`),
      );
      yield* self.sleep(0);
    });
  });

  test("`await using` shuts a task down where its block ends", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self) => {
      let left: TaskHandle;
      {
        await using task = Task.async(sleeps, [], { as: self });
        await using done = Task.async(() => 7, [], { as: self });
        await using none = Task.completed(8, { as: self });
        expect(await Task.await(done, { as: self })).toBe(7);
        expect(await Task.await(none)).toBe(8);
        left = task;
      }
      expect(runtime.isAlive(pidOf(left))).toBe(false);
      expect(mailbox(self)).toEqual([]);
    });
  });
});

describe("in the host and in async bodies", () => {
  test("a task of the main process is awaited", async () => {
    const { runtime, pass } = acting();
    const task = Task.async((a: number) => a + 1, [1], { as: runtime });
    expect(task.owner).toBe(runtime.self());
    expect(await Task.await(task, { as: runtime })).toBe(2);
    // Its own runtime is known.
    expect(await Task.await(Task.async(() => 3, [], { as: runtime }))).toBe(3);
    const slow = Task.async(sleeps, [], { as: runtime });
    const given = rejection(Task.await(slow, 10));
    await settle(runtime);
    pass(10);
    const error = (await given) as ExitError;
    expect([error.reason, error.call]).toEqual(["timeout", ["Task.await", slow, 10]]);
    expect(await Task.shutdown(slow)).toEqual(undefined);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });

  test("several are awaited at once, in any order, and other messages stay", async () => {
    const { runtime, pass } = acting();
    const late = function* (ms: number, self: AnySelf) {
      yield* self.sleep(ms);
      return ms;
    };
    runtime.send(runtime.self(), "other");
    const ready = Task.async(() => "ready", [], { as: runtime });
    runtime.run();
    const tasks = [30, 10, 20].map((ms) => Task.async(late, [ms], { as: runtime }));
    const order: number[] = [];
    const each = tasks.map(async (task) => {
      const ms = await Task.await(task);
      order.push(ms);
      return ms;
    });
    await settle(runtime);
    // It has been there before the others began to wait.
    const joined = Promise.all([Task.await(ready), Task.yield(tasks[0] as TaskHandle, 0)]);
    await settle(runtime);
    expect(await joined).toEqual(["ready", undefined]);
    for (let ms = 0; ms < 30; ms += 10) {
      pass(10);
      await settle(runtime);
    }
    expect(await Promise.all(each)).toEqual([30, 10, 20]);
    expect(order).toEqual([10, 20, 30]);
    // Nobody is in a receive, and nothing was left.
    expect(await runtime.receive()).toBe("other");
    await settle(runtime);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });

  test("each keeps to its own time, when several wait at once", async () => {
    const { runtime, pass } = acting();
    const tasks = [sleeps, sleeps, sleeps].map((body) => Task.async(body, [], { as: runtime }));
    const reasons: unknown[] = [];
    const waits = tasks.map((task, index) =>
      rejection(Task.await(task, 10 * (index + 1))).then((error) => reasons.push([index, (error as ExitError).reason])),
    );
    await settle(runtime);
    for (const expected of [1, 2, 3]) {
      pass(10);
      await settle(runtime);
      expect(reasons.length).toBe(expected);
    }
    await Promise.all(waits);
    expect(reasons).toEqual([0, 1, 2].map((index) => [index, "timeout"]));
    await Promise.all(tasks.map((task) => Task.shutdown(task, "brutalKill")));
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });

  test("what waits in the host is told of the main process's end", async () => {
    const { runtime, mainExits } = acting();
    const task = Task.async(waitsForGo, [() => exit("broken")], { as: runtime });
    const other = Task.async(sleeps, [], { as: runtime });
    const waits = [Task.await(task), Task.await(other)].map((each) => rejection(each));
    await settle(runtime);
    runtime.send(pidOf(task), "go");
    await settle(runtime);
    for (const wait of waits) expect(((await wait) as ExitError).reason).toBe("broken");
    expect(mainExits.length).toBe(1);
    // The new one is not the owner.
    expect(thrown(() => Task.await(other))).toBeInstanceOf(UsageError);
  });

  test("an async body starts and awaits several", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      const tasks = [1, 2, 3].map((each) => Task.async(async () => each * 2, [], { as: self }));
      await null;
      expect(await Promise.all(tasks.map((task) => Task.await(task)))).toEqual([2, 4, 6]);
      expect(mailbox(self)).toEqual([]);
    });
  });
});

describe("in a server", () => {
  test("the result and the end of a task come to info", () => {
    const { act } = acting();
    act(function* (self) {
      const seen: unknown[] = [];
      const server = yield* GenServer.start(
        {
          init: () => 0,
          handleCall: (_request: unknown, _from: unknown, state: number) => {
            Task.async(() => "work done");
            return { reply: state } as never;
          },
          handleInfo: (message: readonly unknown[], state: number) => {
            seen.push(message[0] === "DOWN" ? ["DOWN", message[4]] : message[1]);
            return state;
          },
          handleCast: (_request: unknown, state: number) => {
            Task.async(() => "work done");
            return state;
          },
        },
        [],
      );
      GenServer.cast(server, "work");
      yield* self.sleep(1);
      expect(seen).toEqual(["work done", ["DOWN", "normal"]]);
      yield* GenServer.stop(server);
    });
  });
});

describe("reports", () => {
  const oops = new RangeError("oops");

  test("a failing task is reported once, in Elixir's words", () => {
    const { act, reports } = acting();
    const starter = act(function* (self) {
      self.runtime.register(self.pid, "starter");
      const failing = (_n: number) => {
        throw oops;
      };
      Task.start(failing, [7]);
      yield* self.sleep(1);
      return self.pid;
    });
    expect(reports).toEqual([expect.any(TaskReport)]);
    const report = reports[0] as TaskReport;
    expect(report).toMatchObject({ level: "error", kind: "task", reason: oops, starter: "starter", args: [7] });
    const text = formatReport(report).replace(/^\S+ /, "").split("\n");
    expect(text[0]).toBe(`[error] Task ${report.pid} started from starter terminating`);
    expect(text[1]).toBe("** (RangeError) oops");
    expect(text.at(-2)).toBe("Function: [Function: failing]");
    expect(text.at(-1)).toBe("    Args: [7]");
    expect(String(starter)).toMatch(/^#PID/);
  });

  test("exits and thrown values stop it, normal ends and shutdowns are no failures", () => {
    const { act, reports } = acting();
    const owner = act(function* (self) {
      const fail = (reason: unknown) => {
        throw reason;
      };
      for (const each of ["normal", "shutdown", ["shutdown", 1]]) Task.start(() => exit(each));
      Task.start(() => exit("bad"));
      Task.start(fail, ["word"]);
      Task.start(function* () {
        yield* Task.await(Task.async(sleeps), 1);
      });
      yield* self.sleep(10);
      return self.pid;
    });
    const texts = reports.map((report) => (report.text as string).split("\n"));
    expect(
      texts.map((lines) => [lines[0]?.replace(/#PID\S+/, "PID"), lines[1]?.replace(/Task \{.*\}/, "TASK")]),
    ).toEqual([
      [`Task PID started from ${owner} terminating`, '** (stop) "bad"'],
      [`Task PID started from ${owner} terminating`, '** (stop) ["nocatch", "word"]'],
      [`Task PID started from ${owner} terminating`, "** (stop) exited in: Task.await(TASK, 1)"],
    ]);
    expect(texts[2]?.[2]).toBe("    ** (EXIT) time out");
  });

  test("a killed task is not reported, whatever its function does then", async () => {
    const { runtime, reports } = acting();
    const { promise, refuse } = gate();
    const tasks = [
      Task.start(async (self) => void (await self.receive()), [], { as: runtime }),
      Task.start(() => promise, [], { as: runtime }),
      Task.start(
        function* (self: AnySelf) {
          yield* sleeps(self);
        },
        [],
        { as: runtime },
      ),
    ];
    await settle(runtime);
    for (const pid of tasks) runtime.exit(pid, "kill");
    refuse(new Error("too late"));
    await settle(runtime);
    expect(reports).toEqual([]);
  });

  test("a killed async task tells nobody a result", async () => {
    const { runtime } = acting();
    const { promise, open } = gate<number>();
    const task = Task.async(async () => promise, [], { as: runtime });
    await settle(runtime);
    runtime.unlink(pidOf(task));
    runtime.exit(pidOf(task), "kill");
    open(1);
    await settle(runtime);
    expect(await Task.yield(task, 0)).toEqual(["exit", "killed"]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
    expect(current()).toBeUndefined();
  });
});

for (const messages of ["clone", "freeze"] as const) {
  test(`with messages: ${messages}, results and inputs get across, in the host as well`, async () => {
    const { act, runtime, pass } = acting({ messages });
    act(function* (self) {
      const list = [1];
      const task = Task.async(() => [list]);
      const [given] = yield* Task.await(task);
      expect([given, given === list, Object.isFrozen(given)]).toEqual([
        list,
        messages !== "clone",
        messages === "freeze",
      ]);
      expect(yield* Task.asyncStream([[1], [2]], (each) => [...each, 3]).toArray()).toEqual([
        ["ok", [1, 3]],
        ["ok", [2, 3]],
      ]);
      const supervisor = yield* Task.Supervisor.startLink();
      const supervised = yield* Task.Supervisor.async(supervisor, (n: number) => ({ n }), [1]);
      expect(yield* Task.await(supervised)).toEqual({ n: 1 });
      self.unlink(supervisor);
      self.exit(supervisor, "shutdown");
    });
    const tasks = [10, 20].map((ms) => Task.async((self: AnySelf) => self.sleep(ms), [], { as: runtime }));
    const both = Promise.all([Task.await(tasks[0] as TaskHandle), Task.yield(tasks[1] as TaskHandle, 15)]);
    for (let ms = 0; ms < 20; ms += 5) {
      await settle(runtime);
      pass(5);
    }
    expect(await both).toEqual([undefined, undefined]);
    await settle(runtime);
    expect(await Task.yield(tasks[1] as TaskHandle, 0)).toEqual(["ok", undefined]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });
}

test("nothing is left of ten thousand tasks", () => {
  const { act, runtime } = acting();
  act(function* (self) {
    for (let i = 0; i < 100; i++) {
      const tasks = Array.from({ length: 100 }, (_, each) => Task.async(() => each));
      yield* Task.awaitMany(tasks);
    }
    yield* self.sleep(1);
    expect([mailbox(self), links(self)]).toEqual([[], []]);
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([]);
  });
  expect(runtime.processes()).toEqual([runtime.self()]);
});
