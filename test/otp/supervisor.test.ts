import { describe, expect, test } from "vitest";
import {
  type ChildSpec,
  createRuntime,
  current,
  ExitError,
  formatReport,
  GenServer,
  ignore,
  type Pid,
  type Report,
  type Runtime,
  type Self,
  Supervisor,
  type SupervisorOptions,
  type SupervisorReport,
  stop,
  sys,
} from "../../src/index.ts";
import { idle, type OwnRuntime, ownRuntime, settle, thrown, trapping } from "../semantics/support/own-runtime.ts";
import { exitOf, briefly as inside } from "./support/inside.ts";

/** Ends on `["end", reason]`. What it does when its supervisor ends it, `terminate` says. */
const Worker = GenServer.define({
  name: "Worker",
  init: (trap = false) => {
    if (trap) (current() as Self).trapExit = true;
    return "idle";
  },
  casts: { end: (_, reason: unknown) => stop(reason) },
});

/** A child whose process has its id as a name. */
function worker(id: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return { id, start: () => Worker.startLink(false, { name: id }), ...more };
}

/** What one test works with: children log their starts and ends under their ids. */
class Rig {
  readonly own: OwnRuntime = ownRuntime();
  readonly runtime: Runtime = this.own.runtime;
  readonly log: string[] = [];
  readonly reasons: unknown[] = [];
  sup!: Pid<any>;

  /** Its outcomes, by the number of the start: a process, or what it throws or gives instead. */
  child(id: string, more: Partial<ChildSpec> = {}, ...outcomes: unknown[]): ChildSpec {
    let starts = 0;
    const { log } = this;
    return {
      id,
      start: function* (): Generator<any, any, any> {
        const outcome = outcomes[Math.min(starts++, outcomes.length - 1)];
        if (outcome instanceof Error) throw outcome;
        if (outcome !== undefined && outcome !== "ok") return outcome;
        log.push(`+${id}`);
        const body = {
          init: () => {
            (current() as Self).trapExit = true;
            return id;
          },
          handleCast: (reason: unknown) => stop(reason),
          handleInfo: (_: unknown, state: string) => state,
          terminate: () => log.push(`-${id}`),
        };
        return yield* GenServer.startLink(body, [], { name: id });
      },
      ...more,
    };
  }

  start(children: readonly ChildSpec[], options: Partial<SupervisorOptions> = {}): this {
    this.sup = inside(this.runtime, function* (self) {
      self.trapExit = true;
      const sup = yield* Supervisor.startLink(children, { strategy: "one_for_one", name: "sup", ...options });
      self.unlink(sup);
      return sup;
    });
    return this;
  }

  /** Has a child end. */
  end(id: string, reason: unknown): this {
    GenServer.cast(id, reason, { as: this.runtime });
    this.runtime.run();
    return this;
  }

  /** What was logged since the last call. */
  seen(): string {
    return this.log.splice(0).join(" ");
  }

  ask<T>(steps: () => Generator<any, T, any>): T {
    return inside(this.runtime, steps);
  }

  get children(): Record<string, unknown> {
    const { sup } = this;
    return this.ask(function* () {
      const rows = yield* Supervisor.whichChildren(sup);
      return Object.fromEntries(rows.map(([id, child]) => [String(id), typeof child === "object" ? "pid" : child]));
    });
  }

  get isAlive(): boolean {
    return this.runtime.isAlive(this.sup);
  }

  get reports(): SupervisorReport[] {
    return this.own.reports.filter(({ kind }) => kind === "supervisor" || kind === "progress") as SupervisorReport[];
  }
}

const textOf = (report: Report) => formatReport(report).replace(/^\S+ /, "");
const reasonOf = (error: unknown) => (error as ExitError).reason;

