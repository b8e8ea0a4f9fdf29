import { describe, expect, test } from "vitest";
import { current, GenServer, type Op, on, P, type Report, type Runtime, type Self } from "../../src/index.ts";
import { type CapturedLog, captureLog } from "../../src/testing/index.ts";
import { acting } from "../otp/acting.ts";
import { gate, ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";

const crash = (text: string) => () => {
  throw new Error(text);
};
const reasons = (reports: readonly Report[]) => reports.map(({ reason }) => (reason as Error).message);

describe("in the host's code", () => {
  test("keeps what is reported from the logger, as text and as objects", async () => {
    const { runtime, reports } = ownRuntime();
    const before = runtime.logger;
    const log: CapturedLog<number> = await captureLog(
      () => {
        runtime.spawn(crash("boom"));
        return 7;
      },
      { as: runtime },
    );
    expect(log.result).toBe(7);
    expect(reasons(log.reports)).toEqual(["boom"]);
    expect(log.text).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} \[error\] Process #PID<\S+> raised an exception\n\*\* \(Error\) boom/,
    );
    expect(`${log}`).toBe(log.text);
    expect(reports).toEqual([]);
    expect(runtime.logger).toBe(before);
    runtime.spawn(crash("later"));
    runtime.run();
    expect(reasons(reports)).toEqual(["later"]);
  });

  test("is empty when nothing is reported", async () => {
    const { runtime } = ownRuntime();
    const log = await captureLog(() => {}, { as: runtime });
    expect([log.text, log.reports, log.result]).toEqual(["", [], undefined]);
  });

  test("waits for promises, operations and generators", async () => {
    const { runtime, reports } = ownRuntime();
    const { promise, open } = gate();
    const slow = captureLog(
      async () => {
        await promise;
        runtime.spawn(crash("slow"));
        return "done";
      },
      { as: runtime },
    );
    const first = slow.then((log) => log);
    await settle(runtime);
    open();
    await settle(runtime);
    const log = await first;
    expect(log.result).toBe("done");
    expect(reasons(log.reports)).toEqual(["slow"]);

    const stopped: CapturedLog<"ok"> = await captureLog((): Op<"ok"> => stop(runtime), { as: runtime });
    expect(stopped.result).toBe("ok");

    const generated: CapturedLog<string> = await captureLog(
      function* () {
        const [pid, ref] = (current() as Self).spawnMonitor(crash("generated"));
        yield* (current() as Self<any>).receive(
          on(["DOWN", ref, "process", P.pid, P._], ([, , , each]) => each === pid),
        );
        return "end";
      },
      { as: runtime },
    );
    expect(generated.result).toBe("end");
    expect(reasons(generated.reports)).toEqual(["generated"]);
    const failed = await rejection(
      captureLog(
        function* () {
          throw new Error("in the generator");
        },
        { as: runtime },
      ),
    );
    expect((failed as Error).message).toBe("in the generator");
    expect(reports).toEqual([]);
  });

  test("may be nested, and may overlap", async () => {
    const { runtime, reports } = ownRuntime();
    const one = gate();
    const two = gate();
    const first = captureLog(() => one.promise, { as: runtime }).then((log) => log);
    const second = captureLog(() => two.promise, { as: runtime }).then((log) => log);
    runtime.spawn(crash("both"));
    await settle(runtime);
    one.open();
    await settle(runtime);
    runtime.spawn(crash("second"));
    await settle(runtime);
    two.open();
    await settle(runtime);
    expect(reasons((await first).reports)).toEqual(["both"]);
    expect(reasons((await second).reports)).toEqual(["both", "second"]);
    expect(reports).toEqual([]);
    const outer = await captureLog(
      async () => {
        const inner = await captureLog(() => void runtime.spawn(crash("inner")), { as: runtime });
        runtime.spawn(crash("outer"));
        return inner;
      },
      { as: runtime },
    );
    expect(reasons(outer.result.reports)).toEqual(["inner"]);
    expect(reasons(outer.reports)).toEqual(["inner", "outer"]);
  });

  test("gives the logger what it kept when the function fails", async () => {
    const { runtime, reports } = ownRuntime();
    const before = runtime.logger;
    const error = await rejection(
      captureLog(
        async () => {
          runtime.spawn(crash("why"));
          runtime.run();
          throw new Error("the assertion after it");
        },
        { as: runtime },
      ),
    );
    expect((error as Error).message).toBe("the assertion after it");
    expect(reasons(reports)).toEqual(["why"]);
    expect(runtime.logger).toBe(before);
  });

  test("leaves what is below its level to the logger", async () => {
    const { runtime, reports } = ownRuntime();
    const report = (level: Report["level"]) =>
      runtime.log({ level, kind: "warning", time: new Date(0), message: level });
    const log = await captureLog(
      () => {
        report("info");
        report("warning");
        report("error");
      },
      { as: runtime, level: "warning" },
    );
    expect(log.reports.map(({ level }) => level)).toEqual(["warning", "error"]);
    expect(reports.map(({ level }) => level)).toEqual(["info"]);
  });

  test("leaves a logger alone that the program has set meanwhile", async () => {
    const { runtime } = ownRuntime();
    const own = () => {};
    await captureLog(
      () => {
        runtime.logger = own;
      },
      { as: runtime },
    );
    expect(runtime.logger).toBe(own);
  });
});

