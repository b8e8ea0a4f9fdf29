import { describe, expect, test } from "vitest";
import {
  type ExitError,
  exit,
  formatReport,
  type Pid,
  type StreamOptions,
  Task,
  type TaskStream,
} from "../../src/index.ts";
import { gate, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting, ended, exitOf, links, mailbox } from "./acting.ts";

/** Sleeps for `ms`, and gives that. */
function* napping(ms: number, self: AnySelf): Generator<unknown, number, unknown> {
  yield* self.sleep(ms);
  return ms;
}

const exiting = (reason: unknown): never => exit(reason);
const ok = (...values: unknown[]) => values.map((value) => ["ok", value]);
const NEVER = Number.POSITIVE_INFINITY;

/** The messages, links and monitors of a process that has consumed a stream. */
function left(self: AnySelf): unknown[] {
  return [mailbox(self), links(self), self.runtime.processInfo(self.pid, "monitors")];
}
const NOTHING = [[], [], []];

describe("a stream", () => {
  for (const maxConcurrency of [2, 4, 8]) {
    const options: StreamOptions = { maxConcurrency };
    describe(`of 4 tasks, ${maxConcurrency} at a time`, () => {
      test("gives the results in the order of the inputs, and leaves nothing", () => {
        const { act, runtime } = acting();
        act(function* (self) {
          for (const inputs of [
            [1, 2, 3, 4],
            [4, 3, 2, 1],
          ]) {
            expect(yield* Task.asyncStream(inputs, napping, options).toArray()).toEqual(ok(...inputs));
            expect(left(self)).toEqual(NOTHING);
          }
        });
        expect(runtime.processes()).toEqual([runtime.self()]);
      });

      test("gives failures to who traps exits", () => {
        const { act } = acting();
        act(function* (self) {
          self.trapExit = true;
          const stream = Task.asyncStream([1, 2, 3, 4], exiting, options);
          expect(yield* stream.toArray()).toEqual([1, 2, 3, 4].map((reason) => ["exit", reason]));
          expect(left(self)).toEqual(NOTHING);
        });
      });

      test("ends who consumes it, and all its tasks, when one fails", () => {
        const { act, runtime } = acting();
        act(function* (self) {
          const [pid, ref] = self.spawnMonitor(function* () {
            yield* Task.asyncStream([NEVER, 2, NEVER], (each, self) => (each === 2 ? exit("bad") : self.sleep(each)), {
              maxConcurrency,
            }).toArray();
          });
          expect(yield* self.receive()).toEqual(["DOWN", ref, "process", pid, "bad"]);
        });
        expect(runtime.processes()).toEqual([runtime.self()]);
      });

      test("ends tasks that nobody waits for any more", () => {
        const { act, runtime } = acting();
        act(function* (self) {
          expect(yield* Task.asyncStream([0, NEVER, NEVER, NEVER], napping, options).take(1)).toEqual(ok(0));
          expect(left(self)).toEqual(NOTHING);
          expect(runtime.processes().length).toBe(2);
        });
      });

      test("takes no more than is wanted, whatever comes first", () => {
        const { act } = acting();
        act(function* (self) {
          for (const inputs of [
            [1, 2, 3, 4, 5, 6, 7, 8],
            [8, 7, 6, 5, 4, 3, 2, 1],
          ]) {
            expect(yield* Task.asyncStream(inputs, napping, options).take(4)).toEqual(ok(...inputs.slice(0, 4)));
          }
          self.trapExit = true;
          const failing = Task.asyncStream([1, 2, 3, 4, 5, 6, 7, 8], exiting, { ...options, zipInputOnExit: true });
          expect(yield* failing.take(4)).toEqual([1, 2, 3, 4].map((each) => ["exit", [each, each]]));
          expect(left(self)).toEqual(NOTHING);
        });
      });

      test("can be consumed twice at once", () => {
        const { act } = acting();
        act(function* (self) {
          for (const inputs of [
            [1, 2, 3, 4],
            [4, 3, 2, 1],
          ]) {
            const stream = Task.asyncStream(inputs, napping, options);
            const [one, two] = [stream.open(), stream.open()];
            const seen: unknown[] = [];
            for (;;) {
              const [a, b] = [yield* one.next(), yield* two.next()];
              expect(a).toEqual(b);
              if (a.done) break;
              seen.push(a.value);
            }
            expect(seen).toEqual(ok(...inputs));
          }
          expect(left(self)).toEqual(NOTHING);
        });
      });

      test("onTimeout: killTask gives what has timed out as an exit", () => {
        const { act } = acting();
        act(function* (self) {
          const settings = { ...options, onTimeout: "killTask", timeout: 50 } as const;
          expect(yield* Task.asyncStream([100, 1, 100, 1], napping, settings).toArray()).toEqual([
            ["exit", "timeout"],
            ["ok", 1],
            ["exit", "timeout"],
            ["ok", 1],
          ]);
          const zipped = Task.asyncStream([1, 100], napping, { ...settings, zipInputOnExit: true });
          expect(yield* zipped.toArray()).toEqual([
            ["ok", 1],
            ["exit", [100, "timeout"]],
          ]);
          expect(left(self)).toEqual(NOTHING);
        });
      });

      test("closes its source when it ends, and when its consumer has enough", () => {
        const { act } = acting();
        act(function* () {
          let closed = 0;
          function* source() {
            try {
              yield* [1, 2, 3, 4];
            } finally {
              closed++;
            }
          }
          yield* Task.asyncStream(source(), napping, options).toArray();
          expect(closed).toBe(1);
          yield* Task.asyncStream(source(), napping, options).take(1);
          expect(closed).toBe(2);
        });
      });
    });
  }

  test("runs nothing until it is consumed, and takes no input before there is room for it", () => {
    const { act } = acting();
    act(function* (self) {
      const taken: number[] = [];
      function* source() {
        for (let each = 0; ; each++) {
          taken.push(each);
          yield each;
        }
      }
      const stream = Task.asyncStream(source(), (each) => each, { maxConcurrency: 3 });
      yield* self.sleep(1);
      expect(taken).toEqual([]);
      const run = stream.open();
      expect(yield* run.next()).toEqual({ done: false, value: ["ok", 0] });
      yield* self.sleep(10);
      expect(taken).toEqual([0, 1, 2]);
      expect(yield* run.next()).toEqual({ done: false, value: ["ok", 1] });
      expect(yield* run.next()).toEqual({ done: false, value: ["ok", 2] });
      expect(yield* run.next()).toEqual({ done: false, value: ["ok", 3] });
      expect(taken).toEqual([0, 1, 2, 3, 4, 5]);
      yield* run.close();
      expect(yield* run.next()).toEqual({ done: true, value: undefined });
    });
  });

  test("never runs more tasks than allowed", () => {
    const { act } = acting();
    act(function* () {
      let running = 0;
      let most = 0;
      const body = function* (_: number, self: AnySelf) {
        most = Math.max(most, ++running);
        yield* self.sleep(3);
        running--;
      };
      yield* Task.asyncStream(Array(20).keys(), body, { maxConcurrency: 5 }).run();
      expect(most).toBe(5);
    });
  });

  test("unordered, gives results as they come", () => {
    const { act } = acting();
    act(function* (self) {
      const inputs = [400, 300, 200, 100];
      const one = Task.asyncStream(inputs, napping, { maxConcurrency: 1, ordered: false });
      expect(yield* one.toArray()).toEqual(ok(...inputs));
      const four = Task.asyncStream(inputs, napping, { maxConcurrency: 4, ordered: false });
      expect(yield* four.toArray()).toEqual(ok(100, 200, 300, 400));
      const killing = { maxConcurrency: 4, ordered: false, onTimeout: "kill_task", timeout: 50 } as const;
      expect(yield* Task.asyncStream([100, 1, 100, 1], napping, killing).toArray()).toEqual([
        ...ok(1, 1),
        ["exit", "timeout"],
        ["exit", "timeout"],
      ]);
      expect(left(self)).toEqual(NOTHING);
    });
  });

  test("ends who consumes it when a task takes too long", () => {
    const { act, runtime } = acting();
    act(function* (self) {
      const error = yield* exitOf(() => Task.asyncStream([NEVER, 1, NEVER], napping, { timeout: 0 }).toArray());
      expect([error.reason, error.call]).toEqual(["timeout", ["Task.Supervised.stream", 0]]);
      expect(left(self)).toEqual(NOTHING);
      const before = runtime.now();
      yield* exitOf(() => Task.asyncStream([NEVER], napping).toArray());
      expect(runtime.now() - before).toBe(5000);
      expect(yield* Task.asyncStream([6000], napping, { timeout: "infinity" }).toArray()).toEqual(ok(6000));
    });
  });

  test("throws what its source throws, after its tasks have ended", () => {
    const { act, runtime } = acting();
    act(function* (self) {
      function* source() {
        yield NEVER;
        throw new RangeError("no more");
      }
      try {
        yield* Task.asyncStream(source(), napping).toArray();
        expect.unreachable();
      } catch (error) {
        expect(error).toEqual(new RangeError("no more"));
      }
      expect(left(self)).toEqual(NOTHING);
      expect(runtime.processes().length).toBe(2);
    });
  });

  test("an empty source gives nothing", () => {
    const { act } = acting();
    act(function* (self) {
      expect(yield* Task.asyncStream([], napping).toArray()).toEqual([]);
      expect(yield* Task.asyncStream([1], napping).take(0)).toEqual([]);
      expect(left(self)).toEqual(NOTHING);
    });
  });

  test("messages that only look like its own disturb nobody", () => {
    const { act } = acting();
    act(function* (self) {
      const body = (_: number, task: AnySelf) => {
        for (const each of task.runtime.processInfo(task.pid, "links") as Pid<unknown>[]) {
          for (const fake of [["DOWN", task.alias(), "process", self.pid, "oops"], null, 7, ["timeout", 1, 2], "x"])
            task.send(each, fake);
        }
        return "ok";
      };
      self.send(self.pid, null);
      expect(yield* Task.asyncStream([1, 2], body).toArray()).toEqual(ok("ok", "ok"));
      expect(mailbox(self)).toEqual([null]);
    });
  });

  test("its tasks know who consumes it as their caller", () => {
    const { act } = acting();
    act(function* (self) {
      const inner = (_: number, task: AnySelf) => task.get("$callers");
      const outer = function* (_: number, task: AnySelf) {
        const [result] = yield* Task.asyncStream([1], inner).toArray();
        return [task.get("$callers"), result, task.pid];
      };
      const [result] = yield* Task.asyncStream([1], outer).toArray();
      const [callers, [, innerCallers], parent] = (result as never)[1] as [unknown, [unknown, unknown], Pid];
      expect(callers).toEqual([self.pid]);
      expect(innerCallers).toEqual([parent, self.pid]);
    });
  });

  test("it belongs to who consumes it, not to who made it", () => {
    const { act } = acting();
    act(function* (self) {
      const stream = Task.asyncStream([1, 2, 3], (each, task) => [each, task.get("$callers")]);
      const consumer = Task.async(() => stream.toArray());
      expect(yield* Task.await(consumer)).toEqual(ok(...[1, 2, 3].map((each) => [each, [consumer.pid, self.pid]])));
      expect(left(self)[0]).toEqual([]);
    });
  });

  test("wrong options are refused at once", () => {
    const { act } = acting();
    act(function* (self) {
      const given = (options: object) => thrown(() => Task.asyncStream([1], napping, options));
      expect(given({ maxConcurrency: 0 })).toEqual(
        new TypeError("Task.asyncStream: expected an integer greater than zero as maxConcurrency, got 0"),
      );
      expect(given({ ordered: 1 })).toEqual(
        new TypeError("Task.asyncStream: expected true or false as ordered, got 1"),
      );
      expect(given({ onTimeout: "run" })).toBeInstanceOf(TypeError);
      expect(given({ timeout: -1 })).toBeInstanceOf(RangeError);
      expect(given({ zipInputOnExit: "yes" })).toBeInstanceOf(TypeError);
      expect(thrown(() => Task.asyncStream(7 as never, napping))).toEqual(
        new TypeError("Task.asyncStream: expected an iterable or async iterable, got 7"),
      );
      expect(thrown(() => Task.asyncStream([], 7 as never))).toBeInstanceOf(TypeError);
      yield* self.sleep(0);
    });
  });

  test("a failing task is reported with its input", () => {
    const { act, reports } = acting();
    act(function* (self) {
      self.trapExit = true;
      yield* Task.asyncStream([2], exiting).toArray();
    });
    expect(reports.map((report) => formatReport(report).split("\n").slice(-3))).toEqual([
      ["** (stop) 2", "Function: [Function: exiting]", "    Args: [2]"],
    ]);
  });
});