describe("a supervisor starts", () => {
  test("its children in order, and ends them in reverse order", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), rig.child("b"), rig.child("c")]);
    expect(rig.seen()).toBe("+a +b +c");
    inside(rig.runtime, () => Supervisor.stop("sup"));
    expect(rig.seen()).toBe("-c -b -a");
    expect(rig.isAlive).toBe(false);
    expect(rig.reports).toEqual([]);
  });

  test("with children that are modules, modules with arguments, and specs", () => {
    const rig = new Rig();
    rig.sup = inside(rig.runtime, function* (self) {
      self.trapExit = true;
      const children = [Worker, [Worker, true, { id: "other" }], Worker.child(false, { id: "third" })] as const;
      const sup = yield* Supervisor.startLink(children, { strategy: "one_for_one" });
      self.unlink(sup);
      return sup;
    });
    expect(rig.children).toEqual({ Worker: "pid", other: "pid", third: "pid" });
  });

  test("under a name, once", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self) {
      const sup = yield* Supervisor.startLink([], { strategy: "one_for_one", name: "sup" });
      expect(runtime.whereis("sup")).toBe(sup);
      expect(yield* Supervisor.whichChildren("sup")).toEqual([]);
      const again: unknown = yield* exitOf(Supervisor.startLink([], { strategy: "one_for_one", name: "sup" }));
      expect(reasonOf(again)).toEqual(["already_started", sup]);
      self.unlink(sup);
    });
  });

  test("by a name that a module keeps", () => {
    const { runtime } = ownRuntime();
    const names = new Map<unknown, Pid<any>>();
    const module = {
      registerName: (key: unknown, pid: Pid<any>) => !names.has(key) && names.set(key, pid) === names,
      unregisterName: (key: unknown) => names.delete(key),
      whereisName: (key: unknown) => names.get(key),
    };
    inside(runtime, function* (self) {
      const name = ["via", module, 7] as const;
      self.unlink(yield* Supervisor.startLink([], { strategy: "one_for_one", name }));
      expect(yield* Supervisor.countChildren(name)).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 });
    });
  });

  test("not, when a child fails: those that had started end in reverse order", () => {
    const rig = new Rig();
    const children = [rig.child("a"), rig.child("b"), rig.child("c", {}, new Error("oops")), rig.child("d")];
    const error: unknown = inside(rig.runtime, function* (self) {
      self.trapExit = true;
      return yield* exitOf(Supervisor.startLink(children, { strategy: "one_for_one" }));
    });
    expect(error).toBeInstanceOf(ExitError);
    expect(reasonOf(error)).toEqual(["shutdown", ["failed_to_start_child", "c", ["EXIT", new Error("oops")]]]);
    expect(rig.seen()).toBe("+a +b -b -a");
    expect(rig.runtime.processes()).toHaveLength(1);
  });

  test("and a parent that does not trap exits ends with it when it fails", () => {
    const rig = new Rig();
    const parent = rig.runtime.spawn(function* () {
      yield* exitOf(Supervisor.startLink([rig.child("a", {}, stopped)], { strategy: "one_for_one" }));
      rig.log.push("went on");
    });
    rig.runtime.run();
    expect(rig.runtime.isAlive(parent)).toBe(false);
    expect(rig.seen()).toBe("");
  });

  test("without a child that is ignored: its spec stays unless it is temporary", () => {
    const rig = new Rig();
    rig.start([rig.child("a", {}, "ignore"), rig.child("b", { restart: "temporary" }, "ignore"), rig.child("c")]);
    expect(rig.children).toEqual({ c: "pid", a: undefined });
    expect(rig.ask(() => Supervisor.countChildren("sup")[Symbol.iterator]() as never)).toEqual({
      specs: 2,
      active: 1,
      supervisors: 0,
      workers: 2,
    });
  });

  test("not, when its init ignores, fails, or gives something else", () => {
    const { runtime } = ownRuntime();
    const outcome = (init: () => any) =>
      inside(runtime, function* (self): Generator<any, unknown, any> {
        self.trapExit = true;
        const given: unknown = yield* exitOf(Supervisor.startLink({ name: "Tree", init }, []));
        return given instanceof ExitError ? given.reason : given;
      });
    const error = new Error("oops");
    expect(outcome(() => ignore())).toBe("ignore");
    expect(outcome(() => "nonsense")).toEqual(["bad_return", ["Tree", "init", "nonsense"]]);
    expect(outcome(() => [])).toEqual(["bad_return", ["Tree", "init", []]]);
    expect(
      outcome(() => {
        throw error;
      }),
    ).toBe(error);
    expect(outcome(() => Supervisor.init([{ id: 1 } as never], { strategy: "one_for_one" }))).toBeInstanceOf(TypeError);
  });

  test("from the host's code and from async bodies", async () => {
    await using runtime = createRuntime({ logger: () => {} });
    const sup = await Supervisor.startLink([worker("a")], { strategy: "one_for_one", as: runtime });
    expect(runtime.processInfo(runtime.self(), "links")).toContain(sup);
    expect(await Supervisor.countChildren(sup)).toMatchObject({ active: 1 });
    await runtime.run(async (self: Self) => {
      const own = await Supervisor.startLink([worker("b")], { strategy: "one_for_one", as: self });
      expect(await Supervisor.startChild(own, worker("c"))).toBe(runtime.whereis("c"));
      await Supervisor.stop(own);
    });
    expect(runtime.whereis("b")).toBeUndefined();
  });

  test("within a time: a start function that never returns ends with it", () => {
    const { runtime, pass } = ownRuntime();
    let reason: unknown;
    runtime.spawn(function* (self: Self): Generator<any, void, any> {
      self.trapExit = true;
      const never = { id: "never", start: () => new Promise<never>(() => {}) };
      reason = reasonOf(
        yield* exitOf(Supervisor.startLink([worker("a"), never], { strategy: "one_for_one", timeout: 100 })),
      );
    });
    runtime.run();
    expect(runtime.whereis("a")).toBeDefined();
    pass(100);
    expect(reason).toBe("timeout");
    expect(runtime.processes()).toHaveLength(1);
  });
});

/** A start that fails with a reason. */
const stopped = new ExitError("nope");

describe("a start function may", () => {
  /** What `startChild` gives for a start function, or the reason it fails with. */
  function outcomeOf(start: ChildSpec["start"]): unknown {
    const { runtime } = ownRuntime();
    return inside(runtime, function* (self): Generator<any, unknown, any> {
      const sup = yield* Supervisor.startLink([], { strategy: "one_for_one" });
      self.unlink(sup);
      const given: unknown = yield* exitOf(Supervisor.startChild(sup, { id: "w", start }));
      const { specs } = yield* Supervisor.countChildren(sup);
      expect(specs).toBe(given instanceof ExitError ? 0 : 1);
      if (given instanceof ExitError) return given.reason;
      return given !== undefined && runtime.isAlive(given as Pid) ? "pid" : given;
    });
  }

  const linked = () => (current() as Self).spawnLink(idle);

  test("give a pid, an operation, a generator", () => {
    expect(outcomeOf(linked)).toBe("pid");
    expect(outcomeOf(() => Worker.startLink())).toBe("pid");
    expect(
      outcomeOf(function* () {
        return yield* Worker.startLink();
      }),
    ).toBe("pid");
  });

  test("be async", async () => {
    const { runtime } = ownRuntime();
    let pid: unknown;
    runtime.spawn(function* (self: Self): Generator<any, void, any> {
      const start = async () => {
        const started = linked();
        await null;
        return started;
      };
      self.unlink(yield* Supervisor.startLink([{ id: "w", start }], { strategy: "one_for_one", name: "sup" }));
      pid = (yield* Supervisor.whichChildren("sup"))[0]?.[1];
    });
    await settle(runtime);
    expect(runtime.isAlive(pid as Pid)).toBe(true);
    let failure: unknown;
    runtime.spawn(function* (): Generator<any, void, any> {
      const start = () => Promise.reject(new Error("oops"));
      failure = reasonOf(yield* exitOf(Supervisor.startChild("sup", { id: "late", start })));
    });
    await settle(runtime);
    expect(failure).toEqual(["EXIT", new Error("oops")]);
  });

  test("add information for who asked", () => {
    const { runtime } = ownRuntime();
    const given = inside(runtime, function* (self) {
      self.unlink(yield* Supervisor.startLink([], { strategy: "one_for_one", name: "sup" }));
      return yield* Supervisor.startChild("sup", { id: "w", start: () => [linked(), "info"] as const });
    });
    expect(given).toEqual([expect.anything(), "info"]);
  });

  test("fail: the reason is that of the failed start, or what it threw", () => {
    const oops = new Error("oops");
    expect(outcomeOf(() => GenServer.startLink({ init: () => stop("nope") }, []))).toBe("nope");
    expect(outcomeOf(() => (current() as Self).exit("bad"))).toEqual(["EXIT", "bad"]);
    expect(
      outcomeOf(() => {
        throw oops;
      }),
    ).toEqual(["EXIT", oops]);
  });

  test("give no pid: that is a failure that says so", () => {
    const { runtime: other } = ownRuntime();
    for (const nothing of [undefined, null, "pid", 7, ["x", 1], {}, other.self(), [other.self(), 1]]) {
      const reason = outcomeOf(() => nothing as never);
      expect(reason).toBeInstanceOf(TypeError);
      expect((reason as Error).message).toMatch(
        /^Supervisor: expected a pid or "ignore" from start of child "w", got /,
      );
    }
    expect(outcomeOf(() => "ignore")).toBeUndefined();
  });

  test("give a pid that it did not link: its end is not noticed, but it is ended", () => {
    const rig = new Rig();
    rig.start([{ id: "w", start: () => rig.runtime.spawnOpt(trapping, { name: "w" }), shutdown: 10 }]);
    const pid = rig.runtime.whereis("w") as Pid;
    rig.runtime.spawn(() => Supervisor.stop("sup"));
    rig.runtime.run();
    expect(rig.isAlive).toBe(true);
    rig.own.pass(10);
    expect([rig.isAlive, rig.runtime.isAlive(pid)]).toEqual([false, false]);
  });
});

