import { expect, test } from "vitest";
import { type Body, formatReport, type Report, type Self } from "../../src/index.ts";
import { idle, ownRuntime, settle } from "./support/own-runtime.ts";

async function reportsOf(body: Body<unknown>) {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(body);
  await settle(runtime);
  expect(runtime.isAlive(pid)).toBe(false);
  return { pid, reports };
}

// Elixir, for spawn: raise and throw are reported, exit(:bad), exit(:normal), exit(:shutdown) and a kill are not.
test("a thrown error is reported, once, with the process and the reason", async () => {
  const error = new RangeError("too far");
  const bodies: Body<unknown>[] = [
    () => {
      throw error;
    },
    function* (self) {
      yield* self.sleep(0);
      throw error;
    },
    async () => {
      throw error;
    },
  ];
  for (const body of bodies) {
    const { pid, reports } = await reportsOf(body);
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect([report?.level, report?.kind, report?.pid, report?.reason]).toEqual(["error", "crash", pid, error]);
    expect(report?.time).toBeInstanceOf(Date);
  }
});

test("so is a thrown value that is no error, as nocatch", async () => {
  const { reports } = await reportsOf(() => {
    throw "ball";
  });
  expect(reports.map(({ kind, reason }) => [kind, reason])).toEqual([["crash", ["nocatch", "ball"]]]);
});

test("no other end is: return, exit with any reason, a kill, an error that was caught", async () => {
  const bodies: Body<unknown>[] = [
    () => undefined,
    (self) => self.exit("bad"),
    (self) => self.exit("normal"),
    (self) => self.exit("shutdown"),
    (self) => self.exit(["shutdown", 1]),
    (self) => self.exit(new Error("an error as a reason")),
    (self) => self.exit(self.pid, "kill"),
    () => {
      try {
        throw new Error("caught");
      } catch {
        // That was all.
      }
    },
  ];
  for (const body of bodies) expect((await reportsOf(body)).reports).toEqual([]);
});

test("a process that dies of another's crash is not reported: the report is of the one that raised", () => {
  const { runtime, reports } = ownRuntime();
  const culprit = runtime.spawn(function* (self: Self<unknown>) {
    for (let n = 0; n < 3; n++) self.spawnLink(idle);
    yield* self.sleep(0);
    throw new Error("boom");
  });
  runtime.run();
  expect(runtime.processes()).toHaveLength(1);
  expect(reports.map(({ pid }) => pid)).toEqual([culprit]);
});

test("a report carries the name the process had, the name of its body, and where it was spawned", () => {
  const { runtime, reports } = ownRuntime();
  function worker() {
    throw new Error("boom");
  }
  runtime.spawnOpt(worker, { name: "a worker" });
  runtime.run();
  const [report] = reports;
  expect(report).toMatchObject({ registeredName: "a worker", initialCall: "worker" });
  expect(report?.spawnedAt).toMatch(/crash-reports\.test\.ts/);
});

test("its text is Elixir's, with the frames of the program and none of the runtime's", () => {
  const { runtime, reports } = ownRuntime();
  function worker() {
    throw new Error("boom");
  }
  const pid = runtime.spawn(worker);
  runtime.run();
  const lines = formatReport(reports[0] as never).split("\n");
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} \[error\] Process #PID<0\.\d+\.0> raised an exception$/);
  expect(lines[0]).toContain(String(pid));
  expect(lines[1]).toBe("** (Error) boom");
  expect(lines[2]).toMatch(/^ {4}at worker \(.*crash-reports\.test\.ts.*\)$/);
  expect(lines.slice(2).filter((line) => /\/src\//.test(line))).toEqual([]);
});

test("a process is dead, and its links and monitors have been told, when its report is made", () => {
  const seen: unknown[] = [];
  const { runtime } = ownRuntime({
    logger: ({ pid }) => seen.push(runtime.isAlive(pid as never), runtime.processInfo(runtime.self(), "messages")),
  });
  const [pid, ref] = runtime.spawnMonitor(() => {
    throw "boom";
  });
  runtime.run();
  expect(seen).toEqual([false, [["DOWN", ref, "process", pid, ["nocatch", "boom"]]]]);
});

test("a report from a runtime's logger may use the runtime: it acts for the host", () => {
  const log: unknown[] = [];
  const { runtime } = ownRuntime({ logger: ({ reason }) => runtime.send("reporter", reason) });
  runtime.spawnOpt(
    function* (self: Self<unknown>) {
      for (;;) log.push(yield* self.receive());
    },
    { name: "reporter" },
  );
  runtime.spawn(() => {
    throw "ball";
  });
  runtime.run();
  expect(log).toEqual([["nocatch", "ball"]]);
});

test("a runtime's logger may be replaced while it runs", () => {
  const { runtime, reports } = ownRuntime();
  const { logger } = runtime;
  const others: Report[] = [];
  runtime.logger = (report) => others.push(report);
  const crash = () => {
    runtime.spawn(() => {
      throw new Error("boom");
    });
    runtime.run();
  };
  crash();
  expect([reports.length, others.length]).toEqual([0, 1]);
  runtime.logger = logger;
  crash();
  expect([reports.length, others.length]).toEqual([1, 1]);
  expect(() => {
    runtime.logger = "console" as never;
  }).toThrow(new TypeError('logger: expected a function, got "console"'));
});
