// biome-ignore-all lint/suspicious/noDuplicateTestHooks: after is the timeout of receive
import { describe, expect, test } from "vitest";
import { after, ExitError, inspect, type Op, on, P, type Pid, type Ref, type Suspend } from "../../src/index.ts";
import { expectIntact, inside, type Loose, rig } from "./rig.ts";

const boom = () => {
  throw new Error("boom");
};

function* idle(self: Loose) {
  yield* self.receive({ end: () => {} });
}

describe("1,000,000 messages to a process that never reads", () => {
  test("are kept in order, and their memory is given back when it dies", () => {
    const { runtime, core, expectEmpty } = rig();
    const { values } = inside(runtime);
    const MESSAGES = 1_000_000;
    const pid = runtime.spawn(idle);
    runtime.run();
    for (let i = 0; i < MESSAGES; i++) runtime.send(pid, i);
    runtime.run();
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(MESSAGES);
    expect(core.segmentsInUse()).toBe(MESSAGES / 8);
    const bytes = core.memory.buffer.byteLength;
    runtime.exit(pid, "kill");
    runtime.run();
    expect(core.segmentsInUse()).toBe(0);
    expect(values.every((value) => value === undefined)).toBe(true);

    // The next one uses the same memory again.
    let received = 0;
    const reader = runtime.spawn(function* (self: Loose) {
      yield* self.receive({ go: () => {} });
      for (; received < MESSAGES; received++) {
        const message = yield* self.receive();
        if (message !== received) throw new Error(`expected ${received}, got ${message}`);
      }
    });
    for (let i = 0; i < MESSAGES; i++) runtime.send(reader, i);
    runtime.send(reader, "go");
    runtime.run();
    expect(received).toBe(MESSAGES);
    expect(core.memory.buffer.byteLength).toBeLessThanOrEqual(bytes + 65_536);
    expectEmpty();
  });

  test("are kept by the host's main process as by any other, and given back when it dies", () => {
    const { runtime, core, mainExits, expectEmpty } = rig();
    const main = runtime.self();
    for (let i = 0; i < 100_000; i++) runtime.send(main, i);
    expect(core.segmentsInUse()).toBe(12_500);
    expect(() => runtime.exit(main, "kill")).toThrow(ExitError);
    runtime.run();
    expect(mainExits).toEqual(["killed"]);
    expectEmpty();
  });
});

describe("a tag table", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__", "then", ""])(
    "has no clause for the tag %j that it does not name: such a message waits",
    (tag) => {
      const { runtime, reports, expectEmpty } = rig();
      const seen: unknown[] = [];
      const pid = runtime.spawn(function* (self: Loose) {
        for (;;) seen.push(yield* self.receive({ a: () => "a" }));
      });
      const messages = [tag, [tag, 1], { type: tag }];
      for (const message of messages) runtime.send(pid, message);
      runtime.run();
      runtime.send(pid, "a");
      runtime.run();
      expect(seen).toEqual(["a"]);
      expect(reports).toEqual([]);
      expect(runtime.processInfo(pid, "messages")).toEqual(messages);
      runtime.exit(pid, "kill");
      expectEmpty();
    },
  );

  test("names tags that objects have anyway", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      const table = { constructor: () => "constructor", toString: () => "toString", ["__proto__"]: () => "proto" };
      for (;;) seen.push(yield* self.receive(table as never));
    });
    for (const tag of ["toString", "__proto__", "constructor", "valueOf"]) runtime.send(pid, tag);
    runtime.run();
    expect(seen).toEqual(["toString", "proto", "constructor"]);
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("without prototype works like any other", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      const table = Object.assign(Object.create(null), { a: () => "a" });
      seen.push(yield* self.receive(table));
    });
    runtime.send(pid, "b");
    runtime.send(pid, "a");
    runtime.run();
    expect(seen).toEqual(["a"]);
    expectEmpty();
  });

  test("of 10,000 tags finds each, behind 1,000 messages of other tags", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const table = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`tag${i}`, () => i]));
    const pid = runtime.spawn(function* (self: Loose) {
      for (let i = 0; i < 3; i++) seen.push(yield* self.receive(table));
    });
    for (let i = 0; i < 1000; i++) runtime.send(pid, `other${i}`);
    for (const i of [9999, 0, 5000]) runtime.send(pid, `tag${i}`);
    runtime.run();
    expect(seen).toEqual([9999, 0, 5000]);
    expectEmpty();
  });

  test("that is empty lets every message wait", () => {
    const { runtime, advance, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.receive({}, { after: 10, then: () => "timeout" }));
    });
    for (let i = 0; i < 100; i++) runtime.send(pid, `message${i}`);
    runtime.run();
    advance(10);
    expect(seen).toEqual(["timeout"]);
    expectEmpty();
  });

  test("that a clause changes while it is in use: the next receive sees the change", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const table: Record<string, (message: unknown) => unknown> = {
      first: () => {
        delete table["first"];
        table["second"] = () => {
          delete table["second"];
          table["_"] = (message) => message;
          return "second";
        };
        return "first";
      },
    };
    const pid = runtime.spawn(function* (self: Loose) {
      for (let i = 0; i < 4; i++) seen.push(yield* self.receive(table));
    });
    for (const tag of ["second", "first", "first", "third"]) runtime.send(pid, tag);
    runtime.run();
    expect(seen).toEqual(["first", "second", "first", "third"]);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("with a getter that throws fails the receive that meets it, and the message is not lost", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      const table = Object.defineProperty({}, "a", { get: boom, enumerable: true });
      try {
        yield* self.receive(table);
      } catch (error) {
        seen.push((error as Error).message);
      }
      expectIntact(runtime);
      seen.push(yield* self.receive());
    });
    runtime.send(pid, "a");
    runtime.run();
    expect(seen).toEqual(["boom", "a"]);
    expectEmpty();
  });
});