describe("bad input", () => {
  const flags: [options: unknown, message: string][] = [
    [{}, "Supervisor: expected a strategy, got undefined"],
    [{ strategy: "all" }, 'as strategy, got "all"'],
    [{ strategy: "one_for_one", maxRestarts: -1 }, "expected a whole number as maxRestarts, got -1"],
    [{ strategy: "one_for_one", maxRestarts: 0.5 }, "expected a whole number as maxRestarts, got 0.5"],
    [{ strategy: "one_for_one", maxSeconds: 0 }, "expected a number above 0 as maxSeconds, got 0"],
    [{ strategy: "one_for_one", autoShutdown: "always" }, 'as autoShutdown, got "always"'],
    [undefined, "expected options, got undefined"],
  ];
  for (const [options, message] of flags) {
    test(`as an option is named: ${message}`, () => {
      const error = thrown(() => Supervisor.init([], options as SupervisorOptions));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain(message);
    });
  }

  test("of other kinds says what is expected", () => {
    expect(() => Supervisor.startLink("x" as never, {} as never)).toThrow("expected an array of children, or a module");
    expect(() => Supervisor.startLink({ init: () => ignore() }, 7 as never)).toThrow("an array of init's arguments");
    expect(() => Supervisor.define({} as never)).toThrow(
      "Supervisor.define: expected a function as init, got undefined",
    );
    expect(() => Supervisor.whichChildren(7 as never)).toThrow(TypeError);
    expect(() => Supervisor.childSpec(worker("a"), { restarts: 1 } as never)).toThrow('to override, got "restarts"');
    const name = 7 as never;
    expect(() => Supervisor.startLink([], { strategy: "one_for_one", name })).toThrow(/as name, got 7/);
  });

  test("that only shows together fails the start as OTP says", () => {
    const { runtime } = ownRuntime();
    const reasonFor = (children: ChildSpec[], more: Partial<SupervisorOptions> = {}) =>
      inside(runtime, function* (self): Generator<any, unknown, any> {
        self.trapExit = true;
        return reasonOf(yield* exitOf(Supervisor.startLink(children, { strategy: "one_for_one", ...more })));
      });
    const significant = worker("s", { significant: true });
    expect(reasonFor([worker("a"), worker("b"), worker("a")])).toEqual(["start_spec", ["duplicate_child_name", "a"]]);
    expect(reasonFor([{ ...significant, restart: "transient" }])).toEqual([
      "start_spec",
      [
        "bad_combination",
        [
          ["auto_shutdown", "never"],
          ["significant", true],
        ],
      ],
    ]);
    expect(reasonFor([significant], { autoShutdown: "any_significant" })).toEqual([
      "start_spec",
      [
        "bad_combination",
        [
          ["restart", "permanent"],
          ["significant", true],
        ],
      ],
    ]);
    expect(reasonFor([], { strategy: "simple_one_for_one" })).toEqual(["bad_start_spec", []]);
    expect(runtime.registered()).toEqual([]);
  });
});

describe("a child that ends is started again", () => {
  const outcomes: [restart: ChildSpec["restart"], reason: unknown, expected: "restarted" | "kept" | "forgotten"][] = [];
  for (const reason of ["normal", "shutdown", ["shutdown", "why"], "boom"]) {
    outcomes.push(["permanent", reason, "restarted"]);
    outcomes.push(["transient", reason, reason === "boom" ? "restarted" : "kept"]);
    outcomes.push(["temporary", reason, "forgotten"]);
  }
  for (const [restart, reason, expected] of outcomes) {
    test(`${restart}, of ${JSON.stringify(reason)}: it is ${expected}`, () => {
      const rig = new Rig();
      rig.start([worker("a", { restart: restart as never }), worker("b")]);
      const [a, b] = [rig.runtime.whereis("a"), rig.runtime.whereis("b")];
      GenServer.cast("a", ["end", reason], { as: rig.runtime });
      rig.runtime.run();
      const now = rig.runtime.whereis("a");
      const children = { restarted: { b: "pid", a: "pid" }, kept: { b: "pid", a: undefined }, forgotten: { b: "pid" } };
      expect(rig.children).toEqual(children[expected]);
      expect(now !== undefined && now !== a).toBe(expected === "restarted");
      expect(rig.runtime.whereis("b")).toBe(b);
    });
  }

  test("one_for_one: it alone", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), rig.child("b"), rig.child("c")]).seen();
    expect(rig.end("b", "boom").seen()).toBe("-b +b");
  });

  test("one_for_all: all of them, ended in reverse order and started in order", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), rig.child("b"), rig.child("c")], { strategy: "one_for_all" }).seen();
    expect(rig.end("b", "boom").seen()).toBe("-b -c -a +a +b +c");
    expect(rig.children).toEqual({ c: "pid", b: "pid", a: "pid" });
  });

  test("rest_for_one: it and those after it", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), rig.child("b"), rig.child("c")], { strategy: "rest_for_one" }).seen();
    expect(rig.end("b", "boom").seen()).toBe("-b -c +b +c");
    expect(rig.end("c", "boom").seen()).toBe("-c +c");
  });

  test("temporary bystanders are ended and forgotten", () => {
    for (const strategy of ["one_for_all", "rest_for_one"] as const) {
      const rig = new Rig();
      rig.start([rig.child("a"), rig.child("b", { restart: "temporary" }), rig.child("c")], { strategy }).seen();
      expect(rig.end("a", "boom").seen()).toBe("-a -c -b +a +c");
      expect(rig.children).toEqual({ c: "pid", a: "pid" });
    }
  });

  test("with the same arguments, and its name is free again", () => {
    const rig = new Rig();
    rig.start([worker("a")]);
    rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
    rig.runtime.run();
    expect(rig.runtime.registered().sort()).toEqual(["a", "sup"]);
  });

  test("a signal of somebody else, or an EXIT of no child, changes nothing", () => {
    const rig = new Rig();
    rig.start([worker("a")]);
    rig.runtime.exit(rig.sup, "boom");
    rig.runtime.send(rig.sup, ["EXIT", rig.sup, "boom"]);
    rig.runtime.run();
    expect([rig.isAlive, rig.children, rig.reports]).toEqual([true, { a: "pid" }, []]);
  });
});

