import { describe, expect, test } from "vitest";
import {
  DynamicSupervisor,
  ExitError,
  GenServer,
  PartitionSupervisor,
  type Pid,
  reply,
  Supervisor,
  spawnLink,
  whereis,
} from "../../src/index.ts";
import { idle, thrown } from "../semantics/support/own-runtime.ts";
import { type Doing, kill, type Tester, tester } from "./support/tester.ts";

type AnyPid = Pid<any>;

/** Holds a value, and tells it. */
const Keeper = GenServer.define({
  name: "Keeper",
  init: (value: unknown) => value,
  calls: { get: (value) => reply(value, value) },
});

/** Why the steps failed: the reason of an ExitError, or the error. */
function failure({ perform }: Tester, steps: () => Doing<unknown>): unknown {
  const error = thrown(() => perform(steps));
  return error instanceof ExitError ? error.reason : error;
}

/** What the partition of a key holds. */
function* ask(name: string, key: unknown) {
  return yield* Keeper.call.get(PartitionSupervisor.via(name, key));
}

describe("as a child", () => {
  test("its id is its name", () => {
    expect(PartitionSupervisor.child({ name: "foo", childSpec: DynamicSupervisor })).toEqual({
      id: "foo",
      start: expect.any(Function),
      type: "supervisor",
    });
    const via = ["via", registry(), ["bar", "baz"]] as const;
    expect(PartitionSupervisor.child({ name: via, childSpec: DynamicSupervisor }).id).toEqual(["bar", "baz"]);
    const given = { id: 7, restart: "transient", shutdown: 10, significant: true } as const;
    expect(PartitionSupervisor.child({ name: "foo", childSpec: Keeper, ...given })).toMatchObject(given);
  });

  test("it runs below a supervisor, and again after its end", () => {
    const it = tester();
    it.perform(function* () {
      const spec = PartitionSupervisor.child({ name: "keepers", childSpec: [Keeper, "x"], partitions: 2 });
      yield* Supervisor.startLink([spec], { strategy: "one_for_one" });
      expect(yield* ask("keepers", 1)).toBe("x");
    });
    kill(it, it.runtime.whereis("keepers") as AnyPid, "kill");
    expect(it.perform(() => ask("keepers", 1))).toBe("x");
  });
});

/** Keeps names in a Map. */
function registry() {
  const names = new Map<string, AnyPid>();
  return {
    registerName: (key: string, pid: AnyPid) => !names.has(key) && names.set(key, pid) !== undefined,
    unregisterName: (key: string) => names.delete(key),
    whereisName: (key: string) => names.get(key),
  };
}

