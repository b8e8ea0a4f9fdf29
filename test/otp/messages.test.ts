import { describe, expect, test } from "vitest";
import { ExitError, Feed, type FeedItem, GenServer, messages, on, P, type Pid, Task } from "../../src/index.ts";
import { gate, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { type AnySelf, acting, ended, mailbox } from "./acting.ts";

describe("messages", () => {
  test("are iterated over in the order in which they came, each taken when it is asked for", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      for (const each of [1, undefined, "three"]) self.send(self.pid, each);
      const seen: unknown[] = [];
      for await (const message of messages({ as: self })) {
        seen.push([message, mailbox(self).length]);
        if (message === "three") break;
      }
      expect(seen).toEqual([
        [1, 2],
        [undefined, 1],
        ["three", 0],
      ]);
    });
  });

  test("may be those that match, and the others stay", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      for (const each of ["x", ["n", 1], "y", ["n", 2]]) self.send(self.pid, each);
      const numbers: number[] = [];
      for await (const [, number] of messages({ as: self, match: ["n", P.number] })) {
        numbers.push(number);
        if (number === 2) break;
      }
      expect(numbers).toEqual([1, 2]);
      expect(mailbox(self)).toEqual(["x", "y"]);
    });
  });

  test("end when none has come for a while", async () => {
    const { actAsync, runtime } = acting();
    await actAsync(async (self) => {
      self.send(self.pid, undefined);
      const before = runtime.now();
      const seen: unknown[] = [];
      for await (const message of messages({ as: self, timeout: 100 })) seen.push(message);
      expect(seen).toEqual([undefined]);
      expect(runtime.now() - before).toBe(100);
      for await (const _ of messages({ as: self, timeout: 0 })) expect.unreachable();
      expect(thrown(() => messages({ timeout: -1 }))).toBeInstanceOf(RangeError);
    });
  });

  test("in the host, tasks are awaited beside them", async () => {
    const { runtime } = acting();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const message of messages({ as: runtime })) {
        seen.push(message);
        if (message === "last") break;
      }
    })();
    await settle(runtime);
    const { promise, open } = gate<number>();
    const result = Task.await(Task.async(() => promise, [], { as: runtime }));
    const both = Promise.all([result, reading]);
    runtime.send(runtime.self(), "first");
    await settle(runtime);
    open(7);
    await settle(runtime);
    runtime.send(runtime.self(), "last");
    await settle(runtime);
    expect(await both).toEqual([7, undefined]);
    expect(seen).toEqual(["first", "last"]);
  });

  test("throw the exit reason when the process has ended", async () => {
    const { runtime } = acting();
    let error: unknown;
    const pid = runtime.spawn(async (self: AnySelf) => {
      error = await rejection(messages({ as: self }).next());
    });
    await settle(runtime);
    runtime.exit(pid, "enough");
    await settle(runtime);
    expect((error as ExitError).reason).toBe("enough");
    expect(error).toBeInstanceOf(ExitError);
  });
});