describe("restarts", () => {
  test("more than maxRestarts in maxSeconds end the supervisor", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), rig.child("b")], { maxRestarts: 2 });
    rig.end("a", "boom").end("b", "boom");
    expect(rig.isAlive).toBe(true);
    rig.seen();
    expect(rig.end("a", "boom").seen()).toBe("-a -b");
    expect(rig.isAlive).toBe(false);
    expect(rig.runtime.registered()).toEqual([]);
  });

  test("older ones are forgotten", () => {
    const rig = new Rig();
    rig.start([worker("a")], { maxRestarts: 1, maxSeconds: 2 });
    const kill = () => {
      rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
      rig.runtime.run();
      return rig.isAlive;
    };
    for (let round = 0; round < 5; round++) {
      expect(kill()).toBe(true);
      rig.own.pass(2001);
    }
    expect(kill()).toBe(true);
    rig.own.pass(1999);
    expect(kill()).toBe(false);
  });

  test("by default three in five seconds are none too many", () => {
    const rig = new Rig();
    rig.start([worker("a")]);
    for (let round = 0; round < 3; round++) {
      rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
      rig.runtime.run();
    }
    expect(rig.isAlive).toBe(true);
    rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
    rig.runtime.run();
    expect(rig.isAlive).toBe(false);
  });

  test("with none allowed the first one ends the supervisor, with reason shutdown", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self): Generator<any, void, any> {
      self.trapExit = true;
      const sup = yield* Supervisor.startLink([worker("a")], { strategy: "one_for_one", maxRestarts: 0 });
      GenServer.cast("a", ["end", "normal"]);
      expect(yield* self.receive()).toEqual(["EXIT", sup, "shutdown"]);
    });
  });

  test("that fail are tried again, and count", () => {
    const rig = new Rig();
    rig.start([rig.child("a", {}, "ok", new Error("one"), new Error("two"), "ok")], { maxRestarts: 3 }).seen();
    expect(rig.end("a", "boom").seen()).toBe("-a +a");
    const failing = new Rig();
    failing.start([failing.child("a", {}, "ok", new Error("ever"))], { maxRestarts: 3 });
    failing.end("a", "boom");
    expect(failing.isAlive).toBe(false);
    expect(failing.reports.map(({ context }) => context)).toEqual([
      "child_terminated",
      "start_error",
      "start_error",
      "start_error",
      "shutdown",
    ]);
  });

  test("of a group begin anew when one of them fails", () => {
    const rig = new Rig();
    const children = [rig.child("a"), rig.child("b", {}, "ok", new Error("once"), "ok"), rig.child("c")];
    rig.start(children, { strategy: "one_for_all" }).seen();
    expect(rig.end("c", "boom").seen()).toBe("-c -b -a +a -a +a +b +c");
    const rest = new Rig();
    const others = [rest.child("a"), rest.child("b"), rest.child("c", {}, "ok", new Error("once"), "ok")];
    rest.start(others, { strategy: "rest_for_one" }).seen();
    expect(rest.end("b", "boom").seen()).toBe("-b -c +b +c");
  });

  test("that never succeed leave the supervisor able to answer, and can be called off", () => {
    const rig = new Rig();
    // Asked for before the supervisor tells itself to try again.
    const fails = () => {
      rig.runtime.spawn(function* () {
        const rows = yield* Supervisor.whichChildren("sup");
        rig.log.push(`${rows[0]?.[1]}`);
        rig.log.push(`${reasonOf(yield* exitOf(Supervisor.restartChild("sup", "a")))}`);
        rig.log.push(`${reasonOf(yield* exitOf(Supervisor.deleteChild("sup", "a")))}`);
        yield* Supervisor.terminateChild("sup", "a");
        yield* Supervisor.deleteChild("sup", "a");
      });
      throw new Error("ever");
    };
    let started = false;
    const start = () => {
      if (started) return fails();
      started = true;
      return Worker.startLink(false, { name: "a" });
    };
    rig.start([{ id: "a", start }], { maxRestarts: 1_000_000 });
    rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
    rig.runtime.run();
    expect(rig.children).toEqual({});
    expect(rig.log.slice(0, 3)).toEqual(["restarting", "restarting", "restarting"]);
  });

  test("escalate: a supervisor that gives up is restarted by its own", () => {
    const rig = new Rig();
    const inner = Supervisor.child([rig.child("a"), rig.child("b")], {
      strategy: "one_for_one",
      maxRestarts: 0,
      id: "in",
    });
    rig.start([inner, rig.child("c")]).seen();
    expect(rig.end("a", "boom").seen()).toBe("-a -b +a +b");
    expect(rig.isAlive).toBe(true);
  });
});

