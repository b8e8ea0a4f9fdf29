import { describe, expect, test } from "vitest";
import {
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorOptions,
  ExitError,
  formatReport,
  GenServer,
  ignore,
  type Pid,
  type Self,
  Supervisor,
  self,
  spawn,
  spawnLink,
  sys,
} from "../../src/index.ts";
import { idle, thrown } from "../semantics/support/own-runtime.ts";
import { type Doing, kill, reasonsOf, type Steps, type Tester, tester } from "./support/tester.ts";

type AnyPid = Pid<any>;

const sleepy = (spec: Partial<ChildSpec> = {}): ChildSpec => ({ id: "sleepy", start: () => spawnLink(idle), ...spec });

const Idle = GenServer.define({ name: "Idle", init: (value: unknown) => value });

/** Starts a supervisor from the tester. */
function started({ perform }: Tester, options: DynamicSupervisorOptions = {}): AnyPid {
  return perform(function* () {
    return yield* DynamicSupervisor.startLink(options);
  });
}

function startChild(
  { perform }: Tester,
  supervisor: AnyPid,
  child: Parameters<typeof DynamicSupervisor.startChild>[1],
) {
  return perform(function* () {
    return (yield* DynamicSupervisor.startChild(supervisor, child)) as AnyPid;
  });
}

function counts({ perform }: Tester, supervisor: AnyPid) {
  return perform(function* () {
    return yield* DynamicSupervisor.countChildren(supervisor);
  });
}

function list({ perform }: Tester, supervisor: AnyPid) {
  return perform(function* () {
    return yield* DynamicSupervisor.whichChildren(supervisor);
  });
}

/** Why the steps failed: the reason of an ExitError, or the error. */
function failure({ perform }: Tester, steps: () => Doing<unknown>): unknown {
  const error = thrown(() => perform(steps));
  return error instanceof ExitError ? error.reason : error;
}

/** A start function that starts a process the first time, and does something else from then on. */
function once(next: () => unknown): ChildSpec["start"] {
  let calls = 0;
  return () => (calls++ === 0 ? spawnLink(idle) : next()) as AnyPid;
}

describe("as a child", () => {
  test("it can be supervised directly", () => {
    const it = tester();
    const entries = it.perform(function* () {
      yield* Supervisor.startLink([DynamicSupervisor.child({ name: "dyn" })], { strategy: "one_for_one" });
      return yield* DynamicSupervisor.whichChildren("dyn");
    });
    expect(entries).toEqual([]);
  });

  test("a module with no arguments will do as a child", () => {
    const it = tester();
    const entries = it.perform(function* () {
      const supervisor = yield* Supervisor.startLink([DynamicSupervisor], { strategy: "one_for_one" });
      return yield* Supervisor.whichChildren(supervisor);
    });
    expect(entries).toEqual([["DynamicSupervisor", expect.anything(), "supervisor", []]]);
  });

  test("several are told apart by their names", () => {
    const it = tester();
    const error = failure(it, function* () {
      const children = [DynamicSupervisor.child({ name: "one" }), DynamicSupervisor.child({ name: "two" })];
      const supervisor = yield* Supervisor.startLink(children, { strategy: "one_for_one" });
      const nameless = yield* Supervisor.startChild(supervisor, DynamicSupervisor.child());
      expect(yield* DynamicSupervisor.whichChildren("one")).toEqual([]);
      expect(yield* DynamicSupervisor.whichChildren("two")).toEqual([]);
      expect(yield* DynamicSupervisor.whichChildren(nameless as AnyPid)).toEqual([]);
      try {
        yield* Supervisor.startChild(supervisor, DynamicSupervisor.child());
      } catch (thrown) {
        expect((thrown as ExitError).reason).toEqual(["already_started", nameless]);
        throw thrown;
      }
    });
    expect(error).toEqual(["already_started", expect.anything()]);
  });

  test("it is a supervisor with as much time as it needs, and has the fields it is given", () => {
    expect(DynamicSupervisor.child()).toEqual({
      id: "DynamicSupervisor",
      start: expect.any(Function),
      type: "supervisor",
    });
    const given = { id: 7, restart: "temporary", shutdown: 10, significant: false } as const;
    expect(DynamicSupervisor.child(given)).toEqual({ ...given, start: expect.any(Function), type: "supervisor" });
  });
});

