import { expect, test } from "vitest";
import { after, type Clause, on, P, type Pid, type Ref, type Self, type Suspend } from "../../src/index.ts";
import { ownRuntime } from "./support/own-runtime.ts";

type Letter = "a" | "b" | "c";

/** Sends `messages` to a process that first of all does `body`; what it returned, and what is left in its mailbox. */
function given<M, T>(
  messages: M[],
  body: (self: Self<M>) => Generator<never, T, unknown> | Generator<unknown, T, unknown>,
) {
  const { runtime } = ownRuntime();
  let result: T | "it waits" = "it waits";
  let left: unknown;
  const pid = runtime.spawn(function* (self: Self<M>) {
    result = (yield* body(self) as Generator<never, T>) as T;
    left = runtime.processInfo(self.pid as Pid<never>, "messages");
  });
  for (const message of messages) runtime.send(pid as Pid<unknown>, message);
  runtime.run();
  return { result, left: left ?? runtime.processInfo(pid, "messages"), runtime, pid };
}

// Erlang:  self() ! b, self() ! a, receive a -> 1; b -> 2 end.  is 2, and so is it with the clauses the other way round.
test("the oldest message that any clause takes is taken, whatever the order of the clauses", () => {
  for (const order of [1, -1]) {
    const clauses = [on("a", () => "clause a"), on("b", () => "clause b")];
    if (order < 0) clauses.reverse();
    const { result, left } = given<Letter, string>(["c", "b", "a"], function* (self) {
      return yield* self.receive(...clauses);
    });
    expect(result).toBe("clause b");
    expect(left).toEqual(["c", "a"]);
  }
});

test("the order of clauses decides when several take the same message", () => {
  const { result } = given<number, string>([5], function* (self) {
    return yield* self.receive(
      on(P.string, () => "a string"),
      on(P.number, () => "a number"),
      on(5, () => "five"),
    );
  });
  expect(result).toBe("a number");
});

test("messages that are passed over keep their places and their order", () => {
  const { result, left } = given<number, number[]>([1, 20, 2, 30, 3, 40, 4], function* (self) {
    const big = on(
      (n: number) => n >= 10,
      (n: number) => n,
    );
    return [yield* self.receive(big), yield* self.receive(big), yield* self.receive(big)];
  });
  expect(result).toEqual([20, 30, 40]);
  expect(left).toEqual([1, 2, 3, 4]);
});

test("a tag is a bare string, the first element of a tuple, or the type of an object", () => {
  const table = { ping: () => "taken" };
  for (const message of ["ping", ["ping"], ["ping", 1, 2], { type: "ping", n: 1 }]) {
    const { result } = given<unknown, unknown>([["pong"], message], function* (self) {
      return yield* (self as Self<"ping">).receive(table);
    });
    expect(result).toBe("taken");
  }
});

test("a clause of a tag table gets the whole message", () => {
  const { result } = given<["val", number] | { type: "add"; n: number }, unknown[]>(
    [["val", 1], { type: "add", n: 2 }],
    function* (self) {
      const table = { val: (message: unknown) => message, add: (message: unknown) => message };
      return [yield* self.receive(table), yield* self.receive(table)];
    },
  );
  expect(result).toEqual([["val", 1], { type: "add", n: 2 }]);
});

test("_ takes any message that the table does not name, in its turn", () => {
  const { result } = given<unknown, unknown[]>([7, "x", "inc", ["y"], null, undefined, {}, [1]], function* (self) {
    const seen: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      yield* (self as Self<"inc">).receive({ inc: () => seen.push("by tag"), _: (other) => seen.push(other) });
    }
    return seen;
  });
  expect(result).toEqual([7, "x", "by tag", ["y"], null, undefined, {}, [1]]);
});

test("without _, messages that carry no tag stay", () => {
  const { result, left } = given<unknown, unknown>([7, null, [1, "inc"], { kind: "inc" }, "inc"], function* (self) {
    return yield* (self as Self<"inc">).receive({ inc: () => "taken" });
  });
  expect(result).toBe("taken");
  expect(left).toEqual([7, null, [1, "inc"], { kind: "inc" }]);
});

