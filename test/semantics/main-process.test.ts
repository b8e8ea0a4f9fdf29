import { expect, test } from "vitest";
import { ExitError, type Pid, type Self } from "../../src/index.ts";
import { idle, ownRuntime, rejection, settle, thrown } from "./support/own-runtime.ts";

test("outside of any process, self is the main process: it has a mailbox, and receives", async () => {
  const { runtime } = ownRuntime();
  const main = runtime.self();
  expect(runtime.isAlive(main)).toBe(true);
  runtime.spawn((self: Self, to: Pid<string>) => self.send(to, "pong"), main as Pid<string>);
  runtime.run();
  expect(await runtime.receive()).toBe("pong");
  runtime.send(main, ["val", 13]);
  expect(await runtime.receive({ val: ([, n]: [string, number]) => n })).toBe(13);
});

test("it waits like a process: until a message comes", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.receive().then((message) => log.push(message));
  await settle(runtime);
  expect(log).toEqual([]);
  runtime.spawn(() => runtime.send(main, "at last"));
  const main = runtime.self();
  await settle(runtime);
  expect(log).toEqual(["at last"]);
});

test("a linked crash takes it down, and the host is told: with the reason, and which process it was", () => {
  const { runtime, mainExits, reports } = ownRuntime();
  const main = runtime.self();
  const error = new Error("boom!");
  runtime.spawnLink(() => {
    throw error;
  });
  runtime.run();
  expect(mainExits).toEqual([{ reason: error, pid: main }]);
  expect(runtime.isAlive(main)).toBe(false);
  expect(reports).toHaveLength(1);
});

test("an unlinked crash does not, nor does a normal end of a linked process", () => {
  const { runtime, mainExits, reports } = ownRuntime();
  const main = runtime.self();
  runtime.spawn(() => {
    throw new Error("boom!");
  });
  runtime.spawnLink(() => "done");
  runtime.run();
  expect(mainExits).toEqual([]);
  expect(runtime.self()).toBe(main);
  expect(reports).toHaveLength(1);
});

// As iex starts its shell's evaluator again: a new self(), and nothing of what the old one had.
test("another main process takes its place at once, with a new pid and nothing of the old one's", async () => {
  const { runtime, mainExits } = ownRuntime();
  const old = runtime.self();
  const friend = runtime.spawn(idle);
  const watched = runtime.spawn(idle);
  runtime.register(old, "main");
  runtime.link(friend);
  runtime.monitor(watched);
  runtime.put("key", 1);
  runtime.send(old, "unread");
  runtime.spawnLink((self: Self) => self.exit("boom"));
  runtime.run();
  const main = runtime.self();
  expect(mainExits).toHaveLength(1);
  expect(main).not.toBe(old);
  expect([runtime.isAlive(old), runtime.isAlive(main)]).toEqual([false, true]);
  expect(runtime.isAlive(friend)).toBe(false);
  expect(runtime.processInfo(watched, "monitoredBy")).toEqual([]);
  expect(runtime.whereis("main")).toBeUndefined();
  expect(runtime.processInfo(main)).toMatchObject({ messages: [], links: [], trapExit: false, dictionary: new Map() });
  runtime.send(old, "to the dead");
  runtime.send(main, "to the living");
  expect(await runtime.receive()).toBe("to the living");
});

test("it can die and be replaced again and again", () => {
  const { runtime, mainExits } = ownRuntime();
  const mains = new Set<unknown>();
  for (let n = 0; n < 2000; n++) {
    mains.add(runtime.self());
    runtime.spawnLink((self: Self) => self.exit(n));
    runtime.run();
  }
  expect(mains.size).toBe(2000);
  expect(mainExits.map(({ reason }) => reason)).toEqual(Array.from({ length: 2000 }, (_, n) => n));
  expect(runtime.processes()).toEqual([runtime.self()]);
});

test("what the host was waiting for is rejected with the reason", async () => {
  const { runtime } = ownRuntime();
  const waits = [
    rejection(runtime.receive()),
    rejection(runtime.sleep(1000)),
    rejection(runtime.until(new Promise(() => undefined))),
  ];
  await settle(runtime);
  runtime.spawnLink((self: Self) => self.exit("boom"));
  await settle(runtime);
  for (const wait of waits) {
    const error = (await wait) as ExitError;
    expect(error).toBeInstanceOf(ExitError);
    expect(error.reason).toBe("boom");
  }
});

test("an operation that was made before its end and awaited after it is rejected as well", async () => {
  const { runtime } = ownRuntime();
  const operation = runtime.receive();
  runtime.spawnLink((self: Self) => self.exit("boom"));
  runtime.run();
  runtime.send(runtime.self(), "for the new one");
  expect(await rejection(operation)).toMatchObject({ reason: "boom" });
  expect(await runtime.receive()).toBe("for the new one");
});

test("it may trap exits: then ends of linked processes are messages", async () => {
  const { runtime, mainExits } = ownRuntime();
  runtime.processFlag("trapExit", true);
  const child = runtime.spawnLink((self: Self) => self.exit("boom"));
  runtime.run();
  expect(await runtime.receive()).toEqual(["EXIT", child, "boom"]);
  expect(mainExits).toEqual([]);
});

test("it can be killed like any process", () => {
  const { runtime, mainExits } = ownRuntime();
  runtime.processFlag("trapExit", true);
  const main = runtime.self();
  runtime.spawn((self: Self) => self.exit(main, "kill"));
  runtime.run();
  expect(mainExits).toEqual([{ reason: "killed", pid: main }]);
});

test("exit(reason) outside of a process throws, and leaves the main process alive: the host decides", () => {
  const { runtime, mainExits } = ownRuntime();
  const error = thrown(() => runtime.exit("bye")) as ExitError;
  expect(error).toBeInstanceOf(ExitError);
  expect(error.reason).toBe("bye");
  expect(mainExits).toEqual([]);
});

test("processes that are not linked to it outlive it, and may find the new one by asking", () => {
  const { runtime } = ownRuntime();
  const old = runtime.self();
  const bystander = runtime.spawn(function* (self: Self<"report">) {
    yield* self.receive();
    self.send(runtime.whereis("main") as Pid<string>, "still here");
  });
  runtime.run();
  runtime.spawn((self: Self) => self.exit(old, "boom"));
  runtime.run();
  runtime.register(runtime.self(), "main");
  runtime.send(bystander, "report");
  runtime.run();
  expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["still here"]);
});

test("it is replaced even when there is no room for another process", () => {
  const { runtime, mainExits } = ownRuntime({ maxProcesses: 1 });
  runtime.spawnLink(() => {
    throw new Error("boom");
  });
  runtime.run();
  expect(mainExits).toHaveLength(1);
  expect(runtime.isAlive(runtime.self())).toBe(true);
  expect(runtime.isAlive(runtime.spawn(idle))).toBe(true);
});

test("a process that asks for self in its own code never gets the main process", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* () {
    seen.push(runtime.self());
    yield* runtime.sleep(0);
    seen.push(runtime.self());
  });
  runtime.run();
  expect(seen).toEqual([pid, pid]);
});
