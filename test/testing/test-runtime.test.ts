import { describe, expect, test } from "vitest";
import { Agent, after, GenServer, type Op, on, P, type Pid, type Runtime, type Self } from "../../src/index.ts";
import {
  AssertionError,
  assertReceive,
  inProcess,
  refuteReceive,
  startProbe,
  startSupervised,
  testRuntime,
} from "../../src/testing/index.ts";
import { rejection, thrown } from "../semantics/support/own-runtime.ts";

const quiet = { logger: () => {} };
const boom = () => {
  throw new Error("boom");
};

describe("testRuntime", () => {
  test("is stopped where the block ends, or after the test of its context", async () => {
    let seen: Runtime;
    {
      await using runtime = testRuntime();
      seen = runtime;
      runtime.send(runtime.self(), "hello");
      expect(await assertReceive("hello", { as: runtime })).toBe("hello");
      startProbe({ as: runtime, name: "probe" });
    }
    expect(seen.registered()).toEqual([]);
    expect(thrown(() => seen.spawn(() => {}))).toHaveProperty("name", "UsageError");
    const cleanups: (() => Promise<void>)[] = [];
    const runtime = testRuntime({ context: { after: (cleanup) => cleanups.push(cleanup) } });
    await cleanups[0]?.();
    expect(thrown(() => runtime.spawn(() => {}))).toHaveProperty("name", "UsageError");
  });

  test("keeps reports, and hands them on", async () => {
    const logged: unknown[] = [];
    await using runtime = testRuntime({ logger: (report) => logged.push(report) });
    runtime.spawn(boom);
    runtime.run();
    expect(runtime.reports.map(({ reason }) => (reason as Error).message)).toEqual(["boom"]);
    expect(logged).toEqual(runtime.reports);
  });

  test("a main process that goes down fails the test", async () => {
    const runtime = testRuntime(quiet);
    runtime.spawnLink(boom);
    runtime.run();
    const error = await rejection(runtime.stop());
    expect(error).toBeInstanceOf(AssertionError);
    expect((error as Error).message).toMatch(/^\*\* \(EXIT from #PID<.*>\) an exception was raised:\n.*boom/);
    await runtime.stop();
  });

  test("a clock moved by hand: what is due runs in order, each at its time", async () => {
    await using runtime = testRuntime({ clock: "manual" });
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Self<any>) {
      for (const ms of [10, 20, 100_000]) {
        yield* self.sleep(ms);
        seen.push(runtime.now());
      }
    });
    runtime.spawn(async (self: Self<any>) => {
      await self.sleep(15);
      seen.push(["async", runtime.now()]);
    });
    await runtime.pass(9);
    expect(seen).toEqual([]);
    await runtime.pass(30);
    expect(seen).toEqual([10, ["async", 15], 30]);
    await runtime.pass(86_400_000);
    expect(seen[3]).toBe(100_030);
    expect(runtime.now()).toBe(86_400_039);
  });

  test("virtual time leaps when all wait", async () => {
    await using runtime = testRuntime({ clock: "virtual" });
    await runtime.run(function* (self: Self<any>) {
      yield* self.sleep(86_400_000);
    });
    expect(runtime.now()).toBeGreaterThanOrEqual(86_400_000);
    const before = runtime.now();
    await refuteReceive("never", { as: runtime, timeout: 10_000 });
    expect(runtime.now() - before).toBeGreaterThanOrEqual(10_000);
    const pid = runtime.spawn(function* (self: Self<any>) {
      yield* self.sleep(Number.POSITIVE_INFINITY);
    });
    const error = await rejection(GenServer.call(pid, "never", { as: runtime }) as Op<unknown>);
    expect(error).toHaveProperty("reason", "timeout");
    const after10: unknown = await runtime.receive(
      on(P._, () => "message"),
      after(10, () => "timeout"),
    );
    expect(after10).toBe("timeout");
  });

  test.each<[string, () => unknown]>([
    [
      'testRuntime: expected host or manual or virtual as clock, got "own"',
      () => testRuntime({ clock: "own" as never }),
    ],
    [
      'testRuntime: expected context, clock, node, logger, maxProcesses, messages, onMainExit, development as an option, got "time"',
      () => testRuntime({ time: 1 } as never),
    ],
    ["testRuntime: expected as context", () => testRuntime({ context: 1 as never })],
    ["inProcess: expected a function, got 7", () => inProcess(7 as never)],
    [
      'inProcess: expected "host" or "virtual" as clock, got "manual"',
      () => inProcess(() => {}, { clock: "manual" as never }),
    ],
  ])("%s", (message, call) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
  });

  test("pass says when it can't", async () => {
    await using runtime = testRuntime();
    expect(await rejection(runtime.pass(1))).toHaveProperty("name", "UsageError");
    await using manual = testRuntime({ clock: "manual" });
    expect(await rejection(manual.pass(-1))).toBeInstanceOf(RangeError);
    expect(await rejection(manual.pass("1" as never))).toBeInstanceOf(TypeError);
    expect(await rejection(manual.pass(Number.POSITIVE_INFINITY))).toBeInstanceOf(RangeError);
    let inside: unknown;
    manual.spawn(() => {
      manual.pass(1).catch((error: unknown) => {
        inside = error;
      });
    });
    await manual.pass(1);
    expect(inside).toHaveProperty("name", "UsageError");
  });
});