describe("define", () => {
  const Rooms = DynamicSupervisor.define({
    name: "Rooms",
    init: (maxChildren: number) => DynamicSupervisor.init({ maxChildren }),
    restart: "transient",
  });

  test("makes a child of init's arguments and options", () => {
    expect(Rooms.child(2, { name: "rooms" })).toEqual({
      id: "rooms",
      start: expect.any(Function),
      type: "supervisor",
      restart: "transient",
    });
    expect(Rooms.child(2).id).toBe("Rooms");
    expect(Rooms.child(2, { id: "other", restart: "permanent" })).toMatchObject({ id: "other", restart: "permanent" });
  });

  test("starts it, linked and by its name", () => {
    const it = tester();
    it.perform(function* (self) {
      const supervisor = yield* Rooms.startLink(1, { name: "rooms" });
      expect(it.runtime.processInfo(self.pid, "links")).toEqual([supervisor]);
      expect(it.runtime.whereis("rooms")).toBe(supervisor);
      yield* DynamicSupervisor.startChild("rooms", sleepy());
      expect(yield* DynamicSupervisor.stop("rooms")).toBe("ok");
    });
    expect(it.runtime.whereis("rooms")).toBeUndefined();
    expect(
      list(
        it,
        it.perform(() => DynamicSupervisor.startLink(Rooms, [0])),
      ),
    ).toEqual([]);
  });

  test("init may be a generator or an async function, and may ignore the start", () => {
    const it = tester();
    const Slow = DynamicSupervisor.define({
      *init(): Steps<ReturnType<typeof DynamicSupervisor.init>> {
        yield* it.runtime.sleep(5);
        return DynamicSupervisor.init();
      },
    });
    let supervisor: unknown;
    it.runtime.send(it.self.pid, [
      "steps",
      function* () {
        supervisor = yield* Slow.startLink();
      },
    ]);
    it.pass(0);
    expect(supervisor).toBeUndefined();
    it.pass(10);
    expect(list(it, supervisor as AnyPid)).toEqual([]);
    const nothing = DynamicSupervisor.define({ init: () => ignore() });
    expect(it.perform(() => nothing.startLink())).toBe("ignore");
  });

  test("what init gives must come from DynamicSupervisor.init", () => {
    const it = tester();
    const wrong = DynamicSupervisor.define({ name: "Wrong", init: () => "unknown" as never });
    expect(failure(it, () => wrong.startLink())).toEqual(["bad_return", ["Wrong", "init", "unknown"]]);
  });
});

describe("startLink", () => {
  test("refuses what is no option, naming it", () => {
    const wrong = (options: object) => (thrown(() => DynamicSupervisor.startLink(options)) as Error).message;
    expect(wrong({ strategy: "unknown" })).toBe(`Supervisor: expected "one_for_one" as strategy, got "unknown"`);
    expect(wrong({ maxRestarts: -1 })).toMatch(/maxRestarts, got -1$/);
    expect(wrong({ maxSeconds: 0 })).toMatch(/maxSeconds, got 0$/);
    expect(wrong({ maxChildren: -1 })).toBe("DynamicSupervisor: expected a number of 0 or more as maxChildren, got -1");
    expect(wrong({ extraArguments: -1 })).toBe("DynamicSupervisor: expected an array as extraArguments, got -1");
    expect(thrown(() => DynamicSupervisor.init(null as never))).toBeInstanceOf(TypeError);
    expect(thrown(() => DynamicSupervisor.define({} as never))).toBeInstanceOf(TypeError);
  });

  test("a bad flag in init fails the start", () => {
    const it = tester();
    const bad = DynamicSupervisor.define({ init: () => DynamicSupervisor.init({ maxChildren: -1 }) });
    expect(failure(it, () => bad.startLink())).toBeInstanceOf(TypeError);
  });

  test("takes the options of a process", () => {
    const it = tester();
    const supervisor = started(it, { priority: "high" });
    expect(it.runtime.processInfo(supervisor, "priority")).toBe("high");
  });

  test("looks like any other supervisor from outside", () => {
    const it = tester();
    const dynamic = started(it);
    const other = it.perform(() => Supervisor.startLink([], { strategy: "one_for_one" }));
    const status = (pid: AnyPid) => it.perform(() => sys.getStatus(pid));
    expect(status(dynamic).behaviour).toBe(status(other).behaviour);
    expect(it.runtime.processInfo(dynamic, "trapExit")).toBe(true);
  });

  test("serves the host's code as well", async () => {
    const { runtime } = tester();
    const supervisor = await DynamicSupervisor.startLink({ as: runtime });
    const child = (await DynamicSupervisor.startChild(supervisor, sleepy(), { as: runtime })) as AnyPid;
    expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ active: 1 });
    expect(await DynamicSupervisor.terminateChild(supervisor, child)).toBe("ok");
    expect(await DynamicSupervisor.whichChildren(supervisor)).toEqual([]);
    expect(await DynamicSupervisor.stop(supervisor)).toBe("ok");
    expect(runtime.processes()).toHaveLength(2);
  });
});

