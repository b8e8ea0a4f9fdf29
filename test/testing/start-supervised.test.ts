import { describe, expect, test } from "vitest";
import { Agent, createRuntime, current, type Pid, Registry, type Runtime, type Self } from "../../src/index.ts";
import { AssertionError, startLinkSupervised, startSupervised, stopSupervised } from "../../src/testing/index.ts";
import { acting, links } from "../otp/acting.ts";
import { ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";

/** A child that notes its end, and takes `ms` for that. */
function noting(id: string, notes: unknown[], ms = 0) {
  return {
    id,
    start: () =>
      (current() as Self<any>).spawnLink(function* (self: Self<any>) {
        self.trapExit = true;
        const reason = yield* self.receive({ EXIT: ([, , why]: any) => why });
        yield* self.sleep(ms);
        notes.push([id, reason]);
        self.exit(reason);
      }),
  };
}

const boom = (id: string) => ({
  id,
  start: (): never => {
    throw new Error("no disk");
  },
});

/** Nothing but the main process is left. */
const alone = (runtime: Runtime) =>
  runtime.processes().every((pid) => pid === runtime.self()) && runtime.registered().length === 0;

describe("in a process", () => {
  test("children are ended after it, the youngest first, however it ends", () => {
    for (const end of ["return", "throw", "exit", "kill"]) {
      const { runtime, reports, pass } = ownRuntime();
      const notes: unknown[] = [];
      const pid = runtime.spawn(function* (self: Self<any>) {
        for (const id of ["a", "b", "c"]) yield* startSupervised(noting(id, notes, 10));
        if (end === "throw") throw new Error("the test fails");
        if (end === "exit") self.exit("enough");
        if (end === "kill") yield* self.receive();
      });
      runtime.run();
      expect(notes).toEqual([]);
      if (end === "kill") runtime.exit(pid, "kill");
      for (let i = 0; i < 6; i++) pass(10);
      expect(notes, end).toEqual([
        ["c", "shutdown"],
        ["b", "shutdown"],
        ["a", "shutdown"],
      ]);
      expect(alone(runtime)).toBe(true);
      expect(reports.filter(({ kind }) => kind !== "crash")).toEqual([]);
      expect(reports).toHaveLength(end === "throw" ? 1 : 0);
    }
  });

  test("the child is not linked to it, and is started anew when it ends", () => {
    const { act, runtime, reports } = acting();
    act(function* (self) {
      const pid = yield* startSupervised(Agent.child(() => 1, { name: "one" }));
      expect(runtime.whereis("one")).toBe(pid);
      expect(links(self)).not.toContain(String(pid));
      self.exit(pid, "kill");
      yield* self.sleep(1);
      expect(runtime.isAlive(pid)).toBe(false);
      expect(yield* Agent.get("one", (n) => n)).toBe(1);
      yield* startSupervised(
        Agent.child(() => 2, { name: "two" }),
        { id: "two", restart: "temporary" },
      );
      self.exit(runtime.whereis("two") as Pid, "kill");
      yield* self.sleep(1);
      expect(runtime.whereis("two")).toBeUndefined();
    });
    expect(alone(runtime)).toBe(true);
    expect(reports.map(({ kind }) => kind)).toEqual(["supervisor", "supervisor"]);
  });

  test("startLinkSupervised links it: its crash is the test's", () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Self<any>) {
      self.trapExit = true;
      const pid = yield* startLinkSupervised(Agent.child(() => 1));
      self.exit(pid, "kill");
      seen.push(pid, yield* self.receive());
    });
    runtime.run();
    expect(seen).toHaveLength(2);
    const exit = seen[1] as unknown[];
    expect(exit[0]).toBe("EXIT");
    expect(exit[1] === seen[0]).toBe(true);
    expect(exit[2]).toBe("killed");
    expect(alone(runtime)).toBe(true);
  });

  test("stopSupervised ends a child and forgets it, temporary ones and linked ones too", () => {
    const { act, runtime } = acting();
    act(function* () {
      for (const restart of ["permanent", "temporary"] as const) {
        const pid = yield* startSupervised(
          Agent.child(() => 1),
          { id: "agent", restart },
        );
        yield* stopSupervised("agent");
        expect(runtime.isAlive(pid)).toBe(false);
      }
      const linked = yield* startLinkSupervised(
        Agent.child(() => 1),
        { id: "linked" },
      );
      yield* stopSupervised("linked");
      expect(runtime.isAlive(linked)).toBe(false);
      yield* startSupervised(Registry.child({ keys: "unique", name: "registry" }));
      yield* startSupervised(
        Agent.child(() => 1),
        { id: "other" },
      );
      try {
        yield* stopSupervised("agent");
      } catch (error) {
        expect((error as AssertionError).message).toBe(
          'stopSupervised: could not stop the child "agent": there is none. There are "registry", "other".',
        );
        return;
      }
      throw new Error("expected an error");
    });
    expect(alone(runtime)).toBe(true);
  });

  test("without children, stopSupervised says so", () => {
    const { act } = acting();
    const error = thrown(() =>
      act(function* () {
        yield* stopSupervised("agent");
      }),
    );
    expect((error as Error).message).toContain("The test has no children.");
  });

  test("a child that does not start is a clear error", () => {
    const { act } = acting();
    act(function* (self) {
      const errors: AssertionError[] = [];
      const attempt = function* (child: any) {
        try {
          yield* startSupervised(child);
        } catch (error) {
          errors.push(error as AssertionError);
        }
      };
      yield* attempt(boom("disk"));
      yield* startSupervised(Agent.child(() => 1));
      yield* attempt(Agent.child(() => 1));
      yield* attempt({ id: "ignored", start: () => "ignore" });
      yield* attempt({ id: "odd", start: () => 7 });
      for (const error of errors) {
        expect(error).toBeInstanceOf(AssertionError);
        expect(error.stack).toContain("start-supervised.test");
      }
      const [failed, taken, ignored, odd] = errors.map(({ message }) => message);
      expect(failed).toMatch(
        /^startSupervised: failed to start the child "disk"\.\nReason: an exception was raised:\n {4}\*\* \(Error\) no disk/,
      );
      expect(taken).toMatch(
        /^startSupervised: failed to start the child .*\.\nReason: already started: #PID<.*>\nEach child of a test needs an id, and a name, of its own\.$/,
      );
      expect(ignored).toContain('the child "ignored".\nReason: "ignore"');
      expect(odd).toContain('the child "odd".\nReason: ');
      expect(errors[0]?.cause).toHaveProperty("reason");
      expect(links(self)).toEqual([]);
    });
  });

  test("each process has a supervisor of its own, also an async body", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self: Self<any>) => {
      await null;
      const first = await startSupervised(
        Agent.child(() => 1),
        { as: self },
      );
      expect(runtime.isAlive(first)).toBe(true);
      await stopSupervised(Agent.child(() => 1).id, { as: self });
      expect(runtime.isAlive(first)).toBe(false);
      const many = await Promise.all(
        [1, 2, 3].map((id) =>
          startSupervised(
            Agent.child(() => id),
            { id, as: self },
          ),
        ),
      );
      expect(links(self)).toEqual([]);
      expect(new Set(many).size).toBe(3);
    });
    runtime.run();
    expect(alone(runtime)).toBe(true);
  });
});

