import { expect, test } from "vitest";
import { names } from "../../build/core-bundle.ts";
import {
  exit,
  loop,
  monitor,
  type Pid,
  type Priority,
  type ProcessInfo,
  type Self,
  send,
  sendAfter,
  spawn,
} from "../../src/index.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";

type Any = Self<unknown>;

/** A runtime, and how many messages to pids its core was asked about: the others went from hand to hand. */
function counted() {
  const own = ownRuntime();
  const machine = own.runtime as unknown as { core: Record<string, (...args: number[]) => number> };
  const { core } = machine;
  const send = "send" in core ? "send" : names.send;
  let asked = 0;
  machine.core = {
    ...core,
    [send]: (...args: number[]) => {
      asked++;
      return (core[send] as (typeof core)[string])(...args);
    },
  };
  return { ...own, asked: () => asked };
}

/** Keeps what it is sent, and is open afterwards. */
function keeper(
  runtime: ReturnType<typeof ownRuntime>["runtime"],
  options: object = {},
): { pid: Pid<unknown>; kept: unknown[] } {
  const kept: unknown[] = [];
  const pid = runtime.spawnOpt(
    function* keeps(self: Any) {
      for (;;) kept.push(yield* self.receive());
    },
    { ...options },
  ) as Pid<unknown>;
  runtime.run();
  return { pid, kept };
}

test("a message to an open process goes from hand to hand, one to a busy process does not", () => {
  const { runtime, asked } = counted();
  const { pid, kept } = keeper(runtime);
  runtime.send(pid, 1);
  expect(asked()).toBe(0);
  runtime.send(pid, 2);
  runtime.send(pid, 3);
  expect(asked()).toBe(2);
  runtime.run();
  expect(kept).toEqual([1, 2, 3]);
});

test("undefined, null and NaN arrive as they are, each in its turn", () => {
  const { runtime } = counted();
  const { pid, kept } = keeper(runtime);
  for (const message of [null, undefined, Number.NaN, null, 0, "", false]) {
    runtime.send(pid, message);
    runtime.run();
  }
  expect(kept).toEqual([null, undefined, Number.NaN, null, 0, "", false]);
  for (const message of [null, 1, undefined, 2]) runtime.send(pid, message);
  runtime.run();
  expect(kept.slice(-4)).toEqual([null, 1, undefined, 2]);
});

test("null through an alias to who is open", () => {
  const { runtime } = counted();
  const kept: unknown[] = [];
  let alias: unknown;
  runtime.spawn(function* (self: Any) {
    alias = self.alias();
    yield* self.receive();
    for (;;) kept.push(yield* self.receive());
  });
  runtime.run();
  runtime.send(alias as never, "first");
  runtime.run();
  for (const message of [null, 1, undefined, null]) {
    runtime.send(alias as never, message as never);
    runtime.send(alias as never, "and" as never);
    runtime.run();
  }
  expect(kept).toEqual([null, "and", 1, "and", undefined, "and", null, "and"]);
});

test("who runs when: in the order in which they were sent to, handed over or not", () => {
  const { runtime, asked } = counted();
  const order: string[] = [];
  const named = (name: string) =>
    runtime.spawn(function* (self: Any) {
      for (;;) order.push(`${name} ${String(yield* self.receive())}`);
    });
  const [a, b, c] = [named("a"), named("b"), named("c")];
  runtime.run();
  // null wakes b by way of the core.
  runtime.send(a, 1);
  runtime.send(b, null);
  runtime.send(c, 1);
  runtime.send(a, 2);
  const d = named("d");
  runtime.send(d, 1);
  runtime.run();
  expect(order).toEqual(["a 1", "a 2", "b null", "c 1", "d 1"]);
  expect(asked()).toBe(3);
});

test("far more at once than there was room for", () => {
  const { runtime, asked } = counted();
  let sum = 0;
  const body = loop(undefined, (_: undefined, n: number) => {
    sum += n;
  });
  const pids = Array.from({ length: 5000 }, () => runtime.spawn(body));
  runtime.run();
  for (let round = 1; round <= 3; round++) {
    for (const pid of pids) runtime.send(pid, round);
    runtime.run();
  }
  expect(sum).toBe(5000 * 6);
  expect(asked()).toBe(0);
});

test("who is killed with a message in hand takes it no more, and nobody else gets it", () => {
  const { runtime } = counted();
  const { pid, kept } = keeper(runtime);
  const other = keeper(runtime);
  runtime.send(pid, "too late");
  runtime.send(other.pid, "in time");
  runtime.exit(pid, "kill");
  runtime.send(pid, "to nobody");
  runtime.run();
  expect(kept).toEqual([]);
  expect(other.kept).toEqual(["in time"]);
  expect(runtime.isAlive(pid)).toBe(false);
});

test("exit signals and DOWN messages stand behind what was sent before, and before what is sent later", () => {
  const { runtime } = counted();
  const kept: unknown[] = [];
  const watcher = runtime.spawn(function* (self: Any) {
    self.trapExit = true;
    monitor((yield* self.receive()) as Pid<never>);
    for (;;) {
      const message = yield* self.receive();
      kept.push(Array.isArray(message) ? message[0] : message);
    }
  });
  const dies = runtime.spawn(function* (self: Any) {
    yield* self.receive();
    send(watcher, "before");
    exit("over");
  });
  runtime.run();
  runtime.send(watcher, dies);
  runtime.run();
  runtime.send(watcher, "open");
  runtime.run();
  runtime.send(dies, "go");
  runtime.run();
  runtime.exit(watcher, "some reason");
  runtime.send(watcher, "after");
  runtime.run();
  expect(kept).toEqual(["open", "before", "DOWN", "EXIT", "after"]);
});