describe("startChild", () => {
  test("takes a spec, a module, and a module with arguments", () => {
    const it = tester();
    const supervisor = started(it);
    const children = [sleepy(), Idle.child("x"), [Idle, "y"] as const, [Idle, "z", { id: 3 }] as const];
    for (const child of children) expect(it.runtime.isAlive(startChild(it, supervisor, child as never))).toBe(true);
    expect(counts(it, supervisor)).toEqual({ specs: 4, active: 4, supervisors: 0, workers: 4 });
  });

  test("ids may be the same, and are not kept", () => {
    const it = tester();
    const supervisor = started(it);
    const [one, two] = [startChild(it, supervisor, sleepy()), startChild(it, supervisor, sleepy({ modules: ["M"] }))];
    expect(list(it, supervisor)).toEqual([
      [undefined, one, "worker", []],
      [undefined, two, "worker", ["M"]],
    ]);
  });

  test("every start gets the extra arguments", () => {
    const it = tester();
    const seen: unknown[] = [];
    const supervisor = started(it, { extraArguments: ["a", 1] });
    const child = startChild(it, supervisor, {
      id: 1,
      start(...extra: unknown[]) {
        seen.push(extra);
        return spawnLink(idle);
      },
    });
    kill(it, child, "oops");
    expect(seen).toEqual([
      ["a", 1],
      ["a", 1],
    ]);
    expect(counts(it, supervisor)).toMatchObject({ active: 1, workers: 1 });
  });

  test("a bad spec is a mistake of the caller, and names the field", () => {
    const wrong = (child: unknown) =>
      (thrown(() => DynamicSupervisor.startChild("not used", child as never)) as Error).message;
    expect(wrong({})).toMatch(/id of a child/);
    expect(wrong({ id: 1, start: 2 })).toBe("Supervisor: expected a function as start of child 1, got 2");
    expect(wrong(sleepy({ restart: "always" as never }))).toMatch(/as restart of child "sleepy", got "always"$/);
    expect(wrong(sleepy({ shutdown: -1 }))).toMatch(/as shutdown of child "sleepy", got -1$/);
    expect(wrong(sleepy({ type: "boss" as never }))).toMatch(/as type of child "sleepy", got "boss"$/);
    expect(wrong(sleepy({ modules: 1 as never }))).toMatch(/as modules of child "sleepy", got 1$/);
    expect(wrong("sleepy")).toMatch(/as a child, got "sleepy"$/);
  });

  test("gives what start gives", () => {
    const it = tester();
    const supervisor = started(it);
    expect(it.runtime.isAlive(startChild(it, supervisor, sleepy()))).toBe(true);
    const [pid, info] = startChild(it, supervisor, sleepy({ start: () => [spawnLink(idle), "extra"] })) as unknown as [
      AnyPid,
      unknown,
    ];
    expect([it.runtime.isAlive(pid), info]).toEqual([true, "extra"]);
    expect(startChild(it, supervisor, sleepy({ start: () => "ignore" }))).toBeUndefined();
    expect(counts(it, supervisor)).toMatchObject({ specs: 2 });
    const fail = (start: ChildSpec["start"]) =>
      failure(it, () => DynamicSupervisor.startChild(supervisor, sleepy({ start })));
    const failing = GenServer.define({ init: () => it.runtime.exit("found") });
    expect(fail(() => failing.startLink())).toBe("found");
    expect(fail(() => "unknown" as never)).toBeInstanceOf(TypeError);
    expect(counts(it, supervisor)).toMatchObject({ specs: 2 });
    expect(it.reports).toEqual([]);
  });

  test("start may be a generator or an async function", async () => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, {
      id: 1,
      *start() {
        return yield* Idle.startLink("from a generator");
      },
    });
    expect(it.runtime.isAlive(child)).toBe(true);
    const promised = DynamicSupervisor.startChild(supervisor, { id: 2, start: async () => child }, { as: it.runtime });
    expect(await promised).toBe(child);
  });

  const raise = (error: unknown): never => {
    throw error;
  };

  test("what start throws is the reason it failed with", () => {
    const it = tester();
    const supervisor = started(it);
    const fail = (start: () => never) => failure(it, () => DynamicSupervisor.startChild(supervisor, sleepy({ start })));
    const error = new Error("oops");
    expect(fail(() => raise(error))).toBe(error);
    expect(fail(() => it.runtime.exit("oops"))).toBe("oops");
    expect(counts(it, supervisor)).toMatchObject({ specs: 0 });
  });

  test("no more children than maxChildren", () => {
    const it = tester();
    const none = started(it, { maxChildren: 0 });
    const start = (supervisor: AnyPid) => () => DynamicSupervisor.startChild(supervisor, sleepy());
    expect(failure(it, start(none))).toBe("max_children");
    const one = started(it, { maxChildren: 1 });
    const child = startChild(it, one, sleepy());
    expect(failure(it, start(one))).toBe("max_children");
    it.perform(() => DynamicSupervisor.terminateChild(one, child));
    expect(it.runtime.isAlive(startChild(it, one, sleepy()))).toBe(true);
  });

  test("calling a supervisor that is not there fails with noproc", () => {
    const it = tester();
    const error = thrown(() => it.perform(() => DynamicSupervisor.startChild("nobody", sleepy())));
    expect(error).toMatchObject({
      reason: "noproc",
      call: ["DynamicSupervisor.startChild", "nobody", expect.anything(), expect.anything()],
    });
  });
});