describe("a supervisor ends a child", () => {
  test("by shutdown, and kills it after its time", () => {
    const rig = new Rig();
    const slow = (id: string, shutdown: number): ChildSpec => {
      return { id, shutdown, start: () => rig.runtime.spawnOpt(trapping, { link: true, name: id }) };
    };
    rig.start([slow("a", 50), slow("b", 100), worker("c", { shutdown: 100 })]);
    rig.runtime.spawn(() => Supervisor.stop("sup"));
    const alive = () => rig.runtime.registered().sort().join("");
    rig.runtime.run();
    expect(alive()).toBe("absup");
    rig.own.pass(99);
    expect(alive()).toBe("absup");
    rig.own.pass(1);
    expect(alive()).toBe("asup");
    rig.own.pass(50);
    expect(alive()).toBe("");
    expect(rig.reports.map(({ context, reason, spec }) => [context, reason, spec.id])).toEqual([
      ["shutdown_error", "killed", "b"],
      ["shutdown_error", "killed", "a"],
    ]);
  });

  test("with brutalKill at once, even one that traps exits", () => {
    for (const shutdown of ["brutalKill", "brutal_kill"] as const) {
      const rig = new Rig();
      rig.start([rig.child("a", { shutdown })]).seen();
      inside(rig.runtime, () => Supervisor.terminateChild("sup", "a"));
      expect([rig.seen(), rig.reports, rig.children]).toEqual(["", [], { a: undefined }]);
    }
  });

  test("with Infinity for as long as it takes", () => {
    for (const shutdown of [Number.POSITIVE_INFINITY, "infinity"] as const) {
      const rig = new Rig();
      rig.start([{ id: "a", shutdown, start: () => rig.runtime.spawnOpt(trapping, { link: true, name: "a" }) }]);
      rig.runtime.spawn(() => Supervisor.stop("sup"));
      rig.own.pass(1e9);
      expect(rig.isAlive).toBe(true);
      rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
      rig.runtime.run();
      expect(rig.isAlive).toBe(false);
    }
  });

  test("that has removed its link", () => {
    const rig = new Rig();
    function* unlinked(self: Self<unknown>) {
      self.unlink(rig.sup);
      yield* idle(self);
    }
    rig.start([]);
    inside(rig.runtime, () =>
      Supervisor.startChild("sup", { id: "a", start: () => rig.runtime.spawnOpt(unlinked, { link: true, name: "a" }) }),
    );
    expect(rig.runtime.processInfo(rig.sup, "links")).toEqual([]);
    inside(rig.runtime, () => Supervisor.terminateChild("sup", "a"));
    expect([rig.runtime.whereis("a"), rig.children, rig.reports]).toEqual([undefined, { a: undefined }, []]);
  });

  test("that is dead already, whose reason it still learns", () => {
    const rig = new Rig();
    rig.start([worker("a"), worker("b")], { strategy: "one_for_all" });
    for (const id of ["a", "b"]) GenServer.cast(id, ["end", `boom ${id}`], { as: rig.runtime });
    rig.runtime.run();
    expect(rig.children).toEqual({ b: "pid", a: "pid" });
    expect(rig.reports.map(({ context, reason }) => [context, reason])).toEqual([
      ["child_terminated", "boom a"],
      ["shutdown_error", "boom b"],
    ]);
  });

  test("also when it was killed itself: its children end over their links", () => {
    const rig = new Rig();
    const nested = Supervisor.child([worker("b"), worker("c")], { strategy: "one_for_one", id: "nested" });
    rig.start([worker("a"), nested]);
    rig.runtime.exit(rig.sup, "kill");
    rig.runtime.run();
    expect(rig.runtime.registered()).toEqual([]);
    expect(rig.runtime.processes()).toHaveLength(1);
  });

  test("when its parent ends, with the parent's reason", () => {
    const { runtime, reports } = ownRuntime();
    let sup: Pid<any> | undefined;
    const parent = runtime.spawn(function* (self: Self): Generator<any, void, any> {
      sup = yield* Supervisor.startLink([worker("a")], { strategy: "one_for_one" });
      yield* idle(self);
    });
    runtime.run();
    const ref = runtime.monitor(sup as Pid<any>);
    runtime.exit(parent, "boom");
    runtime.run();
    expect(reports.map(textOf)).toEqual([
      `[error] GenServer ${sup} terminating\n** (stop) "boom"\nLast message: ["EXIT", ${parent}, "boom"]\n` +
        'State: {strategy: "one_for_one", maxRestarts: 3, maxSeconds: 5, autoShutdown: "never", progress: false, ' +
        "specs: 1, active: 0, supervisors: 0, workers: 1}",
    ]);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual([["DOWN", ref, "process", sup, "boom"]]);
    expect(runtime.registered()).toEqual([]);
  });

  test("whose terminate throws, and goes on with the others", () => {
    const rig = new Rig();
    const Bad = {
      init: () => {
        (current() as Self).trapExit = true;
        return 0;
      },
      terminate: () => {
        throw new Error("in terminate");
      },
    };
    rig.start([worker("a"), { id: "bad", start: () => GenServer.startLink(Bad, []) }, worker("c")]);
    inside(rig.runtime, () => Supervisor.stop("sup"));
    expect(rig.runtime.processes()).toHaveLength(1);
    expect(rig.reports.map(({ context, reason }) => [context, reason])).toEqual([
      ["shutdown_error", new Error("in terminate")],
    ]);
  });
});

describe("children are administered", () => {
  test("from their start to their end", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self): Generator<any, void, any> {
      const sup = yield* Supervisor.startLink([], { strategy: "one_for_one" });
      self.unlink(sup);
      expect(yield* Supervisor.whichChildren(sup)).toEqual([]);
      const spec = worker("a", { modules: [Worker] });
      const pid = yield* Supervisor.startChild(sup, spec);
      expect(yield* Supervisor.whichChildren(sup)).toEqual([["a", pid, "worker", [Worker]]]);
      expect(yield* Supervisor.countChildren(sup)).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
      const refusals = function* (...expected: unknown[]): Generator<any, void, any> {
        const asked = [
          Supervisor.startChild(sup, spec),
          Supervisor.restartChild(sup, "a"),
          Supervisor.deleteChild(sup, "a"),
        ];
        for (const [i, each] of asked.entries())
          if (expected[i] !== undefined) expect(reasonOf(yield* exitOf(each))).toEqual(expected[i]);
      };
      yield* refusals(["already_started", pid], "running", "running");
      expect(yield* Supervisor.terminateChild(sup, "a")).toBe("ok");
      expect(yield* Supervisor.terminateChild(sup, "a")).toBe("ok");
      expect(yield* Supervisor.whichChildren(sup)).toEqual([["a", undefined, "worker", [Worker]]]);
      expect(yield* Supervisor.countChildren(sup)).toMatchObject({ specs: 1, active: 0 });
      yield* refusals("already_present");
      const again = yield* Supervisor.restartChild(sup, "a");
      expect([runtime.whereis("a"), again === pid]).toEqual([again, false]);
      yield* Supervisor.terminateChild(sup, "a");
      expect(yield* Supervisor.deleteChild(sup, "a")).toBe("ok");
      yield* refusals(undefined, "not_found", "not_found");
      expect(reasonOf(yield* exitOf(Supervisor.terminateChild(sup, "a")))).toBe("not_found");
      expect(reasonOf(yield* exitOf(Supervisor.getChildSpec(sup, "a")))).toBe("not_found");
    });
  });

  test("their specs can be read, with the defaults", () => {
    const rig = new Rig();
    const nested = Supervisor.child([], { strategy: "one_for_one", id: "nested" });
    rig.start([worker("a"), worker("b", { shutdown: "brutalKill", restart: "transient" }), nested]);
    const specOf = (id: string) => inside(rig.runtime, () => Supervisor.getChildSpec("sup", id));
    expect(specOf("a")).toMatchObject({ restart: "permanent", shutdown: 5000, type: "worker", significant: false });
    expect(specOf("b")).toMatchObject({ restart: "transient", shutdown: "brutal_kill" });
    expect(specOf("nested")).toMatchObject({ shutdown: Number.POSITIVE_INFINITY, type: "supervisor" });
  });

  test("the youngest is shown first, and a deleted one started again is the youngest", () => {
    const rig = new Rig();
    rig.start([worker("a"), worker("b")]);
    inside(rig.runtime, function* () {
      yield* Supervisor.startChild("sup", worker("c"));
      yield* Supervisor.terminateChild("sup", "a");
      yield* Supervisor.deleteChild("sup", "a");
      yield* Supervisor.startChild("sup", worker("a"));
    });
    expect(Object.keys(rig.children)).toEqual(["a", "c", "b"]);
  });

  test("a temporary one that is terminated is forgotten", () => {
    const rig = new Rig();
    rig.start([worker("a", { restart: "temporary" })]);
    inside(rig.runtime, () => Supervisor.terminateChild("sup", "a"));
    expect(rig.children).toEqual({});
  });

  test("supervisors and workers are counted", () => {
    const rig = new Rig();
    rig.start([worker("a"), Supervisor.child([worker("b")], { strategy: "one_for_one", id: "s" })]);
    rig.runtime.run();
    expect(inside(rig.runtime, () => Supervisor.countChildren("sup"))).toEqual({
      specs: 2,
      active: 2,
      supervisors: 1,
      workers: 1,
    });
  });

  test("one that is asked of a supervisor that is not there fails as a call", () => {
    const { runtime } = ownRuntime();
    const error = inside(runtime, () => exitOf(Supervisor.whichChildren("nobody"))) as ExitError;
    expect([error.reason, error.call?.slice(0, 2)]).toEqual(["noproc", ["Supervisor.whichChildren", "nobody"]]);
  });

  test("a start that fails leaves no spec", () => {
    const rig = new Rig();
    rig.start([]);
    const error = inside(rig.runtime, () =>
      exitOf(Supervisor.startChild("sup", rig.child("a", {}, new Error("oops")))),
    );
    expect(reasonOf(error)).toEqual(["EXIT", new Error("oops")]);
    expect(rig.children).toEqual({});
  });
});