describe("inProcess", () => {
  test(
    "runs a generator body as a test",
    inProcess(function* (self) {
      const agent = yield* startSupervised(Agent.child(() => 1));
      self.send(self.pid, yield* Agent.get(agent, (n) => n));
      yield* assertReceive(1);
    }),
  );

  test(
    "runs an async body as a test, which gets the arguments of the framework",
    inProcess(async (self, context: { task: { name: string } }) => {
      expect(context.task.name).toContain("async body");
      self.send(self.pid, "hello");
      await assertReceive("hello", { as: self });
    }),
  );

  test(
    "virtual time",
    inProcess(
      function* (self) {
        yield* self.sleep(86_400_000);
        yield* refuteReceive("never", 86_400_000);
      },
      { clock: "virtual" },
    ),
  );

  test("fails with what the body throws, which is no crash", async () => {
    const reports: unknown[] = [];
    const logger = (report: unknown) => reports.push(report);
    const failing = [
      inProcess(
        function* () {
          yield* assertReceive("never", 1);
        },
        { logger },
      ),
      inProcess(
        async (self) => {
          await assertReceive("never", { as: self, timeout: 1 });
        },
        { logger },
      ),
    ];
    for (const each of failing) {
      const error = await rejection(each());
      expect(error).toBeInstanceOf(AssertionError);
      expect((error as Error).message).toContain("no matching message after 1ms");
      expect((error as Error).stack).toContain("test-runtime.test");
    }
    const plain = await rejection(inProcess(boom, { logger })());
    expect((plain as Error).message).toBe("boom");
    expect(reports).toEqual([]);
  });

  test("fails when a signal ends it", async () => {
    const linked = inProcess(function* (self) {
      self.spawnLink(boom);
      yield* self.receive();
    }, quiet);
    const error = await rejection(linked());
    expect(error).toBeInstanceOf(AssertionError);
    expect((error as Error).message).toMatch(
      /^the test's process exited with reason: an exception was raised:\n.*boom/,
    );
    const exited = await rejection(inProcess((self) => self.exit("enough"))());
    expect((exited as Error).message).toBe('the test\'s process exited with reason: "enough"');
    await inProcess((self) => self.exit("normal"))();
  });

  test("ends the children of its supervisor, the youngest first, and leaves nothing behind", async () => {
    const notes: string[] = [];
    let runtime: Runtime | undefined;
    const child = (id: string) => ({
      id,
      start: () =>
        GenServer.startLink(
          {
            init: () => {
              (runtime as Runtime).processFlag("trapExit", true);
              return id;
            },
            terminate: () => void notes.push(id),
          },
          [],
          { name: id },
        ),
    });
    const body = inProcess(function* (self) {
      runtime = self.runtime;
      for (const id of ["a", "b", "c"]) yield* startSupervised(child(id));
      startProbe({ name: "probe" });
      self.spawn(function* forever(own: Self<any>) {
        yield* own.receive();
      });
      throw new Error("fails");
    });
    expect(((await rejection(body())) as Error).message).toBe("fails");
    expect(notes).toEqual(["c", "b", "a"]);
    expect(runtime?.registered()).toEqual([]);
    expect(runtime?.processes().filter((pid: Pid) => pid !== runtime?.self())).toEqual([]);
  });
});