describe("a message that is hostile", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hostile: [string, () => unknown][] = [
    ["a type that throws", () => Object.defineProperty({}, "type", { get: boom })],
    ["a first element that throws", () => Object.defineProperty([], 0, { get: boom })],
    ["a revoked proxy", () => proxy],
    [
      "a proxy whose every trap throws",
      () => new Proxy({}, { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom }),
    ],
    ["a toStringTag that throws", () => Object.defineProperty({}, Symbol.toStringTag, { get: boom })],
    ["a then that throws", () => Object.defineProperty({}, "then", { get: boom })],
  ];

  test.each(hostile)("with %s: is passed over by patterns and tag tables, and taken by a bare receive", (_, make) => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const message = make();
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.receive(on(P.number, (n) => n)));
      seen.push(yield* self.receive(on({ type: "t" }, (m) => m.type)));
      seen.push(yield* self.receive(on(["a", P._], (m) => m[0])));
      seen.push(yield* self.receive({ tag: () => "tag" }));
      seen.push((yield* self.receive()) === message);
    });
    runtime.send(pid, message);
    for (const other of [5, { type: "t" }, ["a", 1], "tag"]) runtime.send(pid, other);
    runtime.run();
    expectIntact(runtime);
    expect(reports.map(({ reason }) => inspect(reason))).toEqual([]);
    expect(seen).toEqual([5, "t", "a", "tag", true]);
    expectEmpty();
  });

  test("whose type is another one each time it is read is taken once, or waits", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    let reads = 0;
    const message = {
      get type() {
        return ["a", "b", "c"][reads++ % 3];
      },
    };
    const pid = runtime.spawn(function* (self: Loose) {
      for (let i = 0; i < 5; i++)
        seen.push(yield* self.receive({ c: () => "c", z: () => "z" }, { after: 0, then: () => "none" }));
    });
    runtime.send(pid, message);
    runtime.send(pid, "z");
    runtime.run();
    expectIntact(runtime);
    expect(seen.filter((each) => each === "z")).toHaveLength(1);
    expect(seen.filter((each) => each === "c").length).toBeLessThanOrEqual(1);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("whose getters send, spawn, link or kill while it is looked at breaks nothing", () => {
    const acts: ((self: Loose) => unknown)[] = [
      (self) => self.send(self.pid, "sent"),
      (self) => self.spawnLink(() => {}),
      (self) => self.spawnMonitor(() => {}),
      (self) => self.exit(self.pid, "normal"),
      (self) => self.exit(self.pid, "kill"),
      (self) => self.exit("boom"),
    ];
    for (const act of acts) {
      const { runtime, expectEmpty } = rig({ logger: () => {} });
      let reads = 0;
      const pid = runtime.spawn(function* (self: Loose) {
        const message = {
          get type() {
            if (reads++ < 10) act(self);
            return "t";
          },
        };
        self.send(self.pid, message);
        for (let i = 0; i < 3; i++) yield* self.receive({ never: () => {} }, { after: 0, then: () => {} });
        yield* self.receive(
          on({ type: "never" }, () => {}),
          after(0),
        );
      });
      runtime.run();
      expectIntact(runtime);
      runtime.exit(pid, "kill");
      expectEmpty();
    }
  });
});

