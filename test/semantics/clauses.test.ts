// biome-ignore-all lint/suspicious/noThenProperty: that is how the API says it
import { expect, test } from "vitest";
import { on, P, type Self } from "../../src/index.ts";
import { gate, ownRuntime, settle } from "./support/own-runtime.ts";

type Message = "go" | ["item", number] | "end";

test("receive gives what its clause returned", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<Message>) {
    const result: number | "went" = yield* self.receive({ go: () => "went" as const, item: ([, n]) => n * 2 });
    log.push(result);
    log.push(yield* self.receive({ go: () => undefined }));
  });
  runtime.send(pid, ["item", 21]);
  runtime.send(pid, "go");
  runtime.run();
  expect(log).toEqual([42, undefined]);
});

test("a clause that is a generator function is run to its end, and may wait, receive and throw in it", () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<Message>) {
    const total = yield* self.receive({
      *go() {
        yield* self.sleep(5);
        let sum = 0;
        for (let i = 0; i < 2; i++) sum += yield* self.receive({ item: ([, n]) => n });
        return sum;
      },
    });
    log.push(total);
    try {
      yield* self.receive(
        on("end", function* () {
          yield* self.sleep(5);
          throw new Error("from the clause");
        }),
      );
    } catch (error) {
      log.push((error as Error).message);
    }
  });
  runtime.send(pid, "end");
  runtime.send(pid, "go");
  runtime.send(pid, ["item", 1]);
  runtime.run();
  pass(5);
  runtime.send(pid, ["item", 2]);
  runtime.run();
  expect(log).toEqual([3]);
  pass(5);
  expect(log).toEqual([3, "from the clause"]);
});

test("a clause that is an async function is waited for, with the mailbox closed", async () => {
  const { runtime } = ownRuntime();
  const { promise, open } = gate<string>();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<Message>) {
    log.push(yield* self.receive({ go: async () => `the host said ${await promise}` }));
    log.push(yield* self.receive());
  });
  runtime.send(pid, "go");
  runtime.send(pid, "end");
  await settle(runtime);
  expect(log).toEqual([]);
  open("yes");
  await settle(runtime);
  expect(log).toEqual(["the host said yes", "end"]);
});

test("a clause may return an operation in place of its result", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(function* (self: Self<Message>) {
    log.push(yield* self.receive({ go: () => self.receive({ item: ([, n]) => n }) }));
  });
  runtime.send(pid, ["item", 5]);
  runtime.send(pid, "go");
  runtime.run();
  expect(log).toEqual([5]);
});

test("all that works in an async body and in the main process, too", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  const body = async (self: Self<Message>) => {
    log.push(
      await self.receive({
        *go() {
          yield* self.sleep(5);
          return yield* self.receive({ item: ([, n]) => n });
        },
      }),
    );
    log.push(await self.receive({ end: async () => "ended" }));
  };
  const pid = runtime.spawn(body);
  for (const message of ["end", "go", ["item", 7]] as Message[]) runtime.send(pid, message);
  await settle(runtime);
  pass(5);
  await settle(runtime);
  expect(log).toEqual([7, "ended"]);

  runtime.send(runtime.self(), 1);
  runtime.send(runtime.self(), "two");
  const sum = runtime.receive(
    on("two", function* () {
      return yield* runtime.receive(on(P.number, (n) => n + 2));
    }),
  );
  expect(await sum).toBe(3);
});

test("a process killed while a clause waits runs the clause's finally blocks, innermost first", () => {
  const { runtime } = ownRuntime();
  const log: string[] = [];
  const pid = runtime.spawn(function* (self: Self<Message>) {
    try {
      yield* self.receive({
        *go() {
          try {
            yield* self.receive({ end: () => undefined });
          } finally {
            log.push("clause");
          }
        },
      });
    } finally {
      log.push("body");
    }
  });
  runtime.send(pid, "go");
  runtime.run();
  runtime.exit(pid, "kill");
  runtime.run();
  expect(log).toEqual(["clause", "body"]);
});

test("this, in a clause of a tag table, is the table", () => {
  const { runtime } = ownRuntime();
  const handlers = {
    taken: 0,
    go() {
      this.taken++;
    },
    item([, n]: ["item", number]) {
      this.taken += n;
    },
  };
  const pid = runtime.spawn(function* (self: Self<Message>) {
    for (;;) yield* self.receive(handlers as Pick<typeof handlers, "go" | "item">);
  });
  runtime.send(pid, "go");
  runtime.send(pid, ["item", 4]);
  runtime.run();
  expect(handlers.taken).toBe(5);
});