describe("autoShutdown", () => {
  const significant = (rig: Rig, id: string, restart: "transient" | "temporary") =>
    rig.child(id, { restart, significant: true });

  test("any_significant: the first significant child that ends by itself ends the supervisor", () => {
    const rig = new Rig();
    const children = [rig.child("a"), significant(rig, "b", "transient"), significant(rig, "c", "transient")];
    rig.start(children, { autoShutdown: "any_significant" }).seen();
    expect(rig.end("b", "boom").seen()).toBe("-b +b");
    expect(rig.end("a", "normal").seen()).toBe("-a +a");
    expect(rig.end("b", "normal").seen()).toBe("-b -c -a");
    expect(rig.isAlive).toBe(false);
  });

  test("all_significant: the last one does", () => {
    const rig = new Rig();
    const children = [rig.child("a"), significant(rig, "b", "transient"), significant(rig, "c", "temporary")];
    rig.start(children, { autoShutdown: "all_significant" }).seen();
    rig.end("b", "normal");
    expect(rig.isAlive).toBe(true);
    rig.end("c", "boom");
    expect(rig.isAlive).toBe(false);
  });

  test("does not count a child that is terminated, or restarted with its siblings", () => {
    const rig = new Rig();
    const children = [rig.child("a"), significant(rig, "b", "temporary"), significant(rig, "c", "transient")];
    rig.start(children, { autoShutdown: "any_significant", strategy: "one_for_all" });
    rig.end("a", "boom");
    expect(rig.children).toEqual({ c: "pid", a: "pid" });
    inside(rig.runtime, () => Supervisor.terminateChild("sup", "c"));
    expect(rig.isAlive).toBe(true);
  });

  test("one supervisor's can be the end of the next", () => {
    const rig = new Rig();
    const inner = Supervisor.child([significant(rig, "a", "transient")], {
      strategy: "one_for_one",
      autoShutdown: "any_significant",
      id: "inner",
      restart: "transient",
      significant: true,
    });
    rig.start([inner, rig.child("b")], { autoShutdown: "any_significant" }).seen();
    rig.end("a", "normal");
    expect([rig.isAlive, rig.seen()]).toEqual([false, "-a -b"]);
  });
});

describe("simple_one_for_one", () => {
  const template = (more: Partial<ChildSpec> = {}): ChildSpec => {
    return { id: "x", start: (name: string) => Worker.startLink(false, { name }), ...more };
  };

  test("children are started from one spec with arguments of their own, and restarted with them", () => {
    const rig = new Rig();
    rig.start([template()], { strategy: "simple_one_for_one" });
    expect(rig.children).toEqual({});
    inside(rig.runtime, () => Supervisor.startChild("sup", ["a"]));
    inside(rig.runtime, () => Supervisor.startChild("sup", ["b"]));
    GenServer.cast("a", ["end", "boom"], { as: rig.runtime });
    rig.runtime.run();
    const rows = inside(rig.runtime, () => Supervisor.whichChildren("sup"));
    expect(rows.map(([id, pid]) => [id, pid]).sort()).toEqual(
      ["a", "b"].map((name) => [undefined, rig.runtime.whereis(name)]).sort(),
    );
  });

  test("one is terminated by its pid; what needs an id is refused", () => {
    const rig = new Rig();
    rig.start([template()], { strategy: "simple_one_for_one" });
    const a = inside(rig.runtime, () => Supervisor.startChild("sup", ["a"])) as Pid;
    inside(rig.runtime, function* (self): Generator<any, void, any> {
      for (const asked of [Supervisor.terminateChild, Supervisor.restartChild, Supervisor.deleteChild])
        expect(reasonOf(yield* exitOf(asked("sup", "x")))).toBe("simple_one_for_one");
      expect(reasonOf(yield* exitOf(Supervisor.terminateChild("sup", self.pid)))).toBe("not_found");
      expect(yield* Supervisor.getChildSpec("sup", a)).toMatchObject({ id: "x" });
      yield* Supervisor.terminateChild("sup", a);
      // As in OTP, a process that is dead may have been one of its children.
      expect(yield* Supervisor.terminateChild("sup", a)).toBe("ok");
    });
    expect(rig.runtime.registered()).toEqual(["sup"]);
  });

  test("all are ended at once, and those that stay are killed after their time", () => {
    const rig = new Rig();
    const start = (name: string) => rig.runtime.spawnOpt(trapping, { link: true, name });
    rig.start([template({ start, shutdown: 50 })], { strategy: "simple_one_for_one" });
    for (const name of ["a", "b", "c"]) inside(rig.runtime, () => Supervisor.startChild("sup", [name]));
    rig.runtime.spawn(() => Supervisor.stop("sup"));
    rig.runtime.run();
    rig.own.pass(50);
    expect([rig.isAlive, rig.runtime.registered()]).toEqual([false, []]);
    expect(rig.reports.map(({ context, child }) => [context, child])).toEqual([["shutdown_error", 3]]);
    expect(textOf(rig.reports[0] as Report)).toMatch(
      /^\[error\] Children "x" of Supervisor sup shut down abnormally\n\*\* \(exit\) killed\nNumber: 3\nStart Call: start\(\)/,
    );
  });

  test("too many restarts end the supervisor", () => {
    const rig = new Rig();
    rig.start([template()], { strategy: "simple_one_for_one", maxRestarts: 1 });
    for (const name of ["a", "b"]) inside(rig.runtime, () => Supervisor.startChild("sup", [name]));
    for (const name of ["a", "b"]) GenServer.cast(name, ["end", "boom"], { as: rig.runtime });
    rig.runtime.run();
    expect(rig.runtime.registered()).toEqual([]);
  });
});