describe("startLink", () => {
  test("starts the partitions, among which keys are divided", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name: "dyns", childSpec: DynamicSupervisor, partitions: 4 });
      expect(PartitionSupervisor.partitions("dyns")).toBe(4);
      const sent: unknown[] = [];
      const keys: unknown[] = [];
      for (let i = 0; i < 100; i++) keys.push(i % 2 === 0 ? `key ${i}` : ["tuple", i], spawnLink(idle));
      for (const key of keys) {
        sent.push(yield* DynamicSupervisor.startChild(PartitionSupervisor.via("dyns", key), Keeper.child(key)));
      }
      const found: unknown[] = [];
      for (const [, partition] of yield* PartitionSupervisor.whichChildren("dyns")) {
        const children = yield* DynamicSupervisor.whichChildren(partition as AnyPid);
        // Each has some of them.
        expect(children.length).toBeGreaterThan(10);
        found.push(...children.map(([, child]) => child));
      }
      expect(new Set(found)).toEqual(new Set(sent));
    });
  });

  test("a key always goes to the same partition, by its value", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0], partitions: 10 });
      const partition = (key: unknown) => GenServer.whereis(PartitionSupervisor.via("keepers", key));
      const pid = spawnLink(idle);
      for (const make of [() => "a", () => ["a", 1], () => ({ room: 1 }), () => pid, () => 1.5, () => undefined]) {
        expect(partition(make())).toBe(partition(make()));
        expect(partition(make())).toBeDefined();
      }
      expect(new Set(["a", "b", "c", "d"].map(partition)).size).toBeGreaterThan(1);
    });
  });

  test("takes a via name", () => {
    const it = tester();
    const name = ["via", registry(), "keepers"] as const;
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name, childSpec: [Keeper, "hello"], partitions: 2 });
      expect(PartitionSupervisor.partitions(name)).toBe(2);
      expect(yield* Keeper.call.get(PartitionSupervisor.via(name, 0))).toBe("hello");
    });
  });

  test("withArguments tells each partition which one it is", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({
        name: "keepers",
        childSpec: [Keeper, "given"],
        withArguments: ([given], partition) => [`${given} ${partition}`],
        partitions: 3,
      });
      const seen: unknown[] = [];
      for (const key of [0, 1, 2, 3, -1]) seen.push(yield* ask("keepers", key));
      expect(seen).toEqual(["given 0", "given 1", "given 2", "given 0", "given 1"]);
    });
  });

  test("withArguments gives a spec's start its arguments, and a module alone has an empty list", () => {
    const it = tester();
    const seen: unknown[] = [];
    it.perform(function* () {
      const start = (...args: unknown[]) => {
        seen.push(args);
        return spawnLink(idle);
      };
      const withArguments = (args: unknown[], partition: number) => [...args, partition];
      yield* PartitionSupervisor.startLink({ name: "a", childSpec: { id: 1, start }, partitions: 2, withArguments });
      const module = { child: (...args: unknown[]) => ({ id: 1, start: () => start(...args) }) };
      yield* PartitionSupervisor.startLink({ name: "b", childSpec: module, partitions: 2, withArguments });
    });
    expect(seen).toEqual([[0], [1], [[], 0], [[], 1]]);
  });

  test("a function makes the spec of each partition", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({
        name: "keepers",
        childSpec: (partition) => Keeper.child(partition),
        partitions: 2,
      });
      expect([yield* ask("keepers", 0), yield* ask("keepers", 1)]).toEqual([0, 1]);
    });
  });

  test("one partition is the default: a runtime has one scheduler", () => {
    const it = tester();
    it.perform(() => PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0] }));
    expect(it.perform(() => PartitionSupervisor.countChildren("keepers"))).toMatchObject({ specs: 1, active: 1 });
  });

  test("refuses what is no option, naming it", () => {
    const refused = (options: object) =>
      (thrown(() => PartitionSupervisor.startLink(options as never)) as Error).message;
    const childSpec = DynamicSupervisor;
    expect(refused({ childSpec })).toBe(
      `PartitionSupervisor: expected a string or ["via", module, key] as name, got undefined`,
    );
    expect(refused({ name: "foo" })).toBe("PartitionSupervisor: expected a child as childSpec, got undefined");
    for (const partitions of [0, 1.5, "2"])
      expect(refused({ name: "foo", childSpec, partitions })).toMatch(
        /^PartitionSupervisor: expected a whole number above 0 as partitions/,
      );
    expect(refused({ name: "foo", childSpec, withArguments: 123 })).toBe(
      "PartitionSupervisor: expected a function of arguments and partition as withArguments, got 123",
    );
    expect(refused({ name: "foo", childSpec, withArguments: () => 1 })).toMatch(/an array from withArguments, got 1$/);
    expect(refused({ name: "foo", childSpec: 1 })).toMatch(/as a child, got 1$/);
    expect(refused({ name: "foo", childSpec, strategy: "all" })).toMatch(/as strategy, got "all"$/);
    expect(thrown(() => PartitionSupervisor.startLink(undefined as never))).toBeInstanceOf(TypeError);
  });

  test("fails when a partition does, and when the name is taken", () => {
    const it = tester();
    const start = () => it.runtime.exit("nope");
    const childSpec = (partition: number) => (partition === 1 ? { id: 1, start } : Keeper.child(partition));
    expect(failure(it, () => PartitionSupervisor.startLink({ name: "a", childSpec, partitions: 2 }))).toEqual([
      "shutdown",
      ["failed_to_start_child", 1, ["EXIT", "nope"]],
    ]);
    const taken = it.perform(() => PartitionSupervisor.startLink({ name: "a", childSpec: Keeper }));
    expect(failure(it, () => PartitionSupervisor.startLink({ name: "a", childSpec: Keeper }))).toEqual([
      "already_started",
      taken,
    ]);
  });

  test("serves the host's code as well", async () => {
    const { runtime } = tester();
    const as = { as: runtime };
    await PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, "x"], partitions: 2, ...as });
    expect(PartitionSupervisor.partitions("keepers", as)).toBe(2);
    expect(await Keeper.call.get(PartitionSupervisor.via("keepers", "key"), as)).toBe("x");
    expect(await PartitionSupervisor.countChildren("keepers", as)).toMatchObject({ active: 2 });
    expect(await PartitionSupervisor.stop("keepers", "normal", 5000, as)).toBe("ok");
    expect(runtime.whereis("keepers")).toBeUndefined();
  });
});

