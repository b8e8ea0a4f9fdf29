import { expect, test } from "vitest";
import { loop, type Pid, type Ref, type Self } from "../../src/index.ts";
import { ownRuntime, settle } from "./support/own-runtime.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

function* collect(self: Self<unknown>, into: unknown[]) {
  for (;;) into.push(yield* self.receive());
}

test("messages from one sender arrive in the order they were sent", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const receiver = runtime.spawn(collect, seen);
  runtime.spawn(() => {
    for (const n of upTo(1000)) runtime.send(receiver, n);
  });
  runtime.run();
  expect(seen).toEqual(upTo(1000));
});

test("each sender's own order is kept when several send at once", () => {
  const { runtime } = ownRuntime();
  const seen: [name: string, n: number][] = [];
  const receiver = runtime.spawn(collect, seen);
  function* sender(self: Self<"go">, name: string) {
    for (const n of upTo(100)) {
      self.send(receiver, [name, n]);
      // Gives way, so that the three take turns.
      self.send(self.pid, "go");
      yield* self.receive();
    }
  }
  for (const name of ["a", "b", "c"]) runtime.spawn(sender, name);
  runtime.run();
  for (const name of ["a", "b", "c"]) {
    expect(seen.filter(([from]) => from === name).map(([, n]) => n)).toEqual(upTo(100));
  }
});

test("a pid, a name, a name with its node and an alias are one way to the receiver", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  runtime.spawnOpt(
    function* (self: Self<unknown>) {
      const alias: Ref = self.alias();
      runtime.spawn((sender: Self, pid: Pid<unknown>) => {
        sender.send(pid, 1);
        sender.send(alias, 2);
        sender.send("receiver", 3);
        sender.send(["receiver", runtime.node], 4);
        sender.send(alias, 5);
        sender.send(pid, 6);
      }, self.pid);
      yield* collect(self, seen);
    },
    { name: "receiver" },
  );
  runtime.run();
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
});

test("the order is the same for every kind of body", async () => {
  const { runtime } = ownRuntime();
  const seen: Record<string, unknown[]> = { generator: [], async: [], loop: [] };
  const receivers = [
    runtime.spawn(collect, seen["generator"] as unknown[]),
    runtime.spawn(async (self: Self<unknown>) => {
      for (;;) seen["async"]?.push(await self.receive());
    }),
    runtime.spawn(
      loop(seen["loop"] as unknown[], (all: unknown[], message: unknown) => {
        all.push(message);
        return all;
      }),
    ),
  ];
  for (const receiver of receivers) for (const n of upTo(5)) runtime.send(receiver, n);
  await settle(runtime);
  expect(seen).toEqual({ generator: upTo(5), async: upTo(5), loop: upTo(5) });
});

test("what was sent before a process first ran comes first", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  const receiver = runtime.spawn(collect, seen);
  runtime.send(receiver, "before");
  runtime.run();
  runtime.send(receiver, "after");
  runtime.run();
  expect(seen).toEqual(["before", "after"]);
});

test("messages to oneself keep their order, too", () => {
  const { runtime } = ownRuntime();
  const seen: unknown[] = [];
  runtime.spawn(function* (self: Self<number>) {
    for (const n of upTo(200)) self.send(self.pid, n);
    while (seen.length < 200) seen.push(yield* self.receive());
  });
  runtime.run();
  expect(seen).toEqual(upTo(200));
});