describe("reports are in Elixir's words", () => {
  const tail = '\nStart Call: start()\nRestart: "permanent"\nShutdown: 5000\nType: "worker"';

  test("a child has ended", () => {
    const rig = new Rig();
    rig.start([worker("w")]);
    const pid = rig.runtime.whereis("w") as Pid;
    rig.runtime.exit(pid, "boom");
    rig.runtime.run();
    const [report] = rig.reports as [SupervisorReport];
    expect(textOf(report)).toBe(`[error] Child "w" of Supervisor sup terminated\n** (exit) "boom"\nPid: ${pid}${tail}`);
    const { level, kind, registeredName, context, reason, spec } = report;
    expect([level, kind, registeredName, context, reason]).toEqual([
      "error",
      "supervisor",
      "sup",
      "child_terminated",
      "boom",
    ]);
    expect([report.pid === rig.sup, report.child === pid, spec.id]).toEqual([true, true, "w"]);
  });

  test("a supervisor without a name is called by its pid and module", () => {
    const { runtime, reports } = ownRuntime();
    const Tree = Supervisor.define({
      name: "Tree",
      init: () => Supervisor.init([worker("w")], { strategy: "one_for_one" }),
    });
    const sup = inside(runtime, function* (self) {
      const started = yield* Tree.startLink();
      const other = yield* Supervisor.startLink([worker("v")], { strategy: "one_for_one" });
      self.unlink(started);
      self.unlink(other);
      return [started, other];
    });
    for (const name of ["w", "v"]) runtime.exit(runtime.whereis(name) as Pid, "kill");
    runtime.run();
    expect(reports.map((report) => textOf(report).split("\n", 1)[0])).toEqual([
      `[error] Child "w" of Supervisor ${sup[0]} (Tree) terminated`,
      `[error] Child "v" of Supervisor ${sup[1]} (Supervisor.Default) terminated`,
    ]);
  });

  test("a start has failed", () => {
    const rig = new Rig();
    inside(rig.runtime, function* (self): Generator<any, void, any> {
      self.trapExit = true;
      const children = [rig.child("a", {}, new RangeError("oops"))];
      yield* exitOf(Supervisor.startLink(children, { strategy: "one_for_one", name: "sup" }));
    });
    expect(textOf(rig.reports[0] as Report)).toMatch(
      /^\[error\] Child "a" of Supervisor sup failed to start\n\*\* \(exit\) an exception was raised:\n {4}\*\* \(RangeError\) oops\n/,
    );
    expect(textOf(rig.reports[0] as Report)).not.toContain("Pid:");
  });

  test("too many restarts, and a child that did not end as it was told", () => {
    const rig = new Rig();
    rig.start([rig.child("a"), worker("b")], { maxRestarts: 0 });
    rig.runtime.exit(rig.runtime.whereis("b") as Pid, "boom");
    rig.runtime.run();
    expect(rig.reports.map(textOf).at(-1)).toBe(
      `[error] Child "b" of Supervisor sup caused shutdown\n** (exit) "reached_max_restart_intensity"${tail}`,
    );
    const late = new Rig();
    const start = () => late.runtime.spawnOpt(trapping, { link: true, name: "w" });
    late.start([{ id: "w", start, shutdown: 10 }]);
    const pid = late.runtime.whereis("w");
    late.runtime.spawn(() => Supervisor.stop("sup"));
    late.runtime.run();
    late.own.pass(10);
    expect(textOf(late.reports[0] as Report)).toMatch(
      `[error] Child "w" of Supervisor sup shut down abnormally\n** (exit) killed\nPid: ${pid}\n`,
    );
  });

  test("progress is reported where it is asked for", () => {
    const rig = new Rig();
    rig.start([worker("w")], { progress: true });
    const pid = rig.runtime.whereis("w");
    expect(rig.reports.map(({ level, kind, child }) => [level, kind, child === pid])).toEqual([
      ["info", "progress", true],
    ]);
    expect(textOf(rig.reports[0] as Report)).toBe(`[info] Child "w" of Supervisor sup started\nPid: ${pid}${tail}`);
  });

  test("a significant child says so", () => {
    const rig = new Rig();
    rig.start([worker("w", { significant: true, restart: "transient" })], { autoShutdown: "all_significant" });
    rig.runtime.exit(rig.runtime.whereis("w") as Pid, "boom");
    rig.runtime.run();
    expect(textOf(rig.reports[0] as Report)).toMatch(/Type: "worker"\nSignificant: true$/);
  });

  test("messages that it has no use for", () => {
    const rig = new Rig();
    rig.start([]);
    rig.runtime.send(rig.sup, { what: "is this" });
    GenServer.cast(rig.sup, "this");
    rig.runtime.run();
    expect(rig.own.reports.map(textOf)).toEqual([
      '[error] Supervisor received unexpected message: {what: "is this"}',
      '[error] Supervisor received unexpected message: "this"',
    ]);
    expect(rig.isAlive).toBe(true);
  });
});