describe("a child that ends", () => {
  const reasons = ["normal", "shutdown", ["shutdown", "signal"], "whatever"];
  const ending =
    (reason: unknown): ChildSpec["start"] =>
    () =>
      spawnLink(function* (self: Self<"end">) {
        yield* self.receive();
        if (reason !== "normal") self.exit(reason);
      });

  function afterEnds(restart: "permanent" | "transient" | "temporary") {
    return reasons.map((reason) => {
      const it = tester();
      const supervisor = started(it);
      const child = startChild(it, supervisor, { id: 1, restart, start: ending(reason) });
      it.runtime.send(child, "end");
      it.runtime.run();
      const { specs, active, workers } = counts(it, supervisor);
      expect([active, workers]).toEqual([specs, specs]);
      return specs;
    });
  }

  test("is never started again when temporary", () => {
    expect(afterEnds("temporary")).toEqual([0, 0, 0, 0]);
  });

  test("is started again after an abnormal end when transient", () => {
    expect(afterEnds("transient")).toEqual([0, 0, 0, 1]);
  });

  test("is always started again when permanent, which is the default", () => {
    expect(afterEnds("permanent")).toEqual([1, 1, 1, 1]);
    const it = tester();
    const supervisor = started(it);
    kill(it, startChild(it, supervisor, sleepy()), "shutdown");
    expect(counts(it, supervisor)).toMatchObject({ active: 1 });
  });

  test("concerns no other child", () => {
    const it = tester();
    const supervisor = started(it);
    const [one, two] = [startChild(it, supervisor, sleepy()), startChild(it, supervisor, sleepy())];
    kill(it, one, "boom");
    const [first, second] = list(it, supervisor);
    expect(first?.[1]).toBe(two);
    expect(second?.[1]).not.toBe(one);
  });

  test("is forgotten when it is ignored the next time, and restarting while its start fails", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 100_000 });
    const shows = () => list(it, supervisor).map(([, child]) => (typeof child === "string" ? child : "running"));
    kill(it, startChild(it, supervisor, sleepy({ start: once(() => spawnLink(idle)) })), "shutdown");
    expect(counts(it, supervisor)).toMatchObject({ workers: 1, active: 1 });
    kill(it, startChild(it, supervisor, sleepy({ start: once(() => [spawnLink(idle), "extra"]) })), "shutdown");
    expect(counts(it, supervisor)).toMatchObject({ workers: 2, active: 2 });
    kill(it, startChild(it, supervisor, sleepy({ start: once(() => "ignore") })), "shutdown");
    expect(counts(it, supervisor)).toMatchObject({ workers: 2, active: 2 });
    // The tester gets its turns between the attempts, as whoever else asks.
    let isOpen = false;
    const failing = startChild(it, supervisor, sleepy({ start: once(() => (isOpen ? spawnLink(idle) : "no pid")) }));
    it.perform(function* (self) {
      self.exit(failing, "shutdown");
      expect(yield* DynamicSupervisor.countChildren(supervisor)).toEqual({
        specs: 3,
        active: 2,
        supervisors: 0,
        workers: 3,
      });
      const entries = yield* DynamicSupervisor.whichChildren(supervisor);
      expect(entries.map(([, child]) => child)).toContain("restarting");
      isOpen = true;
    });
    expect(shows()).toEqual(["running", "running", "running"]);
  });

  test("counts in maxChildren while it is restarted", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 100_000, maxChildren: 1 });
    let isOpen = false;
    const child = startChild(it, supervisor, sleepy({ start: once(() => (isOpen ? spawnLink(idle) : "no pid")) }));
    const refuse = () => failure(it, () => DynamicSupervisor.startChild(supervisor, sleepy()));
    it.perform(function* (self) {
      self.exit(child, "shutdown");
      expect(yield* DynamicSupervisor.countChildren(supervisor)).toMatchObject({ workers: 1, active: 0 });
      try {
        yield* DynamicSupervisor.startChild(supervisor, sleepy());
      } catch (error) {
        expect((error as ExitError).reason).toBe("max_children");
        isOpen = true;
      }
    });
    expect(counts(it, supervisor)).toMatchObject({ workers: 1, active: 1 });
    expect(refuse()).toBe("max_children");
  });

  test("is tried again when its start fails", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 2 });
    const calls: number[] = [];
    const child = startChild(it, supervisor, {
      id: 1,
      start() {
        calls.push(calls.length);
        return calls.length === 2 ? it.runtime.exit("try again") : spawnLink(idle);
      },
    });
    kill(it, child, "shutdown");
    expect(calls).toEqual([0, 1, 2]);
    expect(counts(it, supervisor)).toMatchObject({ workers: 1, active: 1 });
  });

  test("is not missed when its supervisor knows nothing of it, nor is a stranger's exit signal", () => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, sleepy());
    kill(it, supervisor, "boom");
    expect(it.runtime.isAlive(supervisor)).toBe(true);
    expect(list(it, supervisor)).toEqual([[undefined, child, "worker", []]]);
  });
});