describe("a feed", () => {
  async function* counting(log: unknown[], end = Number.POSITIVE_INFINITY) {
    try {
      for (let each = 1; each <= end; each++) {
        log.push(each);
        yield each;
      }
    } finally {
      log.push("closed");
    }
  }

  test("brings no more than it is asked for, and tells its end", async () => {
    const { actAsync } = acting();
    await actAsync(function* (self) {
      const log: unknown[] = [];
      const feed = Feed.startLink(counting(log, 4), { demand: 2 });
      const { ref, pid } = feed;
      yield* self.sleep(200);
      expect(mailbox(self)).toEqual([
        ["item", ref, 1],
        ["item", ref, 2],
      ]);
      expect(log).toEqual([1, 2]);
      feed.ask();
      yield* self.sleep(200);
      expect(log).toEqual([1, 2, 3]);
      feed.ask(Number.POSITIVE_INFINITY);
      yield* self.sleep(200);
      expect(mailbox(self).slice(2)).toEqual([
        ["item", ref, 3],
        ["item", ref, 4],
        ["DOWN", ref, "process", pid, "normal"],
      ]);
      expect(log).toEqual([1, 2, 3, 4, "closed"]);
    });
  });

  test("reads plain iterables and ReadableStreams as well", async () => {
    const { actAsync } = acting();
    await actAsync(function* (self) {
      const stream = new ReadableStream<string>({
        start(controller) {
          controller.enqueue("a");
          controller.enqueue("b");
          controller.close();
        },
      });
      // As in browsers that can't iterate over one.
      const bare = { getReader: () => stream.getReader() } as ReadableStream<string>;
      for (const source of [["a", "b"], bare]) {
        const feed = Feed.start(source, { demand: 9 });
        for (const each of ["a", "b"]) expect(yield* self.receive()).toEqual(["item", feed.ref, each]);
        expect(yield* self.receive()).toEqual(["DOWN", feed.ref, "process", feed.pid, "normal"]);
      }
      expect(thrown(() => Feed.start(7 as never))).toEqual(
        new TypeError("Feed.start: expected an iterable or a stream, got 7"),
      );
      expect(thrown(() => Feed.start([], { demand: 0 }))).toBeInstanceOf(RangeError);
      expect(thrown(() => Feed.start([]).ask(-1))).toBeInstanceOf(RangeError);
    });
  });

  test("a failing source ends it, and who is linked to it", async () => {
    const { actAsync, reports } = acting();
    const error = new RangeError("broken pipe");
    async function* failing() {
      yield 1;
      throw error;
    }
    await actAsync(function* (self) {
      const feed = Feed.start(failing(), { demand: 9 });
      expect(yield* self.receive()).toEqual(["item", feed.ref, 1]);
      expect(yield* self.receive()).toEqual(["DOWN", feed.ref, "process", feed.pid, error]);
      const linked = self.spawn(function* (own: AnySelf) {
        Feed.startLink(failing(), { demand: 9 });
        yield* own.sleep(Number.POSITIVE_INFINITY);
      });
      expect(yield* ended(self, linked)).toBe(error);
    });
    expect(reports.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["crash", error],
      ["crash", error],
    ]);
  });

  for (const [name, end] of [
    ["ends normally", undefined],
    ["is killed", "kill"],
  ] as const) {
    test(`closes its source when its consumer ${name}, even while it waits for a value`, async () => {
      const { runtime } = acting();
      let closed = 0;
      const silent: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          return: async () => ({ done: true, value: closed++ }),
        }),
      };
      const pid = runtime.spawn(function* (self: AnySelf) {
        Feed.startLink(silent);
        yield* self.receive();
      });
      await settle(runtime);
      if (end === undefined) runtime.send(pid as Pid<unknown>, "go");
      else runtime.exit(pid, end);
      await settle(runtime);
      expect(closed).toBe(1);
      expect(runtime.processes()).toEqual([runtime.self()]);
    });
  }

  test("`await using` stops it, and takes its messages away", async () => {
    const { actAsync } = acting();
    await actAsync(async (self) => {
      const log: unknown[] = [];
      {
        await using feed = Feed.startLink(counting(log), { demand: 3, as: self });
        const first: FeedItem<number> = (await self.receive(on(["item", P._, P._], (item) => item))) as never;
        expect(first).toEqual(["item", feed.ref, 1]);
        await self.sleep(100);
        expect(mailbox(self).length).toBe(2);
      }
      expect(mailbox(self)).toEqual([]);
      await null;
      expect(log).toEqual([1, 2, 3, "closed"]);
    });
  });

  test("a server takes one value after the other", async () => {
    const { actAsync } = acting();
    await actAsync(function* (self) {
      const log: unknown[] = [];
      const seen: unknown[] = [];
      const Consumer = GenServer.define({
        name: "Consumer",
        init: () => Feed.startLink(counting(log, 3)),
        info: {
          item: (feed, message: readonly [string, unknown, number]) => {
            seen.push(message[2]);
            feed.ask();
            return feed;
          },
          DOWN: (feed, message: readonly unknown[]) => {
            seen.push(message[4]);
            return feed;
          },
        },
      });
      const server = yield* Consumer.start();
      yield* self.sleep(300);
      expect(seen).toEqual([1, 2, 3, "normal"]);
      yield* GenServer.stop(server);
    });
  });
});
