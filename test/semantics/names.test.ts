import { expect, test } from "vitest";
import { NameError, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

function nameError(call: () => unknown): string {
  const error = thrown(call);
  expect(error).toBeInstanceOf(NameError);
  return (error as Error).message;
}

test("a registered name finds its process, and reaches it", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  expect(runtime.register(pid, "count")).toBe(true);
  expect(runtime.whereis("count")).toBe(pid);
  expect(runtime.processInfo(pid, "registeredName")).toBe("count");
  expect(runtime.registered()).toEqual(["count"]);
  expect(runtime.send("count", "inc")).toBe("inc");
  expect(runtime.processInfo(pid, "messages")).toEqual(["inc"]);
});

test("an unknown name is undefined, and an error to send to or to unregister", () => {
  const { runtime } = ownRuntime();
  expect(runtime.whereis("nobody")).toBeUndefined();
  expect(nameError(() => runtime.send("nobody", "x"))).toContain('"nobody"');
  expect(nameError(() => runtime.unregister("nobody"))).toContain('"nobody"');
});

test("a taken name, a second name for one process, and a dead process are errors that say which", () => {
  const { runtime } = ownRuntime();
  const [one, two, dead] = [runtime.spawn(idle), runtime.spawn(idle), runtime.spawn(() => undefined)];
  runtime.run();
  runtime.register(one, "taken");
  expect(nameError(() => runtime.register(two, "taken"))).toBe(`the name "taken" is taken by ${one}`);
  expect(nameError(() => runtime.register(one, "taken"))).toBe(`the name "taken" is taken by ${one}`);
  expect(nameError(() => runtime.register(one, "other"))).toContain('it is "taken" already');
  expect(nameError(() => runtime.register(dead, "late"))).toContain("it is not alive");
  expect(runtime.registered()).toEqual(["taken"]);
});

test("what is no name is refused: other types, the empty string, undefined", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  for (const name of [5, undefined, null, Symbol("name"), {}]) {
    expect(thrown(() => runtime.register(pid, name as string))).toBeInstanceOf(TypeError);
    expect(thrown(() => runtime.whereis(name as string))).toBeInstanceOf(TypeError);
    expect(thrown(() => runtime.unregister(name as string))).toBeInstanceOf(TypeError);
  }
  for (const name of ["", "undefined"]) nameError(() => runtime.register(pid, name));
  expect(thrown(() => runtime.register("pid" as never, "name"))).toBeInstanceOf(TypeError);
});

test("a name is free again as soon as its process has ended, however it ended", () => {
  const { runtime } = ownRuntime();
  const bodies = [
    () => undefined,
    () => {
      throw new Error("boom");
    },
    (self: Self) => self.exit("bye"),
    idle,
  ];
  for (const body of bodies) {
    const pid = runtime.spawnOpt(body, { name: "name" });
    runtime.run();
    if (body === idle) runtime.exit(pid, "kill");
    expect(runtime.whereis("name")).toBeUndefined();
    expect(runtime.registered()).toEqual([]);
  }
});

test("a name can be taken over within the message that tells of its owner's end", () => {
  const { runtime, reports } = ownRuntime();
  const owner = runtime.spawnOpt(idle, { name: "name" });
  const heir = runtime.spawn(function* (self: Self<unknown>) {
    self.monitor("name");
    yield* self.receive();
    runtime.register(self.pid, "name");
    yield* idle(self);
  });
  runtime.run();
  runtime.exit(owner, "boom");
  runtime.run();
  expect(runtime.whereis("name")).toBe(heir);
  expect(reports).toEqual([]);
});

test("unregister frees the name and leaves the process, which may take another", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "one");
  expect(runtime.unregister("one")).toBe(true);
  expect(runtime.whereis("one")).toBeUndefined();
  expect(runtime.isAlive(pid)).toBe(true);
  expect(runtime.processInfo(pid, "registeredName")).toBeUndefined();
  runtime.register(pid, "two");
  expect(runtime.whereis("two")).toBe(pid);
});

test("names that come and go, however many, are given when they are and forgotten when they go", () => {
  const { runtime } = ownRuntime();
  const pids = Array.from({ length: 50 }, (_, i) => {
    const pid = runtime.spawn(idle);
    runtime.register(pid, `stays ${i}`);
    return pid;
  });
  const guest = runtime.spawn(idle);
  for (let i = 0; i < 1000; i++) {
    runtime.register(guest, `goes ${i}`);
    expect(runtime.whereis(`goes ${i - 1}`)).toBeUndefined();
    expect(runtime.registered()).toHaveLength(51);
    expect(runtime.registered()).toContain(`goes ${i}`);
    runtime.unregister(`goes ${i}`);
  }
  expect(runtime.registered()).toEqual(pids.map((_, i) => `stays ${i}`));
  expect(runtime.registered().map((name) => runtime.whereis(name))).toEqual(pids);
  expect(nameError(() => runtime.send("goes 999", "x"))).toContain('"goes 999"');
});

test("a name is resolved when a message is sent: what is sent goes to who has it then", () => {
  const { runtime } = ownRuntime();
  const [one, two] = [runtime.spawn(idle), runtime.spawn(idle)];
  runtime.register(one, "name");
  runtime.send("name", 1);
  runtime.unregister("name");
  runtime.register(two, "name");
  runtime.send("name", 2);
  expect(runtime.processInfo(one, "messages")).toEqual([1]);
  expect(runtime.processInfo(two, "messages")).toEqual([2]);
});

test("registering and dying in the same slice leaves no name behind", () => {
  const { runtime } = ownRuntime();
  runtime.spawn((self: Self) => {
    runtime.register(self.pid, "short");
    throw new Error("at once");
  });
  runtime.spawn((self: Self) => {
    runtime.register(self.pid, "shorter");
    self.exit(self.pid, "kill");
  });
  runtime.run();
  expect(runtime.registered()).toEqual([]);
});

test("anybody may register anybody, and the main process has a name like others", () => {
  const { runtime } = ownRuntime();
  runtime.spawn((self: Self, main: never) => {
    runtime.register(main, "main");
    self.send("main", "hello");
  }, runtime.self() as never);
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["hello"]);
});

test("names that JavaScript's objects know are names like any other", () => {
  const { runtime } = ownRuntime();
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(runtime.whereis(name)).toBeUndefined();
    const pid = runtime.spawnOpt(idle, { name });
    expect(runtime.whereis(name)).toBe(pid);
  }
});
