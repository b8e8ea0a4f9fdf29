import { expect, test } from "vitest";
import { type Body, loop, on, P, type Self } from "../../src/index.ts";
import { idle, ownRuntime, settle } from "./support/own-runtime.ts";

test("a message stays until it is taken, in order of arrival, and can be seen", () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  for (const message of ["a", 2, ["c"]]) runtime.send(pid, message);
  for (let i = 0; i < 3; i++) {
    runtime.run();
    expect(runtime.processInfo(pid, "messages")).toEqual(["a", 2, ["c"]]);
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(3);
  }
});

test("looking at a mailbox takes nothing from it", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive({ go: () => undefined } as never);
    seen.push(yield* self.receive(), yield* self.receive());
  });
  runtime.send(pid, "a");
  runtime.send(pid, "b");
  runtime.run();
  runtime.processInfo(pid);
  runtime.processInfo(pid, "messages")?.pop();
  runtime.send(pid, "go");
  runtime.run();
  expect(seen).toEqual(["a", "b"]);
});

test("what is left when a process ends goes with it, and nobody is told", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<string>) {
    yield* self.receive();
  });
  runtime.send(pid, "taken");
  runtime.send(pid, "left");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
  expect(runtime.processInfo(pid)).toBeUndefined();
  expect(reports).toEqual([]);
});

test("a mailbox can be seen as it is between the receives of one slice", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    const look = () => seen.push(runtime.processInfo(self.pid, "messages"));
    yield* self.receive({ go: () => undefined } as never);
    seen.push(yield* self.receive(), yield* self.receive());
    look();
    // The second one of these was read ahead.
    seen.push(yield* self.receive(), yield* self.receive(), yield* self.receive(on(P.number, (n) => n)));
    seen.push(yield* self.receive(), yield* self.receive(on(7, (seven) => seven)));
    self.send(self.pid, "own");
    look();
    seen.push(yield* self.receive());
  });
  for (const message of ["go", 1, 2, 3, 4, 5, 6, 7]) runtime.send(pid, message);
  runtime.run();
  expect(seen).toEqual([1, 2, [3, 4, 5, 6, 7], 3, 4, 5, 6, 7, ["own"], "own"]);
});

test("who is killed in its own slice takes no more messages, though they wait", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    const child = self.spawnLink(idle);
    yield* self.receive({ go: () => undefined } as never);
    seen.push(yield* self.receive(), yield* self.receive());
    self.exit(child, "boom");
    seen.push(yield* self.receive());
  });
  for (const message of ["go", "a", "b", "c", "d"]) runtime.send(pid, message);
  runtime.run();
  expect(seen).toEqual(["a", "b"]);
  expect(runtime.isAlive(pid)).toBe(false);
});

test.each<[string, () => Body<unknown, []>]>([
  [
    "returns",
    () =>
      function* (self: Self<unknown>) {
        yield* self.receive({ go: () => undefined } as never);
        for (let i = 0; i < 3; i++) yield* self.receive();
      },
  ],
  [
    "throws",
    () =>
      function* (self: Self<unknown>) {
        yield* self.receive({ go: () => undefined } as never);
        for (let i = 0; i < 3; i++) yield* self.receive();
        throw new Error("in the midst of its messages");
      },
  ],
  [
    "is a loop that exits",
    () => loop(0, (taken: number, _: unknown, self) => (taken === 3 ? self.exit("enough") : taken + 1)),
  ],
])(
  "the messages that are left when a body %s after some go with it: the next process in its slot gets none",
  (_, body) => {
    const { runtime } = ownRuntime({ maxProcesses: 3 });
    const seen: unknown[] = [];
    for (let i = 0; i < 2000; i++) {
      const pid = runtime.spawn(body());
      for (const message of ["go", 1, 2, 3, 4, 5, 6]) runtime.send(pid, message);
      runtime.run();
      expect(runtime.isAlive(pid)).toBe(false);
      const next = runtime.spawn(function* (self: Self<unknown>) {
        seen.push(yield* self.receive());
      });
      runtime.send(next, "mine");
      runtime.run();
    }
    expect(seen).toEqual(Array(2000).fill("mine"));
  },
);

test("a mailbox without a bound takes what it is given: 100,000 unread messages, first to last", () => {
  const { runtime } = ownRuntime();
  let sum = 0;
  const pid = runtime.spawn(function* (self: Self<number | "go">) {
    yield* self.receive({ go: () => undefined });
    for (let expected = 0; expected < 100_000; expected++) {
      const got = yield* self.receive();
      if (got === expected) sum++;
    }
  });
  for (let n = 0; n < 100_000; n++) runtime.send(pid, n);
  runtime.run();
  expect(runtime.processInfo(pid, "messageQueueLen")).toBe(100_000);
  runtime.send(pid, "go");
  runtime.run();
  expect(sum).toBe(100_000);
});

// What comes to a process that waits in a bare receive is given it without a mailbox. Nobody can tell.

for (const kind of ["generator", "loop", "async"] as const) {
  const receiver = (seen: unknown[]) =>
    kind === "loop"
      ? loop(0, (_count: number, message: unknown) => seen.push(message))
      : kind === "async"
        ? async (self: Self<unknown>) => {
            for (;;) seen.push(await self.receive());
          }
        : function* (self: Self<unknown>) {
            for (;;) seen.push(yield* self.receive());
          };

  test(`a message to a waiting ${kind} body is in its mailbox until it runs, before those that follow`, async () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const pid = runtime.spawn(receiver(seen));
    await settle(runtime);
    for (const messages of [
      ["a", undefined, "b"],
      [undefined, "c"],
      [null, 0, ""],
    ]) {
      seen.length = 0;
      for (const message of messages) runtime.send(pid, message);
      expect(runtime.processInfo(pid, "messages")).toEqual(messages);
      expect(runtime.processInfo(pid, "messageQueueLen")).toBe(messages.length);
      expect(runtime.processInfo(pid, "status")).toBe("runnable");
      await settle(runtime);
      expect(seen).toEqual(messages);
      expect(runtime.processInfo(pid, "messages")).toEqual([]);
    }
  });

  test(`a waiting ${kind} body that is killed before it runs leaves its message unread`, async () => {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const pid = runtime.spawn(receiver(seen));
    await settle(runtime);
    runtime.send(pid, "a");
    runtime.exit(pid, "kill");
    await settle(runtime);
    expect(seen).toEqual([]);
    expect(runtime.isAlive(pid)).toBe(false);
  });
}

test("who is given a message while it waits, and then asks for another one, finds it in front of the others", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<number>) {
    // Drives its receive by hand, and leaves it when it is woken.
    const receive = self.receive()[Symbol.iterator]();
    const step = receive.next();
    if (!step.done) yield step.value;
    seen.push(yield* self.receive(on(3, (three) => three)));
    for (let i = 0; i < 3; i++) seen.push(yield* self.receive());
  });
  runtime.run();
  for (const message of [1, 2, 3, 4]) runtime.send(pid, message);
  runtime.run();
  expect(seen).toEqual([3, 1, 2, 4]);
});
