import { expect, test } from "vitest";
import { loop, type Self } from "../../src/index.ts";
import { idle, ownRuntime, settle, thrown } from "./support/own-runtime.ts";

test("no body runs before spawn has returned, whatever its kind and however it is spawned", async () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const plain = () => {
    log.push("plain");
  };
  runtime.spawn(plain);
  runtime.spawnLink(plain);
  runtime.spawnMonitor(plain);
  runtime.spawnOpt(plain, { link: true, priority: "max", name: "named" });
  runtime.spawn(function* (self: Self) {
    log.push("generator");
    yield* self.sleep(0);
  });
  runtime.spawn(async () => {
    log.push("async");
  });
  const looping = runtime.spawn(
    loop(0, (count: number, _message: "go") => {
      log.push("loop");
      return count;
    }),
  );
  runtime.send(looping, "go");
  const result = runtime.run(plain);
  expect(log).toEqual([]);
  runtime.run();
  await result;
  expect(log.sort()).toEqual(["async", "generator", "loop", "plain", "plain", "plain", "plain", "plain"]);
});

test("nor inside of a process: a child runs when its parent has given way", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  runtime.spawn((self: Self) => {
    self.spawn(() => {
      log.push("child");
    });
    log.push("parent");
  });
  runtime.run();
  expect(log).toEqual(["parent", "child"]);
});

test("processes of one priority begin in the order in which they were spawned", () => {
  const { runtime } = ownRuntime();
  const log: number[] = [];
  for (let n = 0; n < 100; n++) runtime.spawn((_self: Self, which: number) => log.push(which), n);
  runtime.run();
  expect(log).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test("a body that throws does not throw at who spawned it", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(() => {
    throw new Error("at once");
  });
  expect(runtime.isAlive(pid)).toBe(true);
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(reports).toHaveLength(1);
});

test("the arguments after the body are handed to it, behind self", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const body = (self: Self, ...args: unknown[]) => log.push([self.pid, ...args]);
  const one = runtime.spawn(body, 1, "two", [3]);
  const [two] = runtime.spawnMonitor(body, "monitored");
  const three = runtime.spawnOpt(body, { args: ["optional"] });
  const four = runtime.spawn(body, undefined);
  runtime.run();
  expect(log).toEqual([
    [one, 1, "two", [3]],
    [two, "monitored"],
    [three, "optional"],
    [four, undefined],
  ]);
});

test("a body gets as many arguments as were given, whatever they are", () => {
  const { runtime } = ownRuntime();
  const given = [
    [],
    [undefined],
    [[]],
    [[1, 2]],
    [1, undefined],
    [undefined, 2],
    [1, [2], undefined],
    [1, 2, 3, 4],
    [1, 2, 3, 4, undefined],
  ];
  const log: unknown[] = [];
  const body = function* (...all: unknown[]) {
    log.push(all.slice(1));
  };
  for (const args of given) runtime.spawn(body, ...args);
  for (const args of given) runtime.spawnOpt(body, { args });
  runtime.run();
  expect(log).toStrictEqual([...given, ...given]);
});

test("the pid is alive, and prints as Erlang's do, with a number that no other process of the runtime has had", () => {
  const { runtime } = ownRuntime();
  const printed = new Set<string>();
  for (let n = 0; n < 5000; n++) {
    const pid = runtime.spawn(() => undefined);
    expect(runtime.isAlive(pid)).toBe(true);
    expect(String(pid)).toMatch(/^#PID<0\.\d+\.0>$/);
    printed.add(String(pid));
    runtime.run();
  }
  expect(printed.size).toBe(5000);
});

test("spawnLink has linked and spawnMonitor has a monitor before the child can end", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  runtime.spawn(function* (self: Self<unknown>) {
    self.trapExit = true;
    const linked = self.spawnLink(() => self);
    const [monitored, ref] = self.spawnMonitor(() => self);
    expect(runtime.processInfo(self.pid, "links")).toEqual([linked]);
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([monitored]);
    seen.push(yield* self.receive(), yield* self.receive());
    expect(seen).toEqual([
      ["EXIT", linked, "normal"],
      ["DOWN", ref, "process", monitored, "normal"],
    ]);
  });
  runtime.run();
  expect(seen).toHaveLength(2);
});

test("spawnOpt does all of it in one step: link, monitor, name, priority, bound", () => {
  const { runtime } = ownRuntime();
  runtime.spawn((self: Self) => {
    const [pid, ref] = self.spawnOpt(idle, {
      link: true,
      monitor: true,
      name: "child",
      priority: "low",
      mailbox: { limit: 1, overflow: "dropNewest" },
    });
    expect(runtime.whereis("child")).toBe(pid);
    const info = runtime.processInfo(pid);
    expect(info?.links).toEqual([self.pid]);
    expect(info?.monitoredBy).toEqual([self.pid]);
    expect(info?.priority).toBe("low");
    self.send(pid as never, "kept" as never);
    self.send(pid as never, "dropped" as never);
    expect(runtime.processInfo(pid, "messages")).toEqual(["kept"]);
    self.exit(pid, "kill");
    expect(runtime.processInfo(self.pid, "messages")).toEqual([]);
    expect(self.demonitor(ref, { info: true })).toBe(false);
  });
  runtime.run();
  expect(runtime.whereis("child")).toBeUndefined();
});

test("a spawn that is refused has made nothing", () => {
  const { runtime } = ownRuntime();
  const before = runtime.processes().length;
  const spawnOpt = runtime.spawnOpt.bind(runtime) as (...args: unknown[]) => unknown;
  for (const options of [
    { name: 5 },
    { name: "" },
    { priority: "urgent" },
    { mailbox: { limit: 0 } },
    { mailbox: { limit: 1, overflow: "explode" } },
    { args: "none" },
    null,
  ]) {
    expect(thrown(() => spawnOpt(() => undefined, options))).toBeInstanceOf(Error);
  }
  for (const body of [undefined, null, 5, {}, "module only"]) {
    expect(thrown(() => (runtime.spawn as (body: unknown) => unknown)(body))).toBeInstanceOf(TypeError);
  }
  expect(runtime.processes()).toHaveLength(before);
});

const moduleUrl = new URL("./support/echo.mjs", import.meta.url);

test("a module's export can be spawned by the module's URL and its name", async () => {
  const { runtime } = ownRuntime();
  for (const url of [moduleUrl, moduleUrl.href]) {
    const pid = runtime.spawn(url, "echo", "echo: ");
    runtime.send(pid, ["say", runtime.self(), "hello"]);
    runtime.run();
    expect(await runtime.receive()).toBe("echo: hello");
  }
});

test("an export that is missing, or is no function, ends the process with an error that says so", async () => {
  const { runtime, reports } = ownRuntime();
  for (const name of ["five", "six"]) {
    const [pid, ref] = runtime.spawnMonitor(moduleUrl, name);
    const [, itsRef, , itsPid, reason] = (await runtime.receive()) as [string, unknown, string, unknown, Error];
    expect([itsRef, itsPid]).toEqual([ref, pid]);
    expect(reason).toBeInstanceOf(TypeError);
    expect(reason.message).toContain(`exports no function "${name}"`);
  }
  await settle(runtime);
  expect(reports).toHaveLength(2);
});