test("a bounded mailbox and a priority of one's own are the core's business", () => {
  const { runtime, asked } = counted();
  const bounded = keeper(runtime, { mailbox: { limit: 1, overflow: "dropNewest" } });
  const high = keeper(runtime, { priority: "high" });
  for (const n of [1, 2, 3]) {
    runtime.send(bounded.pid, n);
    runtime.send(high.pid, n);
  }
  runtime.run();
  expect(bounded.kept).toEqual([1]);
  expect(high.kept).toEqual([1, 2, 3]);
  expect(asked()).toBe(6);
});

test.each<[priority: Priority, order: string[]]>([
  ["high", ["high", "normal"]],
  ["low", ["normal", "low"]],
])("whoever runs at %s priority has its turn by that: %s", (priority, expected) => {
  const { runtime, asked } = counted();
  const order: unknown[] = [];
  const named = (name: string) =>
    runtime.spawn(function* (self: Any) {
      for (;;) {
        const message = yield* self.receive();
        if (message === priority) self.priority = priority;
        else order.push(name);
      }
    });
  const pids: Record<string, Pid<unknown>> = { [priority]: named(priority), normal: named("normal") };
  runtime.run();
  runtime.send(pids[priority] as Pid<unknown>, priority);
  runtime.run();
  expect(asked()).toBe(0);
  // Who is to come last is sent to first.
  for (const name of expected.toReversed()) runtime.send(pids[name] as Pid<unknown>, 1);
  runtime.run();
  expect(order).toEqual(expected);
  // Nobody is handed anything once there are several priorities.
  expect(asked()).toBe(2);
});

test("processInfo sees what is in hand, and that it can run", () => {
  const { runtime } = counted();
  const { pid } = keeper(runtime);
  runtime.send(pid, "hello");
  const { messages, messageQueueLen, status } = runtime.processInfo(pid) as ProcessInfo;
  expect({ messages, messageQueueLen, status }).toEqual({
    messages: ["hello"],
    messageQueueLen: 1,
    status: "runnable",
  });
});

test("reductions are exact from when somebody asks on, whichever way a message went", () => {
  const { runtime, asked } = counted();
  const pong = runtime.spawn(function* (self: Any) {
    for (;;) send((yield* self.receive()) as Pid<unknown>, "pong");
  });
  const ping = runtime.spawn(function* (self: Any) {
    for (;;) {
      const rounds = (yield* self.receive()) as number;
      for (let i = 0; i < rounds; i++) {
        send(pong, self.pid);
        yield* self.receive();
      }
    }
  });
  const reductions = () => [ping, pong].map((pid) => runtime.processInfo(pid, "reductions") as number);
  runtime.send(ping, 10);
  runtime.run();
  const [a = 0, b = 0] = reductions();
  runtime.send(ping, 1000);
  runtime.run();
  const [c = 0, d = 0] = reductions();
  // A slice, a message taken and one sent for each, and for the message that tells how many.
  expect(c - a).toBe(3000 + 3);
  expect(d - b).toBe(3000);
  expect(asked()).toBeLessThan(100);
});

test("a receive that is asked for its next step by hand, and left, loses nothing and is handed nothing twice", () => {
  const { runtime } = counted();
  const kept: unknown[] = [];
  const pid = runtime.spawn(function* (self: Any) {
    kept.push(yield* self.receive());
    const receive = self.receive()[Symbol.iterator]();
    // Nothing is there. It does not wait, but goes on.
    receive.next();
    send(self.pid, "to itself");
    const step = receive.next();
    if (step.done) kept.push(step.value);
    yield* self.sleep(10);
    for (;;) kept.push(yield* self.receive());
  });
  runtime.run();
  runtime.send(pid, "first");
  runtime.run();
  runtime.send(pid, "second");
  runtime.run();
  expect(kept.filter((message) => message !== "to itself")).toEqual(["first"]);
});

test("a timer's message, a host's and a process's in one turn: each arrives once", () => {
  const { runtime, pass } = counted();
  const { pid, kept } = keeper(runtime);
  runtime.spawn(function* (self: Any) {
    sendAfter(pid, "timer", 5);
    yield* self.sleep(5);
    send(pid, "process");
  });
  runtime.run();
  runtime.send(pid, "host");
  pass(5);
  expect([...kept].sort()).toEqual(["host", "process", "timer"]);
});

test("a process that spawns, in a slice that the core does not know of, is its child's parent and goes on", () => {
  const { runtime } = counted();
  const kept: unknown[] = [];
  const parent = runtime.spawn(function* (self: Any) {
    for (;;) {
      const n = yield* self.receive();
      const me = self.pid;
      spawn(function* child() {
        send(me, n);
      });
      kept.push(yield* self.receive());
    }
  });
  runtime.run();
  for (let n = 0; n < 5; n++) {
    runtime.send(parent, n);
    runtime.run();
  }
  expect(kept).toEqual([0, 1, 2, 3, 4]);
});