describe("in the host's code", () => {
  test("children are ended when the runtime is stopped, the youngest first", async () => {
    const runtime = createRuntime();
    const notes: unknown[] = [];
    const pids = await Promise.all(["a", "b", "c"].map((id) => startSupervised(noting(id, notes), { as: runtime })));
    expect(pids.every((pid) => runtime.isAlive(pid))).toBe(true);
    expect(runtime.processInfo(runtime.self(), "links")).toEqual([]);
    await stopSupervised("b", { as: runtime });
    await runtime.stop();
    expect(notes).toEqual([
      ["b", "shutdown"],
      ["c", "shutdown"],
      ["a", "shutdown"],
    ]);
    expect(alone(runtime)).toBe(true);
  });

  test.each(["onTestFinished", "after", "defer", "function"])("a context ends them: %s", async (hook) => {
    const { runtime } = ownRuntime();
    const cleanups: (() => unknown)[] = [];
    const add = (cleanup: () => unknown) => cleanups.push(cleanup);
    const context = (hook === "function" ? add : { [hook]: add }) as never;
    const notes: unknown[] = [];
    const started = startSupervised(noting("a", notes), { as: runtime, context });
    await started;
    await startSupervised(noting("b", notes), { as: runtime, context });
    await startSupervised(noting("c", notes), { as: runtime });
    expect(cleanups).toHaveLength(1);
    await cleanups[0]?.();
    expect(notes).toEqual([
      ["b", "shutdown"],
      ["a", "shutdown"],
    ]);
    await runtime.stop();
    expect(notes).toHaveLength(3);
  });

  test("vitest's own context does, and an AsyncDisposableStack's", async ({ onTestFinished }) => {
    const { runtime } = ownRuntime();
    const notes: unknown[] = [];
    onTestFinished(() => {
      expect(notes).toEqual([["a", "shutdown"]]);
      expect(alone(runtime)).toBe(true);
    });
    await startSupervised(noting("a", notes), { as: runtime, context: onTestFinished });
    expect(notes).toEqual([]);
  });

  test("when the supervisor was killed, the next child gets a new one", async () => {
    const { runtime } = ownRuntime();
    const first = await startSupervised(
      Agent.child(() => 1),
      { as: runtime },
    );
    const [supervisor] = runtime.processInfo(first, "links") as Pid[];
    runtime.exit(supervisor as Pid, "kill");
    await settle(runtime);
    expect(runtime.isAlive(first)).toBe(false);
    const next = await startSupervised(
      Agent.child(() => 1),
      { as: runtime },
    );
    expect(runtime.isAlive(next)).toBe(true);
    await runtime.stop();
    expect(alone(runtime)).toBe(true);
  });

  test("the supervisor of another runtime is another one", async () => {
    const one = ownRuntime().runtime;
    const two = ownRuntime().runtime;
    const context = { after: () => {} };
    await startSupervised(
      Agent.child(() => 1),
      { as: one, context },
    );
    const second = await startSupervised(
      Agent.child(() => 1),
      { as: two, context },
    );
    expect(two.isAlive(second)).toBe(true);
  });
});

