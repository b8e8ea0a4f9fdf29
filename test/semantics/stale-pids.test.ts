import { expect, test } from "vitest";
import { NameError, NoProcessError, type Pid, type Ref, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

// A slot of the process table rests until 1,024 others are free, and then gets another tenant. 20,000 short lives use every slot about
// twenty times, and whoever lives at the end lives where many lived before.
const LIVES = 20_000;

function withTenants() {
  const own = ownRuntime();
  const { runtime } = own;
  const stale: Pid<unknown>[] = [];
  const names = new Set<string>();
  for (let n = 0; n < LIVES; n++) {
    const pid = runtime.spawn(() => undefined);
    if (n % 100 === 0) stale.push(pid);
    names.add(String(pid));
    runtime.run();
  }
  const tenants = Array.from({ length: 1200 }, () => runtime.spawn(idle));
  runtime.run();
  for (const pid of tenants) names.add(String(pid));
  return { ...own, stale, tenants, names };
}

test("a pid names one process for ever: no other ever equals it or prints like it", () => {
  const { stale, tenants, names } = withTenants();
  expect(names.size).toBe(LIVES + tenants.length);
  expect(new Set([...stale, ...tenants]).size).toBe(stale.length + tenants.length);
});

test("whatever is done to a stale pid, the tenants of its slot do not notice", () => {
  const { runtime, stale, tenants } = withTenants();
  const refs: Ref[] = [];
  for (const pid of stale) {
    expect(runtime.isAlive(pid)).toBe(false);
    expect(runtime.processInfo(pid)).toBeUndefined();
    expect(runtime.send(pid, "a message for the dead")).toBe("a message for the dead");
    expect(runtime.exit(pid, "kill")).toBe(true);
    expect(runtime.unlink(pid)).toBe(true);
    expect(thrown(() => runtime.link(pid))).toBeInstanceOf(NoProcessError);
    expect(thrown(() => runtime.register(pid, "name"))).toBeInstanceOf(NameError);
    expect(runtime.readTimer(runtime.sendAfter(pid, "late", 10))).toBe(false);
    refs.push(runtime.monitor(pid));
  }
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(
    stale.map((pid, n) => ["DOWN", refs[n], "process", pid, "noproc"]),
  );
  for (const pid of tenants) {
    expect(runtime.processInfo(pid)).toMatchObject({ messages: [], links: [], monitoredBy: [] });
    expect(runtime.isAlive(pid)).toBe(true);
  }
});

test("stale references of monitors and aliases reach nobody either", () => {
  const { runtime } = ownRuntime();
  const victim = runtime.spawn(idle);
  const stale: Ref[] = [];
  for (let n = 0; n < 5000; n++) {
    runtime.spawn((self: Self) => {
      const ref = n % 2 === 0 ? self.monitor(victim) : self.alias();
      if (n % 50 < 2) stale.push(ref);
    });
    runtime.run();
  }
  const mine = [runtime.alias(), runtime.monitor(victim)];
  for (const ref of stale) {
    expect(runtime.send(ref, "to nobody")).toBe("to nobody");
    expect(runtime.unalias(ref)).toBe(false);
    expect(runtime.demonitor(ref, { info: true })).toBe(false);
  }
  runtime.send(mine[0] as Ref, "to me");
  runtime.exit(victim, "boom");
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual([
    "to me",
    ["DOWN", mine[1], "process", victim, "boom"],
  ]);
});