describe("ends with its consumer", () => {
  for (const reason of ["normal", "shutdown", "kill", "other"]) {
    test(`when that ends of ${reason}: its tasks do, and the source is closed`, () => {
      const { act, runtime } = acting();
      const seen: unknown[] = [];
      act(function* (self) {
        function* source() {
          try {
            for (;;) yield NEVER;
          } finally {
            seen.push("closed");
          }
        }
        const body = (ms: number, task: AnySelf) => {
          seen.push(task.pid);
          return napping(ms, task);
        };
        const consumer = self.spawn(function* (other: AnySelf) {
          const run = Task.asyncStream(source(), body, { maxConcurrency: 2, timeout: NEVER }).open();
          if (reason === "normal") {
            // It has begun, and is not gone on with.
            const timer = other.runtime.sendAfter(other.pid, "enough", 5);
            const next = run.next()[Symbol.iterator]();
            next.next();
            expect(timer).toBeDefined();
            return;
          }
          yield* run.next();
        });
        yield* self.sleep(20);
        if (reason !== "normal") {
          expect(seen.length).toBe(2);
          self.exit(consumer, reason);
        }
        yield* ended(self, consumer);
        yield* self.sleep(5);
      });
      expect(seen.at(-1)).toBe("closed");
      expect(runtime.processes()).toEqual([runtime.self()]);
    });
  }
});