describe("a partition that ends", () => {
  test("is found again once it is restarted, and the others never change", () => {
    const it = tester();
    const partitions = () =>
      [0, 1, 2].map((key) => GenServer.whereis(PartitionSupervisor.via("keepers", key), { as: it.runtime }) as AnyPid);
    it.perform(() => PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, "x"], partitions: 3 }));
    const [first, second, third] = partitions() as [AnyPid, AnyPid, AnyPid];
    kill(it, second, "boom");
    const [one, two, three] = partitions() as [AnyPid, AnyPid, AnyPid];
    expect([one, three]).toEqual([first, third]);
    expect(it.runtime.isAlive(two)).toBe(true);
    expect(two).not.toBe(second);
  });

  test("takes the others with it when the strategy says so", () => {
    const it = tester();
    const partitions = () =>
      it.perform(() => PartitionSupervisor.whichChildren("keepers")).map(([, pid]) => pid as AnyPid);
    it.perform(() =>
      PartitionSupervisor.startLink({
        name: "keepers",
        childSpec: [Keeper, "x"],
        partitions: 3,
        strategy: "one_for_all",
        maxRestarts: 1,
      }),
    );
    const before = partitions();
    kill(it, before[1] as AnyPid, "boom");
    expect(partitions().filter((pid) => before.includes(pid))).toEqual([]);
    kill(it, partitions()[1] as AnyPid, "boom");
    expect(it.runtime.whereis("keepers")).toBeUndefined();
  });
});

describe("by its name", () => {
  test("whichChildren gives all partitions", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0], partitions: 3 });
      const children = yield* PartitionSupervisor.whichChildren("keepers");
      const expected = [2, 1, 0].map((key) => [
        key,
        GenServer.whereis(PartitionSupervisor.via("keepers", key)),
        "worker",
        [],
      ]);
      expect(children).toEqual(expected);
    });
  });

  test("countChildren counts workers and supervisors", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0], partitions: 3 });
      yield* PartitionSupervisor.startLink({ name: "dyns", childSpec: DynamicSupervisor, partitions: 2 });
      expect(yield* PartitionSupervisor.countChildren("keepers")).toEqual({
        specs: 3,
        active: 3,
        supervisors: 0,
        workers: 3,
      });
      expect(yield* PartitionSupervisor.countChildren("dyns")).toEqual({
        specs: 2,
        active: 2,
        supervisors: 2,
        workers: 0,
      });
    });
  });

  test("stop returns when all is gone", () => {
    const it = tester();
    it.perform(function* () {
      yield* PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0] });
      expect(yield* PartitionSupervisor.stop("keepers")).toBe("ok");
      expect(whereis("keepers")).toBeUndefined();
    });
    expect(it.runtime.processes()).toHaveLength(2);
  });

  test("nobody is noproc", () => {
    const it = tester();
    const unknown = ["unknown", ["via", registry(), "unknown"] as const] as const;
    for (const name of unknown) {
      const partitions = () => PartitionSupervisor.partitions(name, { as: it.runtime });
      expect(thrown(partitions)).toMatchObject({
        reason: "noproc",
        call: ["PartitionSupervisor.partitions", expect.anything()],
      });
      expect(failure(it, () => PartitionSupervisor.countChildren(name))).toBe("noproc");
      expect(failure(it, () => GenServer.call(PartitionSupervisor.via(name, 1), "x"))).toBe("noproc");
    }
    // Nor is one who has a name and no partitions.
    it.runtime.register(it.self.pid, "tester");
    expect(thrown(() => PartitionSupervisor.partitions("tester", { as: it.runtime }))).toMatchObject({
      reason: "noproc",
    });
  });

  test("a partition can't be given as a name", () => {
    const it = tester();
    it.perform(() => PartitionSupervisor.startLink({ name: "keepers", childSpec: [Keeper, 0] }));
    const name = PartitionSupervisor.via("keepers", 1);
    expect(thrown(() => PartitionSupervisor.registerName(["keepers", 1], it.self.pid))).toBeInstanceOf(Error);
    expect(thrown(() => PartitionSupervisor.unregisterName(["keepers", 1]))).toBeInstanceOf(Error);
    expect(failure(it, () => Keeper.start(1, { name }))).toEqual(["already_started", expect.anything()]);
    expect(thrown(() => PartitionSupervisor.via(1 as never, 1))).toBeInstanceOf(TypeError);
  });
});