test("receiveAll takes the oldest message of a mailbox whose type it covers", () => {
  const { result } = given<Letter, string[]>(["b", "a", "c"], function* (self) {
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(yield* self.receiveAll({ a: () => "a", b: () => "b", c: () => "c" }));
    }
    return seen;
  });
  expect(result).toEqual(["b", "a", "c"]);
});

test("tags that every object inherits are tags like any other", () => {
  const hostile = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const { result, left } = given<unknown, unknown>([...hostile, ["__proto__"], "inc"], function* (self) {
    return yield* (self as Self<"inc">).receive({ inc: () => "taken" });
  });
  expect(result).toBe("taken");
  expect(left).toEqual([...hostile, ["__proto__"]]);
});

test("only the properties that a table has itself are clauses", () => {
  class Table {
    own = () => "own";
    inherited() {
      return "inherited";
    }
  }
  const { result, left } = given<string, string>(["constructor", "inherited", "own"], function* (self) {
    return yield* self.receive(new Table() as never);
  });
  expect(result).toBe("own");
  expect(left).toEqual(["constructor", "inherited"]);
});

test("patterns look into tuples, objects and arrays", () => {
  const { result, left } = given<unknown, unknown>(
    [
      ["reply", 1],
      ["reply", 2, "more"],
      { status: 200, body: ["a", 1] },
      { status: 200, body: ["a", "b"], extra: true },
    ],
    function* (self) {
      return yield* self.receive(
        on(["reply", P.string], () => "no: 1 is no string"),
        on({ status: 200, body: P.array(P.string) }, ({ body }) => body),
      );
    },
  );
  expect(result).toEqual(["a", "b"]);
  expect(left).toHaveLength(3);
});

test("pids and references are compared by identity", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const main = runtime.self();
  runtime.spawn(function* (self: Self<unknown>) {
    const mine: Ref = self.alias();
    const other: Ref = self.alias();
    self.send(self.pid, ["answer", other, 1]);
    self.send(self.pid, ["answer", mine, 2]);
    log.push(yield* self.receive(on(["answer", mine, P.number], ([, , n]) => n)));
    self.send(self.pid, ["from", main]);
    self.send(self.pid, ["from", self.pid]);
    const itself = yield* self.receive(on(["from", self.pid], ([, pid]) => pid));
    const host = yield* self.receive(on(["from", main], ([, pid]) => pid));
    log.push(itself === self.pid, host === main);
  });
  runtime.run();
  expect(log).toEqual([2, true, true]);
});

test("a predicate or a type guard is a pattern", () => {
  const isShort = (message: unknown): message is string => typeof message === "string" && message.length < 3;
  const { result, left } = given<unknown, unknown>([12, "long", "ab"], function* (self) {
    return yield* self.receive(on(isShort, (short) => short.toUpperCase()));
  });
  expect(result).toBe("AB");
  expect(left).toEqual([12, "long"]);
});

// Erlang: a guard that fails with an error is a guard that does not succeed.
test("a predicate that throws does not match", () => {
  const { result, left } = given<unknown, unknown>([null, { items: [1] }, { items: [1, 2] }], function* (self) {
    return yield* self.receive(
      on(
        (message: { items: number[] }) => message.items.length > 1,
        () => "two items",
      ),
    );
  });
  expect(result).toBe("two items");
  expect(left).toEqual([null, { items: [1] }]);
});

test("a receive that nothing satisfies waits, and looks at what comes", () => {
  const { result, runtime, pid, left } = given<Letter, string>(["b", "b"], function* (self) {
    return yield* self.receive({ a: () => "the a" });
  });
  expect(result).toBe("it waits");
  expect(left).toEqual(["b", "b"]);
  expect(runtime.processInfo(pid, "status")).toBe("waiting");
  runtime.send(pid, "c");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(true);
  runtime.send(pid, "a");
  runtime.run();
  expect(runtime.isAlive(pid)).toBe(false);
});

test("the next receive begins again with the oldest message", () => {
  const { result } = given<Letter, string[]>(["a", "b", "c"], function* (self) {
    const seen: string[] = [];
    seen.push(yield* self.receive({ c: () => "c" }));
    seen.push(yield* self.receive({ b: () => "b" }));
    seen.push(yield* self.receive());
    return seen;
  });
  expect(result).toEqual(["c", "b", "a"]);
});

