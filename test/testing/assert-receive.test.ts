import { describe, expect, test } from "vitest";
import { on, P, type Self } from "../../src/index.ts";
import {
  AssertionError,
  assertReceive,
  assertReceived,
  configureTesting,
  refuteReceive,
  refuteReceived,
} from "../../src/testing/index.ts";
import { acting, mailbox } from "../otp/acting.ts";
import { gate, ownRuntime, rejection, settle, thrown } from "../semantics/support/own-runtime.ts";
import { failure } from "./support/failure.ts";

describe("assertReceive", () => {
  test("takes the oldest message that matches and leaves the others where they are", () => {
    const { act } = acting();
    act(function* (self) {
      for (const each of ["a", ["val", 1], "b", ["val", 2], "c"]) self.send(self.pid, each);
      const received: ["val", number] = yield* assertReceive(["val", P.number]);
      expect(received).toEqual(["val", 1]);
      expect(yield* assertReceive("c")).toBe("c");
      expect(mailbox(self)).toEqual(["a", "b", ["val", 2]]);
    });
  });

  test("takes patterns, guards, clauses and tag tables", () => {
    const { act } = acting();
    act(function* (self) {
      self.send(self.pid, { type: "user", name: "ada" });
      self.send(self.pid, 41);
      self.send(self.pid, ["sum", 1, 2]);
      self.send(self.pid, "done");
      expect(yield* assertReceive({ type: "user", name: P.string })).toEqual({ type: "user", name: "ada" });
      expect(yield* assertReceive((n: number) => n > 40)).toBe(41);
      const sum: number = yield* assertReceive(on(["sum", P.number, P.number], ([, a, b]) => a + b));
      expect(sum).toBe(3);
      const done: string = yield* assertReceive({ done: () => "table", failed: () => "other" });
      expect(done).toBe("table");
    });
  });

  test("runs a clause that waits to its end", () => {
    const { act } = acting();
    act(function* (self) {
      self.send(self.pid, "first");
      self.send(self.pid, "second");
      const both = yield* assertReceive({
        *first() {
          return ["first", yield* self.receive()];
        },
      });
      expect(both).toEqual(["first", "second"]);
    });
  });

  test("waits for 100 ms by the runtime's clock unless told otherwise", () => {
    const { runtime, pass } = ownRuntime();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* () {
      seen.push(yield* assertReceive("late"));
      try {
        yield* assertReceive("never", 5);
      } catch (error) {
        seen.push((error as Error).message.split("\n")[0]);
      }
    });
    runtime.run();
    pass(99);
    runtime.send(pid as never, "late" as never);
    runtime.run();
    expect(seen).toEqual(["late"]);
    pass(4);
    expect(seen).toHaveLength(1);
    pass(1);
    expect(seen).toEqual(["late", "Assertion failed, no matching message after 5ms"]);
  });

  test("shows the mailbox when it fails, and where each message parts from the pattern", () => {
    const { act } = acting();
    act(function* (self) {
      const error = yield* failure(assertReceive(["val", P.number]));
      expect(error.message).toBe(
        'Assertion failed, no matching message after 100ms\n  pattern: ["val", P.number]\nThe process mailbox is empty.',
      );
      expect(error.mailbox).toEqual([]);
      self.send(self.pid, ["val", "x"]);
      const one = yield* failure(assertReceive(["val", P.number], 0));
      expect(one.message).toBe(
        `Assertion failed, no matching message after 0ms
  pattern: ["val", P.number]
Showing 1 of 1 message in the mailbox
  value: ["val", "x"]  ([1]: expected P.number, got "x")`,
      );
      for (let i = 0; i < 11; i++) self.send(self.pid, i);
      const many = yield* failure(assertReceive({ type: "user", age: P.number }, 0));
      expect(many.message).toContain("Showing 10 of 12 messages in the mailbox\n  value: 1\n");
      expect(many.message).not.toContain('"val"');
      expect(many.mailbox).toHaveLength(12);
      expect(many.pattern).toBe('{type: "user", age: P.number}');
    });
  });

  test("says in which property a message differs", () => {
    const { act } = acting();
    act(function* (self) {
      self.send(self.pid, { type: "user", born: { year: "1815" } });
      self.send(self.pid, { type: "user" });
      self.send(self.pid, ["pair", 1]);
      const error = yield* failure(assertReceive({ type: "user", born: { year: P.number } }, 0));
      expect(error.message).toContain('  (.born.year: expected P.number, got "1815")');
      expect(error.message).toContain("  (.born: expected {year: P.number}, which is missing)");
      expect(error.message).toContain('  value: ["pair", 1]\n'.trimEnd());
      const longer = yield* failure(assertReceive(["pair", 1, 2], 0));
      expect(longer.message).toContain("  (length: expected 3 elements, got 2)");
    });
  });

  test("names every kind of pattern", () => {
    const { act } = acting();
    act(function* () {
      class Point {}
      const texts: unknown[] = [];
      for (const pattern of [
        P._,
        P.array(P.pid),
        P.or(1, 2),
        P.when((n: number) => n > 1),
        Point,
        (n: number) => n > 3,
        on(["a", P.ref], () => 1),
        { ok: () => 1, error: () => 2 },
        { at: Point },
        NaN,
      ]) {
        texts.push((yield* failure(assertReceive(pattern, 0))).pattern);
      }
      expect(texts.map((text) => String(text).replace("(n) =>", "n =>"))).toEqual([
        "P._",
        "P.array(…)",
        "P.or(…)",
        "P.when(…)",
        "Point",
        "n => n > 3",
        '["a", P.ref]',
        "a message with a tag of {ok, error}",
        "{at: Point}",
        "NaN",
      ]);
    });
  });

  test("its error points to the line of the test", () => {
    const { act } = acting();
    act(function* () {
      const error = yield* failure(assertReceive("never"));
      expect(error.stack).toContain("assert-receive.test");
      expect(error.stack).toContain("no matching message");
      expect(JSON.parse(JSON.stringify(error))).toEqual({
        name: "AssertionError",
        message: error.message,
        stack: error.stack,
      });
    });
  });

  test("may have a message of its own", () => {
    const { act } = acting();
    act(function* (self) {
      const error = yield* failure(assertReceive("never", { timeout: 0, message: "Oh No!" }));
      expect(error.message).toBe("Oh No!");
      self.send(self.pid, "now");
      const refuted = yield* failure(refuteReceive("now", { message: "Oh Yes!" }));
      expect(refuted.message).toBe("Oh Yes!");
    });
  });

  test("says so when a message matches that came too late", () => {
    const { act } = acting();
    act(function* (self) {
      let open = false;
      self.send(self.pid, "now");
      const look = () => {
        // It does not match while the assertion waits, and does when it looks once more.
        const was = open;
        open = true;
        return was;
      };
      const error = yield* failure(assertReceive(look, 0));
      expect(error.message).toMatch(/^Found message matching .* after 0ms\.\n/);
    });
  });

  test("works in the host's code on the main process, several at once", async () => {
    const { runtime } = ownRuntime();
    const first = assertReceive(["a", P.number], { as: runtime, timeout: "infinity" });
    const both = Promise.all([first, assertReceive("b", { as: runtime, timeout: "infinity" })]);
    const main = runtime.self();
    runtime.spawn(() => {
      runtime.send(main, "b");
      runtime.send(main, ["a", 1]);
    });
    await settle(runtime);
    expect(await both).toEqual([["a", 1], "b"]);
    const error = await rejection(assertReceive("c", { as: runtime, timeout: 0 }));
    expect(error).toBeInstanceOf(AssertionError);
    expect((error as Error).stack).toContain("assert-receive.test");
    expect(runtime.processes()).toEqual([main]);
  });

  test("works in async bodies, with their self", async () => {
    const { actAsync } = acting();
    await actAsync(async (self: Self<any>) => {
      await null;
      self.send(self.pid, "a");
      expect(await assertReceive("a", { as: self })).toBe("a");
      const { promise, open } = gate<unknown>();
      void promise.then((message) => self.send(self.pid, message));
      open("b");
      expect(await assertReceive("b", { as: self })).toBe("b");
      await refuteReceive("a", { as: self });
    });
  });

  test("begins anew each time it is waited for", () => {
    const { act } = acting();
    act(function* (self) {
      const next = assertReceive(P.number);
      self.send(self.pid, 1);
      self.send(self.pid, 2);
      expect([yield* next, yield* next]).toEqual([1, 2]);
    });
  });
});