describe("modules and specs", () => {
  test("define makes a supervisor that is started, and a child, with its arguments", () => {
    const { runtime } = ownRuntime();
    const Tree = Supervisor.define({
      name: "Tree",
      init: (names: string[]) =>
        Supervisor.init(
          names.map((name) => worker(name)),
          { strategy: "one_for_all" },
        ),
      restart: "transient",
    });
    inside(runtime, function* (self): Generator<any, void, any> {
      const sup = yield* Tree.startLink(["a"], { name: "tree" });
      self.unlink(sup);
      expect([runtime.whereis("tree"), runtime.whereis("a") !== undefined]).toEqual([sup, true]);
      const spec = Tree.child(["b"], { id: "second" });
      expect(spec).toMatchObject({ id: "second", type: "supervisor", restart: "transient" });
      expect(Tree.child([])).toMatchObject({ id: "Tree" });
      yield* Supervisor.startChild(sup, spec);
      expect(runtime.whereis("b")).toBeDefined();
      yield* Supervisor.stop(sup);
      expect(runtime.registered()).toEqual([]);
    });
  });

  test("an init may be a generator", () => {
    const { runtime } = ownRuntime();
    inside(runtime, function* (self): Generator<any, void, any> {
      const init = function* (name: string): Generator<any, any, any> {
        yield* (current() as Self).sleep(0);
        return Supervisor.init([worker(name)], { strategy: "one_for_one" });
      };
      self.unlink(yield* Supervisor.startLink({ init }, ["a"]));
      expect(runtime.whereis("a")).toBeDefined();
    });
  });

  test("init has Elixir's defaults", () => {
    const { flags, children } = Supervisor.init([worker("a")], { strategy: "rest_for_one" });
    expect(flags).toEqual({
      strategy: "rest_for_one",
      maxRestarts: 3,
      maxSeconds: 5,
      autoShutdown: "never",
      progress: false,
    });
    expect(children).toHaveLength(1);
  });

  test("a supervisor is a server: sys looks into it and suspends it", () => {
    const rig = new Rig();
    rig.start([worker("a")]);
    const status = inside(rig.runtime, () => sys.getStatus("sup"));
    expect(status).toMatchObject({ behaviour: "GenServer", name: "sup", status: "running" });
    expect(status.state).toMatchObject({ strategy: "one_for_one", maxRestarts: 3, specs: 1, active: 1 });
    inside(rig.runtime, () => sys.suspend("sup"));
    rig.runtime.exit(rig.runtime.whereis("a") as Pid, "kill");
    rig.runtime.run();
    expect(rig.runtime.whereis("a")).toBeUndefined();
    inside(rig.runtime, () => sys.resume("sup"));
    expect(rig.runtime.whereis("a")).toBeDefined();
  });
});

describe("runtime.stop", () => {
  test("ends the trees first, the youngest root first, each in order", async () => {
    const rig = new Rig();
    const nested = Supervisor.child([rig.child("b"), rig.child("c")], { strategy: "one_for_one", id: "in" });
    rig.start([rig.child("a"), nested, rig.child("d")], { name: "one" });
    rig.start([rig.child("e"), rig.child("f")], { name: "two" }).seen();
    await rig.runtime.stop();
    expect(rig.seen()).toBe("-f -e -d -c -b -a");
    expect([rig.own.mainExits, rig.reports]).toEqual([[], []]);
  });

  test("does not take the main process down that started them", async () => {
    const { runtime, mainExits } = ownRuntime();
    await Supervisor.startLink([worker("a")], { strategy: "one_for_one", as: runtime });
    await runtime.stop();
    expect(mainExits).toEqual([]);
  });

  test("a supervisor below a server below a supervisor is no root", async () => {
    const rig = new Rig();
    const Middle = {
      *init(): Generator<any, any, any> {
        return yield* Supervisor.startLink([rig.child("deep")], { strategy: "one_for_one" });
      },
    };
    rig.start([{ id: "middle", start: () => GenServer.startLink(Middle, []) }, rig.child("last")]).seen();
    await rig.runtime.stop();
    expect(rig.seen()).toBe("-last -deep");
  });

  test("does not wait for a clock that nobody moves", async () => {
    const rig = new Rig();
    const stubborn = { id: "s", start: () => rig.runtime.spawnOpt(trapping, { link: true, name: "s" }) };
    rig.start([rig.child("a"), stubborn, rig.child("b")]).seen();
    await rig.runtime.stop();
    expect(rig.runtime.processes()).toEqual([]);
    expect(rig.seen()).toMatch(/^-b/);
  });

  test("waits for the time that children have, by the host's clock", async () => {
    const runtime = createRuntime({ logger: () => {} });
    const ends: string[] = [];
    const Slow = {
      init: () => {
        (current() as Self).trapExit = true;
        return 0;
      },
      *terminate() {
        yield* (current() as Self).sleep(30);
        ends.push("slow");
      },
    };
    await Supervisor.startLink([{ id: "slow", start: () => GenServer.startLink(Slow, []) }], {
      strategy: "one_for_one",
      as: runtime,
    });
    await runtime.stop();
    expect(ends).toEqual(["slow"]);
  });
});

test("a tree is what its specs say after any deaths, and nothing is left behind", () => {
  const seed = (Math.random() * 2 ** 31) | 0;
  let state = seed;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
  const rig = new Rig();
  const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const strategies = ["one_for_one", "one_for_all", "rest_for_one"] as const;
  const branch = (prefix: string) =>
    Supervisor.child(
      ids(8, prefix).map((id) => worker(id)),
      { strategy: strategies[random(3)] as "one_for_one", maxRestarts: random(4), id: prefix },
    );
  const prefixes = ids(5, "s").map((id) => `${id}-`);
  rig.start(prefixes.map(branch), { maxRestarts: 1_000_000 });
  const names = [...prefixes.flatMap((prefix) => ids(8, prefix)), "sup"].sort();
  for (let round = 0; round < 1000; round++) {
    const living = rig.runtime.processes().filter((pid) => pid !== rig.sup && pid !== rig.runtime.self());
    rig.runtime.exit(living[random(living.length)] as Pid, ["kill", "boom", "shutdown"][random(3)]);
    if (random(2) === 0) rig.own.pass(random(2000));
  }
  rig.runtime.run();
  expect(rig.runtime.registered().sort(), `seed ${seed}`).toEqual(names);
  // The main process, the root, five supervisors, forty workers.
  expect(rig.runtime.processes(), `seed ${seed}`).toHaveLength(47);
  inside(rig.runtime, () => Supervisor.stop("sup"));
  expect(rig.runtime.processes()).toHaveLength(1);
});