describe("a guard with effects on its own mailbox", () => {
  const rules: [string, (self: Loose, ref: Ref) => unknown][] = [
    ["takes a DOWN message out of it by demonitor(flush)", (self, ref) => self.demonitor(ref, { flush: true })],
    ["sends to it, so that its bound drops the oldest", (self) => self.send(self.pid, "more")],
    ["sends to it", (self) => self.send(self.pid, ["more"])],
    ["ends the process", (self) => self.exit(self.pid, "kill")],
    [
      "ends the process by overflowing its mailbox",
      (self) => {
        for (let i = 0; i < 9; i++) self.send(self.pid, i);
      },
    ],
  ];
  const overflows = ["exit", "dropNewest", "dropOldest"] as const;

  test.each(rules)("that %s, breaks nothing, neither here nor in others' mailboxes", (_, act) => {
    for (const overflow of overflows) {
      for (const outcome of [false, true]) {
        const { runtime, core, advance, expectEmpty } = rig({ logger: () => {} });
        const others = Array.from({ length: 5 }, (_, i) => {
          const pid = runtime.spawn(idle);
          for (let j = 0; j < 20; j++) runtime.send(pid, [i, j]);
          return pid;
        });
        runtime.run();
        const before = others.map((pid) => runtime.processInfo(pid));
        let calls = 0;
        const body = function* (self: Loose) {
          const [, ref] = self.spawnMonitor(() => {});
          yield* self.sleep(1);
          const guard = () => {
            if (calls++ < 30) act(self, ref);
            return outcome;
          };
          for (let i = 0; i < 4; i++) {
            yield* self.receive(
              on(guard, () => {}),
              after(5, () => {}),
            );
            expectIntact(runtime);
          }
          for (let i = 0; i < 4; i++) yield* self.receive({ x: () => {} }, { after: 0, then: () => {} });
        };
        const pid = runtime.spawnOpt(body, { mailbox: { limit: 4, overflow } });
        runtime.run();
        for (let i = 0; i < 3; i++) runtime.send(pid, i);
        for (let i = 0; i < 6; i++) {
          advance(1);
          expectIntact(runtime);
          advance(4);
          expectIntact(runtime);
        }
        expect(others.map((other) => inspect(runtime.processInfo(other)))).toEqual(before.map(inspect));
        expect(core.segmentsInUse()).toBeGreaterThanOrEqual(15);
        for (const each of [pid, ...others]) runtime.exit(each as Pid<unknown>, "kill");
        expectEmpty();
      }
    }
  });

  test("that throws does not match, and the message waits", () => {
    const { runtime, reports, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(
        yield* self.receive(
          on(boom, () => "never"),
          on("b", () => "b"),
        ),
      );
      seen.push(yield* self.receive());
    });
    runtime.send(pid, "a");
    runtime.send(pid, "b");
    runtime.run();
    expect(seen).toEqual(["b", "a"]);
    expect(reports).toEqual([]);
    expectEmpty();
  });
});

describe("a process that polls its mailbox in a loop", () => {
  test.each<[string, (self: Loose) => Iterable<Suspend, unknown>]>([
    ["a tag table", (self) => self.receive({ stop: () => "stop" }, { after: 0, then: () => {} })],
    [
      "clauses",
      (self) =>
        self.receive(
          on("stop", () => "stop"),
          after(0),
        ),
    ],
    ["a timeout alone", (self) => self.receive(after(0))],
  ])("by %s with a timeout of 0 lets the others run", (_, poll) => {
    const { runtime, expectEmpty } = rig();
    let polls = 0;
    let stopped = false;
    const poller = runtime.spawn(function* (self: Loose) {
      for (const other of [1, 2]) self.send(self.pid, ["other", other]);
      while (!stopped && polls++ < 10_000) yield* poll(self);
    });
    runtime.spawn(function* (self: Loose) {
      yield* self.sleep(0);
      stopped = true;
    });
    runtime.run();
    expect(polls).toBeGreaterThan(0);
    expect(polls).toBeLessThan(1000);
    expect(runtime.isAlive(poller)).toBe(false);
    expectEmpty();
  });
});