describe("of an async iterable", () => {
  async function* numbers(count: number, seen: unknown[] = []) {
    try {
      for (let each = 0; each < count; each++) {
        await null;
        seen.push(each);
        yield each;
      }
    } finally {
      seen.push("closed");
    }
  }

  test("gives results while the next input is still to come", async () => {
    const { runtime, pass } = acting();
    const next = [gate(), gate()] as const;
    async function* source() {
      yield 1;
      await next[0].promise;
      yield 2;
      await next[1].promise;
    }
    const seen: unknown[] = [];
    const done = (async () => {
      for await (const result of Task.asyncStream(source(), (each) => each * 2, { as: runtime })) seen.push(result);
    })();
    await settle(runtime);
    expect(seen).toEqual(ok(2));
    next[0].open();
    await settle(runtime);
    expect(seen).toEqual(ok(2, 4));
    next[1].open();
    await settle(runtime);
    await done;
    pass(1);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
    expect(runtime.processes()).toEqual([runtime.self()]);
  });

  test("asks for no more than there is room for, and closes it", async () => {
    const { actAsync } = acting();
    await actAsync(function* (self) {
      const seen: unknown[] = [];
      const run = Task.asyncStream(numbers(9, seen), (each) => each, { maxConcurrency: 2 }).open();
      expect(yield* run.next()).toEqual({ done: false, value: ["ok", 0] });
      yield* self.sleep(200);
      expect(seen.length).toBeLessThanOrEqual(3);
      yield* run.close();
      expect(seen.at(-1)).toBe("closed");
      expect(left(self)).toEqual(NOTHING);
    });
  });

  test("throws what the source is rejected with", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      async function* source() {
        yield NEVER;
        throw new RangeError("no more");
      }
      const stream = Task.asyncStream(source(), napping, { as: self });
      expect(await rejection(stream.toArray())).toEqual(new RangeError("no more"));
      expect(left(self)).toEqual(NOTHING);
    });
  });

  test("a ReadableStream is one", async () => {
    const { runtime } = acting();
    const source = new ReadableStream<number>({
      start(controller) {
        for (const each of [1, 2, 3]) controller.enqueue(each);
        controller.close();
      },
    });
    const stream = Task.asyncStream(source as unknown as AsyncIterable<number>, (each) => each + 1, { as: runtime });
    const done = stream.toArray();
    const waits = Promise.resolve(done);
    await settle(runtime);
    expect(await waits).toEqual(ok(2, 3, 4));
  });
});