describe("in a process", () => {
  test("a generator function runs in it", () => {
    const { act, reports } = acting();
    act(function* (self) {
      self.trapExit = true;
      const log = yield* captureLog(function* () {
        const pid = self.spawnLink(crash("boom"));
        const [, , reason] = (yield* self.receive()) as [string, unknown, Error];
        expect(reason.message).toBe("boom");
        return pid;
      });
      expect(reasons(log.reports)).toEqual(["boom"]);
      expect(log.reports[0]?.pid === log.result).toBe(true);
    });
    expect(reports).toEqual([]);
  });

  test("plain and async ones, too", async () => {
    const { actAsync, reports } = acting();
    await actAsync(async (self: Self<any>) => {
      const plain = await captureLog(() => 1, { as: self });
      expect(plain.result).toBe(1);
      const log = await captureLog(
        async () => {
          const [, ref] = self.spawnMonitor(crash("boom"));
          await self.receive({ DOWN: ([, each]: any) => expect(each === ref).toBe(true) });
        },
        { as: self },
      );
      expect(reasons(log.reports)).toEqual(["boom"]);
    });
    await actAsync(function* (self) {
      const log = yield* captureLog(() => self.spawn(crash("not yet")));
      expect(log.reports).toEqual([]);
    });
    expect(reasons(reports)).toEqual(["not yet"]);
  });

  test("what is killed meanwhile gives the logger back", () => {
    const { runtime, reports } = ownRuntime();
    const before = runtime.logger;
    const pid = runtime.spawn(function* (self: Self<any>) {
      yield* captureLog(() => self.receive());
    });
    runtime.run();
    expect(runtime.logger).not.toBe(before);
    runtime.exit(pid, "kill");
    runtime.run();
    expect(runtime.logger).toBe(before);
    expect(reports).toEqual([]);
  });
});

test.each<[string, () => unknown]>([
  ["captureLog: expected a function, got 7", () => captureLog(7 as never)],
  ["captureLog: expected level, as as an option, got", () => captureLog(() => 1, { levels: 1 } as never)],
  [
    "captureLog: expected debug, info, notice, warning, error as level",
    () => captureLog(() => 1, { level: "warn" as never }),
  ],
])("%s", (message, call) => {
  const error = thrown(call);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toContain(message);
});

/** Starts a server and stops it. */
function stop(runtime: Runtime): Op<"ok"> {
  const pid = runtime.spawn(function* (self: Self<any>) {
    const [, from] = (yield* self.receive()) as [string, never];
    GenServer.reply(from, "ok" as never);
  });
  return GenServer.call(pid, "stop", { as: runtime }) as Op<"ok">;
}