describe("too many restarts", () => {
  test("end the supervisor, and with it all children", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 1 });
    const other = startChild(it, supervisor, sleepy());
    kill(it, startChild(it, supervisor, sleepy()), "boom");
    expect(it.runtime.isAlive(supervisor)).toBe(true);
    const [, , again] = [...list(it, supervisor), undefined];
    expect(again).toBeUndefined();
    const dying = list(it, supervisor).at(-1)?.[1] as AnyPid;
    expect(reasonsOf(it, [supervisor, other], () => it.runtime.exit(dying, "boom"))).toEqual(["shutdown", "shutdown"]);
    expect(it.perform((self) => self.receive({ EXIT: (message: unknown) => message }))).toEqual([
      "EXIT",
      supervisor,
      "shutdown",
    ]);
  });

  test("are those within maxSeconds", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 1, maxSeconds: 2 });
    startChild(it, supervisor, sleepy());
    for (let i = 0; i < 10; i++) {
      kill(it, list(it, supervisor)[0]?.[1] as AnyPid, "boom");
      expect(it.runtime.isAlive(supervisor)).toBe(true);
      it.pass(2001);
    }
    kill(it, list(it, supervisor)[0]?.[1] as AnyPid, "boom");
    kill(it, list(it, supervisor)[0]?.[1] as AnyPid, "boom");
    expect(it.runtime.isAlive(supervisor)).toBe(false);
  });

  test("are also those that fail", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 10 });
    let attempts = 0;
    const start = once(() => {
      attempts++;
      return "no pid";
    });
    const child = startChild(it, supervisor, sleepy({ start }));
    expect(reasonsOf(it, [supervisor], () => it.runtime.exit(child, "shutdown"))).toEqual(["shutdown"]);
    expect(attempts).toBe(10);
  });

  test("none is the least there can be", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 0 });
    kill(it, startChild(it, supervisor, sleepy()), "boom");
    expect(it.runtime.isAlive(supervisor)).toBe(false);
  });
});

/** A body that traps exits, and ends as `reason` says once it is told to. */
function* orderly(self: Self<unknown>, reason: unknown): Steps<void> {
  self.trapExit = true;
  yield* self.receive();
  if (reason !== "normal") self.exit(reason);
}

function* deaf(self: Self<unknown>): Steps<void> {
  self.trapExit = true;
  yield* idle(self);
}

const trapping = (reason: unknown, spec: Partial<ChildSpec> = {}) =>
  sleepy({ start: () => spawnLink(orderly, reason), ...spec });