test("of many clauses each takes what it is for, in one receive that is kept as in one made anew", () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(function* (self: Self<unknown>) {
    const receive = () =>
      self.receive(
        on("a", () => 1),
        on(["b", P.number], ([, n]) => n),
        on({ type: "c" }, () => ["c"]),
        on("d", function* () {
          return yield* self.receive(on("e", () => "de"));
        }),
        after(0, () => "none"),
      );
    const kept = receive();
    for (const message of ["d", ["b", 2], "?", { type: "c" }, "a", "e", "d", "e"]) self.send(self.pid, message);
    for (let i = 0; i < 3; i++) log.push(yield* kept, yield* receive());
  });
  runtime.run();
  expect(log).toEqual(["de", 2, ["c"], 1, "de", "none"]);
});

test("a tag that no table knew when its message was passed over is found by the first that does", () => {
  const { result } = given<string, string[]>(["late", "later", "known"], function* (self) {
    const seen: string[] = [];
    seen.push(yield* (self as Self<"known">).receive({ known: () => "known" }));
    seen.push(yield* (self as Self<"later">).receive({ later: () => "later" }));
    seen.push(yield* (self as Self<"late">).receive({ late: () => "late" }));
    return seen;
  });
  expect(result).toEqual(["known", "later", "late"]);
});

test("patterns and tag tables may take turns over one mailbox", () => {
  const { result } = given<unknown, unknown[]>([1, "a", 2, "b", 3], function* (self) {
    const seen: unknown[] = [];
    seen.push(yield* (self as Self<"b">).receive({ b: () => "b" }));
    seen.push(
      yield* self.receive(
        on(
          (n: number) => n > 1,
          (n) => n,
        ),
      ),
    );
    seen.push(yield* (self as Self<"a">).receive({ a: () => "a" }));
    seen.push(yield* self.receive(), yield* self.receive());
    return seen;
  });
  expect(result).toEqual(["b", 2, "a", 1, 3]);
});

// A receive goes on where an earlier one stopped when what lies there is known to be nothing for it. None of these may be missed:
type Memory = (self: Self<unknown>) => Generator<Suspend, unknown, unknown>;
const take = (self: Self<unknown>, pattern: unknown) =>
  self.receive(on(pattern as string, (message: unknown) => message) as Clause<unknown>);
const byTag = (self: Self<unknown>, tag: string) => self.receive({ [tag]: (message: unknown) => message } as never);

test.each<[string, Memory]>([
  [
    "a message whose tag was asked for, passed over because the rest of it did not match",
    function* (self) {
      self.send(self.pid, ["a", 1]);
      self.send(self.pid, ["a", 2]);
      yield* take(self, ["a", 2]);
      return yield* take(self, ["a", 1]);
    },
  ],
  [
    "a message passed over by a receive for a reference, after one for its tag",
    function* (self) {
      for (const message of ["x", "b", ["a", 1]]) self.send(self.pid, message);
      yield* byTag(self, "b");
      yield* byTag(self, "a");
      const ref = self.alias();
      self.send(self.pid, ["a", 1]);
      self.send(self.pid, [ref]);
      yield* take(self, [ref]);
      return yield* byTag(self, "a");
    },
  ],
  [
    "a message with the last reference that was made before the receive that passed over it",
    function* (self) {
      const ref = self.alias();
      for (const message of ["x", ["a", ref], "b"]) self.send(self.pid, message);
      yield* byTag(self, "b");
      return yield* take(self, ["a", ref]);
    },
  ],
  [
    "a message with an older one of the two references that a receive asks for",
    function* (self) {
      const old = self.alias();
      for (const message of ["x", ["a", old], "b"]) self.send(self.pid, message);
      yield* byTag(self, "b");
      const young = self.alias();
      return yield* self.receive(
        on([P._, young], () => "none"),
        on([P._, old], (message: unknown) => message),
      );
    },
  ],
  [
    "a message with an older reference, or a younger one",
    function* (self) {
      const old = self.alias();
      for (const message of ["x", ["a", old], "b"]) self.send(self.pid, message);
      yield* byTag(self, "b");
      const young = self.alias();
      return yield* take(self, ["a", P.or(young, old)]);
    },
  ],
  [
    "a message that a guard takes now and did not take before",
    function* (self) {
      let wanted = 2;
      const guard = (message: unknown) => Array.isArray(message) && message[1] === wanted;
      for (const n of [1, 2]) self.send(self.pid, ["a", n]);
      yield* take(self, guard);
      wanted = 1;
      return yield* take(self, guard);
    },
  ],
  [
    "a message with one of other tags than the last receive's",
    function* (self) {
      for (const message of [["a", 1], "b", "c"]) self.send(self.pid, message);
      yield* byTag(self, "b");
      yield* byTag(self, "c");
      return yield* self.receive({ a: (message: unknown) => message, c: () => "none" } as never);
    },
  ],
])("what an earlier receive has seen makes a receive miss nothing: %s", (_, body) => {
  const { result, left } = given<unknown, unknown>([], body);
  expect((result as unknown as unknown[])[0]).toBe("a");
  expect((left as unknown[]).filter((message) => message !== "x")).toEqual([]);
});