describe("assertReceived, refuteReceive, refuteReceived", () => {
  test("look at what is there, or wait for what should not come", () => {
    const { act } = acting();
    act(function* (self) {
      self.send(self.pid, "hello");
      expect(yield* assertReceived("hello")).toBe("hello");
      expect((yield* failure(assertReceived("hello"))).message).toContain("after 0ms");
      expect(yield* refuteReceived("hello")).toBeUndefined();
      const before = self.runtime.now();
      expect(yield* refuteReceive("hello")).toBeUndefined();
      expect(self.runtime.now() - before).toBeGreaterThanOrEqual(100);
      self.send(self.pid, ["hello", 1]);
      self.send(self.pid, "other");
      const error = yield* failure(refuteReceive(["hello", P.number], 50));
      expect(error.message).toBe('Unexpectedly received message ["hello", 1] (which matched ["hello", P.number])');
      expect(error.mailbox).toEqual(['"other"']);
      const tagged = yield* failure(refuteReceived({ other: () => 1 }));
      expect(tagged.message).toContain('Unexpectedly received message "other"');
    });
  });

  test("fail as soon as the message comes", () => {
    const { runtime, pass } = ownRuntime();
    let failed: unknown;
    const pid = runtime.spawn(function* () {
      failed = yield* failure(refuteReceive("boom", 1000));
    });
    pass(500);
    expect(failed).toBeUndefined();
    runtime.send(pid as never, "boom" as never);
    runtime.run();
    expect(failed).toBeInstanceOf(AssertionError);
  });
});

