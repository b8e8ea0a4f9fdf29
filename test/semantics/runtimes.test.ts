import { expect, test } from "vitest";
import { ForeignError, type Pid, type Ref, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

test("two runtimes share nothing: processes, names, dictionaries, time", () => {
  const [one, two] = [ownRuntime(), ownRuntime({ node: "two@host" })];
  one.runtime.spawnOpt(idle, { name: "server" });
  expect(two.runtime.whereis("server")).toBeUndefined();
  two.runtime.spawnOpt(idle, { name: "server" });
  expect(one.runtime.processes()).toHaveLength(2);
  expect(two.runtime.processes()).toHaveLength(2);
  one.runtime.put("key", 1);
  expect(two.runtime.get("key")).toBeUndefined();
  one.runtime.sendAfter("server", "tick", 10);
  two.pass(100);
  one.pass(9);
  expect(one.runtime.processInfo(one.runtime.whereis("server") as Pid, "messages")).toEqual([]);
  expect([one.runtime.node, two.runtime.node]).toEqual(["nonode@nohost", "two@host"]);
});

test("one runtime's pids and references are refused by the other, with an error that says so", () => {
  const [one, two] = [ownRuntime(), ownRuntime()];
  const foreign = two.runtime.spawn(idle) as Pid<never>;
  const ref = two.runtime.alias();
  const { runtime } = one;
  const uses = [
    () => runtime.send(foreign, "x" as never),
    () => runtime.link(foreign),
    () => runtime.unlink(foreign),
    () => runtime.monitor(foreign),
    () => runtime.exit(foreign, "kill"),
    () => runtime.isAlive(foreign),
    () => runtime.processInfo(foreign),
    () => runtime.register(foreign, "name"),
    () => runtime.sendAfter(foreign, "x", 1),
    () => runtime.send(ref, "x"),
    () => runtime.demonitor(ref),
    () => runtime.unalias(ref),
  ];
  for (const use of uses) {
    const error = thrown(use) as Error;
    expect(error).toBeInstanceOf(ForeignError);
    expect(error.message).toContain("belongs to another runtime");
  }
  expect(two.runtime.isAlive(foreign)).toBe(true);
  expect(two.runtime.processInfo(foreign)).toMatchObject({ messages: [], links: [], monitoredBy: [] });
});

test("so are pids of another copy of the package", () => {
  const { runtime } = ownRuntime();
  const pid = { [Symbol.for("beamlet.pid")]: true, toString: () => "#PID<0.5.0>" } as unknown as Pid<never>;
  const error = thrown(() => runtime.send(pid, "x" as never)) as Error;
  expect(error).toBeInstanceOf(ForeignError);
  expect(error.message).toContain("#PID<0.5.0> belongs to another copy of the package beamlet");
});

test("a message may carry another runtime's pid: it is a value", () => {
  const [one, two] = [ownRuntime(), ownRuntime()];
  const foreign = two.runtime.spawn(idle);
  const seen: unknown[] = [];
  const pid = one.runtime.spawn(function* (self: Self<["met", unknown]>) {
    yield* self.receive({ met: ([, who]) => seen.push(who) });
  });
  one.runtime.send(pid, ["met", foreign]);
  one.runtime.run();
  expect(seen).toEqual([foreign]);
});

test("the end of one leaves the other alone", async () => {
  const [one, two] = [ownRuntime(), ownRuntime()];
  const pid = two.runtime.spawn(idle);
  one.runtime.spawn(idle);
  one.runtime.spawnLink(() => {
    throw new Error("boom");
  });
  one.runtime.run();
  await one.runtime.stop();
  expect(two.runtime.isAlive(pid)).toBe(true);
  expect(two.reports).toEqual([]);
  expect(two.mainExits).toEqual([]);
});

test("one may be run from within a process of the other, whose code goes on being its own", () => {
  const [one, two] = [ownRuntime(), ownRuntime()];
  const log: unknown[] = [];
  two.runtime.spawn(() => log.push(["inner", two.runtime.self() !== two.runtime.processes()[0]]));
  const outer = one.runtime.spawn((self: Self) => {
    two.runtime.run();
    log.push(["outer", one.runtime.self() === self.pid]);
  });
  one.runtime.run();
  expect(log).toEqual([
    ["inner", true],
    ["outer", true],
  ]);
  expect(one.runtime.isAlive(outer)).toBe(false);
});

test("a ref of one is not a ref of the other even if they print alike", () => {
  const [one, two] = [ownRuntime(), ownRuntime()];
  const refs: Ref[] = [one.runtime.alias(), two.runtime.alias()];
  expect(String(refs[0])).toBe(String(refs[1]));
  expect(refs[0] === refs[1]).toBe(false);
  expect(thrown(() => one.runtime.send(refs[1] as Ref, "x"))).toBeInstanceOf(ForeignError);
});