describe("a message taken out of a mailbox in which its process waits", () => {
  test("leaves the receive waiting for the others", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const [, ref] = runtime.spawnMonitor(() => {});
    runtime.run();
    const received = runtime.receive(on("x", () => "got x"));
    const taken = received.then((value) => value);
    for (const message of ["a", "b"]) runtime.send(runtime.self(), message);
    await settle();
    runtime.demonitor(ref, { flush: true });
    expectIntact(runtime);
    expect(runtime.processInfo(runtime.self(), "messages")).toEqual(["a", "b"]);
    await settle();
    expectIntact(runtime);
    runtime.send(runtime.self(), "x");
    await settle();
    expect(await taken).toBe("got x");
    for (const message of ["a", "b"]) expect(await runtime.receive()).toBe(message);
    expectEmpty();
  });
});

describe("a bounded mailbox", () => {
  test("that its own process overflows, again and again in one slice, is reported once", () => {
    const { runtime, reports, expectEmpty } = rig();
    runtime.spawnOpt(
      (self: Loose) => {
        for (let i = 0; i < 100; i++) self.send(self.pid, i);
      },
      { mailbox: { limit: 2 } },
    );
    runtime.run();
    expect(reports.map(({ kind }) => kind)).toEqual(["overflow"]);
    expectEmpty();
  });

  test("that many processes overflow in one slice is reported once, and the others' messages are nowhere", () => {
    const { runtime, reports, expectEmpty } = rig();
    const pid = runtime.spawnOpt(idle, { mailbox: { limit: 10 } });
    runtime.run();
    runtime.spawn((self: Loose) => {
      for (let i = 0; i < 1000; i++) self.send(pid, i);
    });
    runtime.run();
    expect(reports.map(({ kind, pid: whose }) => [kind, whose === pid])).toEqual([["overflow", true]]);
    expectEmpty();
  });

  test("takes the system's messages beyond its bound, 50,000 of them, and goes on working", () => {
    const { runtime, expectEmpty } = rig();
    const MONITORS = 50_000;
    const pid = runtime.spawnOpt(
      function* (self: Loose) {
        for (let i = 0; i < MONITORS; i++) self.spawnMonitor(() => {});
        yield* self.until(new Promise(() => {}));
      },
      { mailbox: { limit: 1, overflow: "dropOldest" } },
    );
    runtime.run();
    for (const message of ["a", "b", "c"]) runtime.send(pid, message);
    expectIntact(runtime);
    const messages = runtime.processInfo(pid, "messages") as unknown[];
    expect(messages.at(-1)).toBe("c");
    expect(messages.includes("a")).toBe(false);
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("that drops the oldest takes what comes by an alias as any other, and a reply alias ends with it", () => {
    for (const overflow of ["dropOldest", "dropNewest"] as const) {
      const { runtime, expectEmpty } = rig();
      let alias!: Ref;
      const pid = runtime.spawnOpt(
        function* (self: Loose) {
          alias = self.alias({ mode: "reply" });
          yield* self.until(new Promise(() => {}));
        },
        { mailbox: { limit: 1, overflow } },
      );
      runtime.run();
      runtime.send(pid, "first");
      runtime.send(alias, "reply");
      runtime.send(alias, "another");
      expect(runtime.processInfo(pid, "messages")).toEqual([overflow === "dropOldest" ? "reply" : "first"]);
      runtime.exit(pid, "kill");
      expectEmpty();
    }
  });

  test("that overflows by an alias kills the alias's owner, and only that one", () => {
    const { runtime, reports, expectEmpty } = rig();
    const aliases: Ref[] = [];
    const pids = [0, 1, 2].map(() =>
      runtime.spawnOpt(
        function* (self: Loose) {
          aliases.push(self.alias());
          yield* self.until(new Promise(() => {}));
        },
        { mailbox: { limit: 2 } },
      ),
    );
    runtime.run();
    for (let i = 0; i < 10; i++) runtime.send(aliases[1] as Ref, i);
    expect(pids.map((pid) => runtime.isAlive(pid))).toEqual([true, false, true]);
    expect(reports.map(({ kind, pid }) => [kind, pid === pids[1]])).toEqual([["overflow", true]]);
    for (const pid of pids) runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("that traps exits is ended by its bound all the same, and its links and monitors are told", async () => {
    const { runtime, expectEmpty } = rig({ logger: () => {} });
    const pid = runtime.spawnOpt(
      function* (self: Loose) {
        self.trapExit = true;
        yield* self.sleep(1000);
      },
      { mailbox: { limit: 1 } },
    );
    runtime.run();
    const ref = runtime.monitor(pid);
    runtime.send(pid, 1);
    runtime.send(pid, 2);
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, ["mailboxOverflow", 1]]));
    expectEmpty();
  });
});

describe("a message through an alias of one's own", () => {
  test("that its bound has dropped takes no other message along when the alias ends", () => {
    const { runtime, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawnOpt(
      function* (self: Loose) {
        const alias = self.alias();
        self.send(alias, "dropped");
        self.send(self.pid, "kept");
        self.unalias(alias);
        seen.push(
          yield* self.receive({ kept: () => "kept", dropped: () => "dropped" }, { after: 0, then: () => "nothing" }),
        );
      },
      { mailbox: { limit: 1, overflow: "dropOldest" } },
    );
    runtime.run();
    expect(seen).toEqual(["kept"]);
    expect(runtime.isAlive(pid)).toBe(false);
    expectEmpty();
  });

  test.each<[string, (self: Loose, alias: Ref) => unknown]>([
    ["exits", (self) => self.exit("normal")],
    ["is killed", (self) => self.exit(self.pid, "kill")],
    ["overflows", (self, alias) => Array.from({ length: 9 }, () => self.send(alias, "x"))],
    ["polls", (self) => self.receive({}, { after: 0, then: () => {} })],
    ["asks", (self) => self.runtime.processInfo(self.pid)],
  ])("is dealt with when the process %s in the same slice", (_, act) => {
    for (const mode of ["explicitUnalias", "reply"] as const) {
      const { runtime, expectEmpty } = rig({ logger: () => {} });
      const pid = runtime.spawnOpt(
        function* (self: Loose) {
          const alias = self.alias({ mode });
          self.send(alias, "first");
          self.send(alias, "second");
          const operation = act(self, alias);
          if (
            operation !== null &&
            typeof operation === "object" &&
            Symbol.iterator in operation &&
            "then" in operation
          ) {
            yield* operation as Op<unknown>;
          }
          self.send(alias, "third");
          self.unalias(alias);
          yield* self.receive({ never: () => {} });
        },
        { mailbox: { limit: 5 } },
      );
      runtime.run();
      expectIntact(runtime);
      runtime.exit(pid, "kill");
      expectEmpty();
    }
  });
});

describe("messages that can't be handed over", () => {
  class Private {
    readonly #secret = 1;
    get secret(): number {
      return this.#secret;
    }
  }

  test("by copy: sending throws, nothing is sent, and the receiver's mailbox is as it was", () => {
    const { runtime, core, reports } = rig({ messages: "clone" });
    const main = runtime.self();
    const alias = runtime.alias();
    runtime.register(main, "main");
    const message = { deep: [new Private()] };
    for (const send of [
      () => runtime.send(main, message),
      () => runtime.send("main", message),
      () => runtime.send(["main", "nonode@nohost"], message),
      () => runtime.send(alias, message),
      () => runtime.sendAfter(main, message, 5),
      () => runtime.startTimer("main", message, 5),
    ]) {
      expect(send).toThrow("can't copy message.deep[0], an object of class Private");
    }
    expect(runtime.processInfo(main, "messageQueueLen")).toBe(0);
    expect(core.timersInUse()).toBe(0);
    expect(reports).toEqual([]);
    expectIntact(runtime);
  });

  test("by copy: a timer's message is the one there was when the timer was set", async () => {
    const { runtime, advance } = rig({ messages: "clone" });
    const message = { n: 1 };
    runtime.sendAfter(runtime.self(), message, 5);
    runtime.startTimer(runtime.self(), message, 5);
    message.n = 2;
    advance(5);
    const [first, second] = runtime.processInfo(runtime.self(), "messages") as [unknown, unknown[]];
    expect([first, second[2]]).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test("frozen: a timer's message is frozen when the timer is set", () => {
    const { runtime } = rig({ messages: "freeze" });
    const message = { n: [1] };
    runtime.sendAfter(runtime.self(), message, 5);
    expect(() => message.n.push(2)).toThrow(TypeError);
  });

  test("by copy: a getter that throws, or sends, throws at the sender", () => {
    const { runtime } = rig({ messages: "clone" });
    const main = runtime.self();
    expect(() => runtime.send(main, Object.defineProperty({}, "a", { get: boom, enumerable: true }))).toThrow("boom");
    const nested = {
      get again() {
        runtime.send(main, "from within");
        return 1;
      },
    };
    runtime.send(main, nested);
    expect(runtime.processInfo(main, "messages")).toEqual(["from within", { again: 1 }]);
    expectIntact(runtime);
  });
});