describe("wrong arguments", () => {
  test.each([
    [
      "assertReceive: expected a timeout in ms (0 or more, or Infinity), got -1",
      () => assertReceive("a", -1),
      RangeError,
    ],
    ['assertReceive: expected options, got "soon"', () => assertReceive("a", "soon" as never), TypeError],
    [
      'assertReceive: expected timeout, message, as as an option, got "after"',
      () => assertReceive("a", { after: 1 } as never),
      TypeError,
    ],
    [
      'assertReceived: expected message, as as an option, got "timeout"',
      () => assertReceived("a", { timeout: 1 } as never),
      TypeError,
    ],
    [
      "refuteReceive: expected a string as message, got 1",
      () => refuteReceive("a", { message: 1 } as never),
      TypeError,
    ],
    [
      "refuteReceived: expected a self or a runtime as the option as, got 1",
      () => refuteReceived("a", { as: 1 } as never),
      TypeError,
    ],
    [
      "configureTesting: assertReceiveTimeout: expected a timeout in ms (0 or more, or Infinity), got -1",
      () => configureTesting({ assertReceiveTimeout: -1 }),
      RangeError,
    ],
    [
      'configureTesting: expected assertReceiveTimeout, refuteReceiveTimeout as an option, got "timeout"',
      () => configureTesting({ timeout: 1 } as never),
      TypeError,
    ],
  ])("%s", (message, call, type) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toBe(message);
  });

  test("configureTesting sets the timeouts", () => {
    const { act } = acting();
    try {
      configureTesting({ assertReceiveTimeout: 7, refuteReceiveTimeout: 9 });
      act(function* (self) {
        expect((yield* failure(assertReceive("a"))).message).toContain("after 7ms");
        const before = self.runtime.now();
        yield* refuteReceive("a");
        expect(self.runtime.now() - before).toBeLessThan(100);
      });
    } finally {
      configureTesting({ assertReceiveTimeout: 100, refuteReceiveTimeout: 100 });
    }
  });
});