describe("a supervisor that ends", () => {
  /** Three children, and why each of them ended when the supervisor was told to. */
  function ends(it: Tester, specs: readonly ChildSpec[], passing = 0): unknown[] {
    const supervisor = started(it);
    const children = specs.map((spec) => startChild(it, supervisor, spec));
    const reasons = reasonsOf(it, children, () => {
      // The tester is its parent.
      it.perform(function* (self) {
        self.exit(supervisor, "shutdown");
      });
      it.pass(passing);
    });
    expect(it.runtime.isAlive(supervisor)).toBe(false);
    return reasons;
  }
  const three = <T>(value: T): T[] => [value, value, value];
  const contexts = ({ reports }: Tester) =>
    reports.map((report) => [(report as { context?: unknown }).context, report.reason]);

  test("kills children by brutal kill", () => {
    const it = tester();
    expect(ends(it, three(sleepy({ shutdown: "brutalKill" })))).toEqual(three("killed"));
    expect(ends(it, three(trapping("x", { shutdown: "brutal_kill" })))).toEqual(three("killed"));
    expect(it.reports).toEqual([]);
  });

  test("shuts down children, in whatever time", () => {
    const it = tester();
    for (const shutdown of [Number.POSITIVE_INFINITY, "infinity", 1000] as const)
      expect(ends(it, three(sleepy({ shutdown })))).toEqual(three("shutdown"));
    expect(it.reports).toEqual([]);
  });

  test("takes no offence at {shutdown, term}", () => {
    const it = tester();
    const reason = ["shutdown", "oops"];
    for (const shutdown of [Number.POSITIVE_INFINITY, 1000])
      expect(ends(it, three(trapping(reason, { shutdown })))).toEqual(three(reason));
    expect(it.reports).toEqual([]);
  });

  test("kills those that take longer than they may, each by its own time", () => {
    const it = tester();
    const slow = (shutdown: number) => sleepy({ start: () => spawnLink(deaf), shutdown });
    expect(ends(it, [sleepy({ shutdown: 1 }), slow(1), sleepy({ shutdown: 1 })], 2)).toEqual([
      "shutdown",
      "killed",
      "shutdown",
    ]);
    expect(contexts(it)).toEqual([["shutdown_error", "killed"]]);

    const supervisor = started(it);
    const [one, , three] = [slow(10), slow(20), slow(10)].map((spec) => startChild(it, supervisor, spec)) as [
      AnyPid,
      AnyPid,
      AnyPid,
    ];
    it.perform(function* (self) {
      self.exit(supervisor, "shutdown");
    });
    const alive = () => [one, three, supervisor].map((pid) => it.runtime.isAlive(pid));
    it.pass(9);
    expect(alive()).toEqual([true, true, true]);
    it.pass(1);
    expect(alive()).toEqual([false, false, true]);
    it.pass(10);
    expect(alive()).toEqual([false, false, false]);
  });

  test("reports permanent children that end normally", () => {
    const it = tester();
    expect(ends(it, three(trapping("normal", { shutdown: Number.POSITIVE_INFINITY })))).toEqual(three("normal"));
    expect(contexts(it)).toEqual(three(["shutdown_error", "normal"]));
    it.reports.length = 0;
    expect(ends(it, three(trapping("normal", { restart: "transient" })))).toEqual(three("normal"));
    expect(it.reports).toEqual([]);
  });

  test("ends children of all kinds at once", () => {
    const it = tester();
    const specs = [sleepy({ shutdown: Number.POSITIVE_INFINITY }), sleepy({ shutdown: "brutalKill" }), trapping("odd")];
    expect(ends(it, specs)).toEqual(["shutdown", "killed", "odd"]);
    expect(contexts(it)).toEqual([["shutdown_error", "odd"]]);
  });

  test("says of those that ended just before why they did", () => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, sleepy());
    const fine = startChild(
      it,
      supervisor,
      sleepy({ restart: "transient", start: () => spawnLink(orderly, "normal") }),
    );
    // Both signals are on their way to a supervisor that is about to end.
    it.perform(function* (self) {
      self.exit(supervisor, "shutdown");
      self.exit(child, "boom");
      self.exit(fine, "x");
    });
    expect(contexts(it)).toContainEqual(["shutdown_error", "boom"]);
    expect(contexts(it)).toHaveLength(1);
  });

  test("leaves nobody behind when it is killed", () => {
    const it = tester();
    const supervisor = started(it);
    const inner = startChild(it, supervisor, DynamicSupervisor.child());
    const leaves = [startChild(it, inner, sleepy()), startChild(it, supervisor, sleepy()), inner];
    expect(reasonsOf(it, leaves, () => it.runtime.exit(supervisor, "kill"))).toEqual(["shutdown", "killed", "killed"]);
    expect(it.runtime.processes()).toHaveLength(2);
  });

  test("takes tens of thousands of children with it", () => {
    const it = tester();
    const supervisor = started(it);
    it.perform(function* () {
      for (let i = 0; i < 20_000; i++) yield* DynamicSupervisor.startChild(supervisor, sleepy());
    });
    expect(counts(it, supervisor)).toMatchObject({ active: 20_000 });
    it.perform(() => DynamicSupervisor.stop(supervisor));
    expect(it.runtime.processes()).toHaveLength(2);
  });

  test("by whatever reason it is stopped", () => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, sleepy());
    expect(
      reasonsOf(it, [child, supervisor], () => it.perform(() => DynamicSupervisor.stop(supervisor, "shutdown"))),
    ).toEqual(["shutdown", "shutdown"]);
    expect(failure(it, () => DynamicSupervisor.stop(supervisor))).toBe("noproc");
  });

  test("with its parent", () => {
    const it = tester();
    let supervisor: AnyPid | undefined;
    const parent = it.runtime.spawn(function* (self: Self<unknown>) {
      supervisor = yield* DynamicSupervisor.startLink();
      yield* DynamicSupervisor.startChild(supervisor, sleepy());
      yield* self.receive();
    });
    it.runtime.run();
    it.runtime.send(parent, "end normally");
    it.runtime.run();
    expect(it.runtime.isAlive(supervisor as AnyPid)).toBe(false);
    expect(it.runtime.processes()).toHaveLength(2);
  });

  test("in order, when the runtime stops", async () => {
    const { runtime } = tester();
    const events: unknown[] = [];
    const supervisor = await DynamicSupervisor.startLink({ as: runtime });
    const Worker = GenServer.define({
      init() {
        self();
        runtime.processFlag("trapExit", true);
        return 0;
      },
      terminate: (reason) => void events.push(reason),
    });
    await DynamicSupervisor.startChild(supervisor, Worker.child());
    await runtime.stop();
    expect(events).toEqual(["shutdown"]);
  });
});

