// The page's section on registered processes.
import { expect, test } from "vitest";
import { NameError, type Pid, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "../semantics/support/own-runtime.ts";

type CounterMessage = "inc" | ["val", Pid<number>];

function* listen(self: Self<CounterMessage>, count: number) {
  for (;;) {
    yield* self.receive({
      inc: () => {
        count++;
      },
      val: ([, from]) => {
        self.send(from, count);
      },
    });
  }
}

test("S24 register gives a pid a name and returns true", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(listen, 10);
  expect(runtime.register(pid, "count")).toBe(true);
  expect(runtime.registered()).toEqual(["count"]);
  expect(runtime.processInfo(pid, "registeredName")).toBe("count");
});

test("S25 whereis gives the very pid, and undefined for an unknown name", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(listen, 10);
  runtime.register(pid, "count");
  expect(runtime.whereis("count")).toBe(pid);
  expect(runtime.whereis("nobody")).toBeUndefined();
});

test("S26 a name takes messages like its pid, and send returns them", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(listen, 10);
  runtime.register(pid, "count");
  expect(runtime.send("count", "inc")).toBe("inc");
  runtime.send(pid, ["val", runtime.self()]);
  runtime.run();
  expect(await runtime.receive()).toBe(11);
});

test("S27 as the page prints it, the last snippet waits for ever; asked for its value, the counter says 11", async () => {
  const { runtime, pass } = ownRuntime();
  const answers: unknown[] = [];
  const asking = runtime.spawn(function* (self: Self<number>) {
    const pid = self.spawn(listen, 10);
    runtime.register(pid, "count");
    self.send("count", "inc");
    answers.push(yield* self.receive());
  });
  runtime.run();
  pass(1e12);
  expect(answers).toEqual([]);
  for (const pid of [asking, runtime.whereis("count") as Pid<never>]) {
    expect(runtime.processInfo(pid, "status")).toBe("waiting");
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(0);
  }

  runtime.send("count", ["val", asking]);
  runtime.run();
  expect(answers).toEqual([11]);
});

test("S28 a taken name is refused, and stays with its holder", () => {
  const { runtime } = ownRuntime();
  const [holder, other] = [runtime.spawn(idle), runtime.spawn(idle)];
  runtime.register(holder, "taken");
  for (const pid of [other, holder]) {
    const error = thrown(() => runtime.register(pid, "taken"));
    expect(error).toBeInstanceOf(NameError);
    expect(error).toMatchObject({ processName: "taken", message: expect.stringContaining(String(holder)) });
  }
  expect(runtime.whereis("taken")).toBe(holder);
});

test("S28 a second name for one pid is refused, and the first one named", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "first");
  const error = thrown(() => runtime.register(pid, "second"));
  expect(error).toBeInstanceOf(NameError);
  expect(error).toMatchObject({ processName: "second", message: expect.stringContaining('"first"') });
  expect(runtime.registered()).toEqual(["first"]);
});

test("S28 a dead pid can't be registered", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(() => {});
  runtime.run();
  const error = thrown(() => runtime.register(pid, "late"));
  expect(error).toBeInstanceOf(NameError);
  expect(String(error)).toContain("not alive");
  expect(runtime.registered()).toEqual([]);
});

test("S28 what is no string is no name: a TypeError that shows it", () => {
  const { runtime } = ownRuntime();
  for (const [name, shown] of [
    [7, "7"],
    [undefined, "undefined"],
    [["a"], '["a"]'],
  ]) {
    for (const call of [
      () => runtime.register(runtime.self(), name as never),
      () => runtime.unregister(name as never),
      () => runtime.whereis(name as never),
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(`got ${shown}`);
    }
  }
});

test("S28 a name is free again once its process has ended", () => {
  const { runtime } = ownRuntime();
  const first = runtime.spawn(idle);
  runtime.register(first, "seat");
  runtime.exit(first, "kill");
  runtime.run();
  expect(runtime.whereis("seat")).toBeUndefined();
  const second = runtime.spawn(idle);
  expect(runtime.register(second, "seat")).toBe(true);
  expect(runtime.whereis("seat")).toBe(second);
});

test("S28 unregister frees a name, and throws for an unknown one", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.register(pid, "name");
  expect(runtime.unregister("name")).toBe(true);
  expect(runtime.registered()).toEqual([]);
  expect(runtime.register(pid, "another")).toBe(true);
  const error = thrown(() => runtime.unregister("name"));
  expect(error).toBeInstanceOf(NameError);
  expect(error).toMatchObject({ processName: "name" });
});

test("S28 send to an unknown name throws, send to a dead pid succeeds silently", () => {
  const { runtime, reports } = ownRuntime();
  const error = thrown(() => runtime.send("nobody", "hello"));
  expect(error).toBeInstanceOf(NameError);
  expect(error).toMatchObject({ processName: "nobody", message: expect.stringContaining('"nobody"') });
  const dead = runtime.spawn(() => {});
  runtime.run();
  expect(runtime.send(dead as Pid<string>, "hello")).toBe("hello");
  runtime.run();
  expect(reports).toEqual([]);
});