test("a guard that takes messages out of its mailbox is put to all others of it, and to nobody else's", () => {
  for (const at of [0, 7, 8, 100, 299]) {
    const { runtime } = ownRuntime();
    const seen: unknown[] = [];
    const dead = runtime.spawn(() => {});
    runtime.run();
    runtime.spawn(function* (self: Self<unknown>) {
      const watched: Ref[] = [];
      for (let n = 0; n < 300; n++) {
        if (n >= at && n < at + 40) watched.push(self.monitor(dead));
        else self.send(self.pid, n);
      }
      self.send(self.pid, "last");
      const other = self.spawn(function* (self: Self<unknown>) {
        yield* self.sleep(Number.POSITIVE_INFINITY);
      });
      const guard = (message: unknown) => {
        seen.push(Array.isArray(message) ? message[0] : message);
        if (message === 290 || (at > 250 && message === 50)) {
          for (const ref of watched) self.demonitor(ref, { flush: true });
          // They lie where the others lay.
          for (let n = 0; n < 100; n++) self.send(other, "not for you");
        }
        return message === "last";
      };
      seen.push(yield* self.receive(on(guard, (message: unknown) => [message])));
    });
    runtime.run();
    expect(seen.at(-1)).toEqual(["last"]);
    expect(seen.includes("not for you")).toBe(false);
    for (let n = 0; n < 300; n++) expect(seen.includes(n)).toBe(n < at || n >= at + 40);
  }
});

test("a tag table may have any number of tags", () => {
  const table: Record<string, () => string> = {};
  for (let n = 0; n < 1000; n++) table[`tag ${n}`] = () => `clause ${n}`;
  const { result, left } = given<string, string>(["other", "tag 999", "tag 0"], function* (self) {
    return yield* self.receive(table as never);
  });
  expect(result).toBe("clause 999");
  expect(left).toEqual(["other", "tag 0"]);
});

test("one reply is found behind 10,000 other messages, which stay in order", () => {
  const others = Array.from({ length: 10_000 }, (_, n) => ["other", n] as const);
  const { result, left } = given<unknown, unknown>([...others, ["reply", "yes"]], function* (self) {
    return yield* (self as Self<["reply", string]>).receive({ reply: ([, answer]) => answer });
  });
  expect(result).toBe("yes");
  expect(left).toEqual(others);
});

test("a clause that throws has taken its message, and the error goes through the receive", () => {
  const { result, left } = given<Letter, string>(["a", "b"], function* (self) {
    try {
      yield* self.receive({
        a: () => {
          throw new Error("from the clause");
        },
      });
    } catch (error) {
      return (error as Error).message;
    }
    return "not thrown";
  });
  expect(result).toBe("from the clause");
  expect(left).toEqual(["b"]);
});

test("a clause of a table that is no function is a clear error when its message comes", () => {
  const { runtime, reports } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<"a">) {
    yield* self.receive({ a: 5 } as never);
  });
  runtime.send(pid, "a");
  runtime.run();
  expect(String(reports[0]?.reason)).toMatch(/TypeError: receive: expected a function for the tag "a", got 5/);
});