describe("terminateChild", () => {
  test.for(["brutalKill", 1000, Number.POSITIVE_INFINITY] as const)("ends a child, by shutdown %s", (shutdown) => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, sleepy({ shutdown }));
    const terminate = () => DynamicSupervisor.terminateChild(supervisor, child);
    const reasons = reasonsOf(it, [child], () => expect(it.perform(terminate)).toBe("ok"));
    expect(reasons).toEqual([shutdown === "brutalKill" ? "killed" : "shutdown"]);
    expect(failure(it, terminate)).toBe("not_found");
    expect(counts(it, supervisor)).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 });
    expect(it.runtime.processInfo(supervisor, "links")).toEqual([it.self.pid]);
    expect(it.reports).toEqual([]);
  });

  test("ends a child that is being restarted", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 100_000 });
    const child = startChild(it, supervisor, sleepy({ start: once(() => "no pid") }));
    it.perform(function* (self) {
      self.exit(child, "shutdown");
      expect(yield* DynamicSupervisor.countChildren(supervisor)).toMatchObject({ workers: 1, active: 0 });
      expect(yield* DynamicSupervisor.terminateChild(supervisor, child)).toBe("ok");
    });
    expect(failure(it, () => DynamicSupervisor.terminateChild(supervisor, child))).toBe("not_found");
    expect(counts(it, supervisor)).toMatchObject({ workers: 0, active: 0 });
  });

  test("knows only its own children", () => {
    const it = tester();
    const supervisor = started(it);
    const stranger = it.runtime.spawn(idle);
    for (const other of [stranger, supervisor, "name" as never])
      expect(failure(it, () => DynamicSupervisor.terminateChild(supervisor, other))).toBe("not_found");
    expect(it.runtime.isAlive(stranger)).toBe(true);
  });
});