describe("wrong arguments", () => {
  const { runtime } = { runtime: createRuntime({ clock: () => 0 }) };

  test.each<[string, () => unknown]>([
    [
      "startSupervised: expected the option context, which tells when the test ends",
      () => startSupervised(Agent.child(() => 1)),
    ],
    ["stopSupervised: expected the option context, which tells when the test ends", () => stopSupervised("a")],
    [
      "startLinkSupervised: expected to be called in a process",
      () =>
        startLinkSupervised(
          Agent.child(() => 1),
          { as: runtime },
        ),
    ],
    ["Supervisor: expected a child spec", () => startSupervised(7 as never, { as: runtime })],
    [
      'startSupervised: expected as, context, id, start, restart, shutdown, type, significant, modules as an option, got "name"',
      () =>
        startSupervised(
          Agent.child(() => 1),
          { as: runtime, name: "x" } as never,
        ),
    ],
    [
      "startSupervised: expected options, got 7",
      () =>
        startSupervised(
          Agent.child(() => 1),
          7 as never,
        ),
    ],
    [
      "startSupervised: expected a self or a runtime as the option as, got 7",
      () =>
        startSupervised(
          Agent.child(() => 1),
          { as: 7 as never },
        ),
    ],
  ])("%s", (message, call) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
  });

  test("a context that is none leaves nothing behind", async () => {
    const error = await rejection(
      startSupervised(
        Agent.child(() => 1),
        { as: runtime, context: {} as never },
      ),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain("startSupervised: expected as context what a test is given");
    expect(alone(runtime)).toBe(true);
  });
});
