import { expect, test } from "vitest";
import { createRuntime, type Ref, type Self } from "../../src/index.ts";
import { coreOf } from "../inside.ts";
import { idle, ownRuntime } from "./support/own-runtime.ts";

/** A runtime whose main process owns the aliases, and another process that sends through them. */
function withSender() {
  const own = ownRuntime();
  const { runtime } = own;
  const sendBy = (alias: Ref, ...messages: unknown[]) => {
    runtime.spawn((self: Self) => {
      for (const message of messages) expect(self.send(alias, message)).toBe(message);
    });
    runtime.run();
    expect(own.reports).toEqual([]);
  };
  const mailbox = () => runtime.processInfo(runtime.self(), "messages");
  return { ...own, sendBy, mailbox };
}

test("messages to an alias reach its owner until it is taken back, and are lost silently then", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const alias = runtime.alias();
  sendBy(alias, 1, 2);
  expect(runtime.unalias(alias)).toBe(true);
  sendBy(alias, 3);
  expect(mailbox()).toEqual([1, 2]);
});

test("unalias tells whether it was an active alias of one's own", () => {
  const { runtime } = ownRuntime();
  let foreign: Ref | undefined;
  const owner = runtime.spawn(function* (self: Self<unknown>) {
    foreign = self.alias();
    yield* idle(self);
  });
  runtime.spawn((self: Self) => {
    const alias = self.alias();
    expect(self.unalias(foreign as Ref)).toBe(false);
    expect([self.unalias(alias), self.unalias(alias)]).toEqual([true, false]);
    expect(self.unalias(self.monitor(owner))).toBe(false);
    self.send(foreign as Ref, "still active");
  });
  runtime.run();
  expect(runtime.processInfo(owner, "messages")).toEqual(["still active"]);
});

test("an alias ends with its owner, and is never the alias of another", () => {
  const { runtime, sendBy } = withSender();
  let alias: Ref | undefined;
  runtime.spawn((self: Self) => {
    alias = self.alias();
  });
  runtime.run();
  const others = Array.from({ length: 100 }, () =>
    runtime.spawn(function* (self: Self<unknown>) {
      for (let n = 0; n < 10; n++) self.alias();
      yield* idle(self);
    }),
  );
  runtime.run();
  sendBy(alias as Ref, "to nobody");
  for (const pid of others) expect(runtime.processInfo(pid, "messages")).toEqual([]);
});

// Erlang: alias([reply]) is deactivated by the first message that arrives through it.
test("a reply alias takes one message", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const alias = runtime.alias({ mode: "reply" });
  sendBy(alias, 1, 2);
  expect(mailbox()).toEqual([1]);
  expect(runtime.unalias(alias)).toBe(false);
});

test("a monitor may be an alias as well: demonitor ends both, and so does the end of the watched", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const victim = runtime.spawn(idle);
  const ref = runtime.monitor(victim, { alias: "demonitor" });
  sendBy(ref, 1);
  runtime.demonitor(ref);
  sendBy(ref, 2);
  const other = runtime.monitor(victim, { alias: "demonitor" });
  sendBy(other, 3);
  runtime.exit(victim, "boom");
  sendBy(other, 4);
  expect(mailbox()).toEqual([1, 3, ["DOWN", other, "process", victim, "boom"]]);
});

test("with replyDemonitor the first message through it ends the monitor, too: a call gets its answer, or the news", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const server = runtime.spawn(idle);
  const ref = runtime.monitor(server, { alias: "replyDemonitor" });
  sendBy(ref, "the answer", "a late answer");
  runtime.exit(server, "boom");
  expect(mailbox()).toEqual(["the answer"]);
  const dead = runtime.monitor(server, { alias: "replyDemonitor" });
  sendBy(dead, "too late");
  expect(mailbox()).toEqual(["the answer", ["DOWN", dead, "process", server, "noproc"]]);
});

test("with explicitUnalias the alias outlives the monitor, however that ends", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const victim = runtime.spawn(idle);
  const ended = runtime.monitor(victim, { alias: "explicitUnalias" });
  const fired = runtime.monitor(victim, { alias: "explicitUnalias" });
  runtime.demonitor(ended);
  runtime.exit(victim, "boom");
  const ofTheDead = runtime.monitor(victim, { alias: "explicitUnalias" });
  sendBy(ended, 1);
  sendBy(fired, 2);
  sendBy(ofTheDead, 3);
  expect(mailbox()).toEqual([
    ["DOWN", fired, "process", victim, "boom"],
    ["DOWN", ofTheDead, "process", victim, "noproc"],
    ...[1, 2, 3],
  ]);
  expect([ended, fired, ofTheDead].map((ref) => runtime.unalias(ref))).toEqual([true, true, true]);
  sendBy(ended, 4);
  expect(mailbox()).toHaveLength(5);
});

test("unalias leaves the monitor of the same reference", () => {
  const { runtime, sendBy, mailbox } = withSender();
  const victim = runtime.spawn(idle);
  const ref = runtime.monitor(victim, { alias: "demonitor" });
  expect(runtime.unalias(ref)).toBe(true);
  sendBy(ref, "lost");
  runtime.exit(victim, "boom");
  expect(mailbox()).toEqual([["DOWN", ref, "process", victim, "boom"]]);
});

test("a reference that is no alias takes no messages", () => {
  const { runtime, sendBy, mailbox } = withSender();
  sendBy(runtime.monitor(runtime.spawn(idle)), 1);
  sendBy(runtime.sendAfter(runtime.self(), "x", 1000), 2);
  expect(mailbox()).toEqual([]);
});

// Erlang:  A = alias(), A ! 1, unalias(A), A ! 2  leaves an empty mailbox: whether the alias is active is asked when a message is taken in.
test("a message to an alias of one's own counts only if the alias is still active when it is looked at", () => {
  const { runtime } = ownRuntime();
  const left = (act: (self: Self<unknown>) => void) => {
    const pid = runtime.spawn(function* (self: Self<unknown>) {
      act(self);
      yield* idle(self);
    });
    runtime.run();
    return runtime.processInfo(pid, "messages");
  };
  expect(
    left((self) => {
      const alias = self.alias();
      self.send(alias, "lost");
      self.unalias(alias);
    }),
  ).toEqual([]);
  expect(
    left((self) => {
      const alias = self.alias({ mode: "reply" });
      for (const n of [1, 2, 3]) self.send(alias, n);
    }),
  ).toEqual([1]);
  expect(left((self) => self.send(self.alias(), "kept"))).toEqual(["kept"]);
});

test("a message to the reference of a timer is lost silently, also before the timer's time begins", () => {
  // Only the host's time begins later.
  const runtime = createRuntime();
  const { memory } = coreOf(runtime);
  // As if it were in use: no list of edges may be looked for so far up.
  new Int32Array(memory.buffer).fill(2 ** 30, 2 ** 21);
  let mailbox: unknown;
  runtime.spawn((self: Self) => {
    runtime.cancelTimer(runtime.sendAfter(self.pid, "first", 1000));
    const timer = runtime.sendAfter(self.pid, "second", 1000);
    expect(self.send(timer, "lost")).toBe("lost");
    mailbox = runtime.processInfo(self.pid, "messages");
    runtime.cancelTimer(timer);
  });
  runtime.run();
  expect(mailbox).toEqual([]);
});