describe("reports", () => {
  const text = ({ reports }: Tester) => reports.map((report) => formatReport(report).replace(/^\S+ /, ""));

  test("are worded as Elixir words them", () => {
    const it = tester();
    const supervisor = started(it, { name: "Dyn" });
    const start = function startLink() {
      return spawnLink(idle);
    };
    const child = startChild(it, supervisor, { id: "W", start });
    kill(it, child, "boom");
    expect(text(it)).toEqual([
      `[error] Child undefined of Supervisor Dyn terminated
** (exit) "boom"
Pid: ${child}
Start Call: startLink()
Restart: "permanent"
Shutdown: 5000
Type: "worker"`,
    ]);
  });

  test("tell each attempt that fails, and the end", () => {
    const it = tester();
    const supervisor = started(it, { maxRestarts: 2 });
    kill(it, startChild(it, supervisor, sleepy({ start: once(() => it.runtime.exit("nope")) })), "boom");
    const name = `Supervisor ${supervisor} (Supervisor.Default)`;
    expect(text(it).map((each) => each.split("\n").slice(0, 3))).toEqual([
      [`[error] Child undefined of ${name} terminated`, `** (exit) "boom"`, expect.stringMatching(/^Pid: /)],
      [`[error] Child undefined of ${name} failed to start`, `** (exit) "nope"`, "Start Call: start()"],
      [`[error] Child undefined of ${name} failed to start`, `** (exit) "nope"`, "Start Call: start()"],
      [
        `[error] Child undefined of ${name} caused shutdown`,
        `** (exit) "reached_max_restart_intensity"`,
        "Start Call: start()",
      ],
    ]);
  });

  test("tell what a temporary child ended of", () => {
    const it = tester();
    const supervisor = started(it);
    kill(it, startChild(it, supervisor, sleepy({ restart: "temporary" })), ["a", 1]);
    kill(it, startChild(it, supervisor, sleepy({ restart: "temporary" })), "shutdown");
    expect(text(it).map((each) => each.split("\n").slice(0, 2))).toEqual([
      [`[error] Child undefined of Supervisor ${supervisor} (Supervisor.Default) terminated`, `** (exit) ["a", 1]`],
    ]);
  });

  test("name an unexpected message", () => {
    const it = tester();
    const supervisor = started(it);
    it.runtime.send(supervisor, "hello");
    GenServer.cast(supervisor, "cast", { as: it.runtime });
    it.runtime.run();
    expect(text(it)).toEqual([`[error] DynamicSupervisor received unexpected message: "hello"`]);
  });

  test("of its own end show its flags and how many children there are", () => {
    const it = tester();
    const supervisor = started(it, { maxChildren: 7 });
    startChild(it, supervisor, sleepy());
    it.perform(() => DynamicSupervisor.stop(supervisor, "boom"));
    expect(text(it)).toEqual([
      expect.stringContaining(`[error] GenServer ${supervisor} terminating\n** (stop) "boom"`),
    ]);
    expect(it.reports).toMatchObject([
      { state: { strategy: "one_for_one", maxRestarts: 3, maxChildren: 7, active: 1 } },
    ]);
  });

  test("tell starts when they are asked to", () => {
    const it = tester();
    const supervisor = started(it, { progress: true });
    const child = startChild(it, supervisor, sleepy());
    expect(it.reports).toMatchObject([{ kind: "progress", level: "info", child }]);
  });
});

describe("start functions that don't behave", () => {
  test("one that never returns holds up its supervisor, which can still be killed", () => {
    const it = tester();
    const supervisor = started(it);
    const child = startChild(it, supervisor, sleepy());
    let outcome: unknown;
    it.runtime.spawn(function* () {
      try {
        yield* DynamicSupervisor.startChild(supervisor, {
          id: 1,
          start: () => it.runtime.sleep(Number.POSITIVE_INFINITY) as never,
        });
      } catch (error) {
        outcome = (error as ExitError).reason;
      }
    });
    it.pass(1_000_000);
    expect(outcome).toBeUndefined();
    expect(reasonsOf(it, [child], () => it.runtime.exit(supervisor, "kill"))).toEqual(["killed"]);
    expect(outcome).toBe("killed");
    expect(it.runtime.processes()).toHaveLength(2);
  });

  test("one that gives a dead process gives a child that ends at once", () => {
    const it = tester();
    const supervisor = started(it);
    let starts = 0;
    const start = () => {
      starts++;
      const pid = spawnLink(idle);
      it.runtime.exit(pid, "kill");
      return pid;
    };
    startChild(it, supervisor, sleepy({ start }));
    expect(starts).toBe(4);
    expect(it.runtime.isAlive(supervisor)).toBe(false);
  });

  test("one that links nobody gives a child whose end nobody sees", () => {
    const it = tester();
    const supervisor = started(it);
    const [one, two] = [1, 2].map(() => startChild(it, supervisor, sleepy({ start: () => spawn(idle) }))) as [
      AnyPid,
      AnyPid,
    ];
    kill(it, one, "boom");
    expect(list(it, supervisor).map(([, child]) => child)).toEqual([one, two]);
    expect(it.perform(() => DynamicSupervisor.terminateChild(supervisor, one))).toBe("ok");
    expect(it.reports).toMatchObject([{ context: "shutdown_error", reason: "noproc" }]);
    expect(reasonsOf(it, [two], () => it.perform(() => DynamicSupervisor.stop(supervisor)))).toEqual(["shutdown"]);
  });
});

test("a supervisor that is flooded ends its children all the same", () => {
  const it = tester();
  const supervisor = started(it);
  const children = [sleepy(), sleepy({ start: () => spawnLink(deaf), shutdown: 5 })].map((spec) =>
    startChild(it, supervisor, spec),
  );
  const reasons = reasonsOf(it, children, () => {
    it.perform(function* (self) {
      self.exit(supervisor, "shutdown");
      for (let i = 0; i < 100_000; i++) self.send(supervisor, ["flood", i]);
    });
    it.pass(5);
  });
  expect(reasons).toEqual(["shutdown", "killed"]);
  expect(it.runtime.isAlive(supervisor)).toBe(false);
});