describe("in the host and in async bodies", () => {
  test("`for await` consumes it, and closes it when it is left", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self) => {
      const seen: unknown[] = [];
      const stream: TaskStream<unknown> = Task.asyncStream([0, 1, NEVER, NEVER], napping, { as: self });
      for await (const result of stream) {
        seen.push(result);
        if (seen.length === 2) break;
      }
      expect(seen).toEqual(ok(0, 1));
      expect(left(self)).toEqual(NOTHING);
      expect(runtime.processes().length).toBe(2);
    });
  });

  test("several are consumed at once, and tasks awaited beside them", async () => {
    const { runtime, pass } = acting();
    const stream = () => Task.asyncStream([3, 1, 2], napping, { as: runtime }).toArray();
    const both = Promise.all([stream(), stream(), Task.await(Task.async(napping, [4], { as: runtime })), stream()]);
    for (let ms = 0; ms < 6; ms++) {
      await settle(runtime);
      pass(1);
    }
    expect(await both).toEqual([ok(3, 1, 2), ok(3, 1, 2), 4, ok(3, 1, 2)]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });

  test("a failing task ends the main process, and the consumption with it", async () => {
    const { runtime, mainExits } = acting();
    let closed = 0;
    function* source() {
      try {
        yield "bad";
        yield "worse";
      } finally {
        closed++;
      }
    }
    const consumed = rejection(Task.asyncStream(source(), exiting, { as: runtime, maxConcurrency: 1 }).toArray());
    await settle(runtime);
    expect(((await consumed) as ExitError).reason).toBe("bad");
    expect(mainExits.map(({ reason }) => reason)).toEqual(["bad"]);
    expect(closed).toBe(1);
    expect(runtime.processes()).toEqual([runtime.self()]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([]);
  });

  test("a killed async body leaves nothing", async () => {
    const { runtime } = acting();
    const pid = runtime.spawn(async (self: AnySelf) => {
      for await (const _ of Task.asyncStream([NEVER, NEVER], napping, { as: self, timeout: NEVER }));
    });
    await settle(runtime);
    expect(runtime.processes().length).toBe(5);
    runtime.exit(pid, "kill");
    await settle(runtime);
    expect(runtime.processes()).toEqual([runtime.self()]);
  });
});

test("ten thousand tasks leave nothing", () => {
  const { act, runtime } = acting();
  act(function* (self) {
    const results = yield* Task.asyncStream(Array(10_000).keys(), (each) => each, { maxConcurrency: 100 }).toArray();
    expect(results.length).toBe(10_000);
    expect(results[9_999]).toEqual(["ok", 9_999]);
    expect(left(self)).toEqual(NOTHING);
  });
  expect(runtime.processes()).toEqual([runtime.self()]);
});
