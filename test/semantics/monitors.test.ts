import { expect, test } from "vitest";
import { type Pid, Ref, type Self } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

/** Does `act`, then waits; what is in its mailbox when everybody waits. */
function mailboxAfter(act: (self: Self<unknown>, runtime: ReturnType<typeof ownRuntime>["runtime"]) => void) {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<unknown>) {
    act(self, runtime);
    yield* idle(self);
  });
  runtime.run();
  return runtime.processInfo(pid, "messages") as unknown[];
}

test("a monitor tells of an end once, with its reason, and is gone then", () => {
  for (const reason of ["normal", "boom", new Error("boom")]) {
    const expected: unknown[] = [];
    const messages = mailboxAfter((self, runtime) => {
      const victim = self.spawn(idle);
      const ref = self.monitor(victim);
      expect(ref).toBeInstanceOf(Ref);
      expect(String(ref)).toMatch(/^#Reference<[\d.]+>$/);
      const child = self.spawn((child: Self) => child.exit(reason));
      const childRef = self.monitor(child);
      self.exit(victim, "kill");
      expected.push(["DOWN", ref, "process", victim, "killed"], ["DOWN", childRef, "process", child, reason]);
      expect(runtime.processInfo(self.pid, "monitors")).toEqual([child]);
    });
    expect(messages).toEqual(expected);
  }
});

test("monitoring has one direction: the end of the watcher means nothing to the watched", () => {
  const { runtime } = ownRuntime();
  const watched = runtime.spawn(idle);
  runtime.spawn((self: Self) => {
    self.monitor(watched);
    throw new Error("the watcher's end");
  });
  runtime.run();
  expect(runtime.isAlive(watched)).toBe(true);
  expect(runtime.processInfo(watched, "monitoredBy")).toEqual([]);
});

test("the DOWN message is a message: it needs no trapping of exits", () => {
  const messages = mailboxAfter((self) => {
    const [pid] = self.spawnMonitor(() => {
      throw new Error("boom");
    });
    expect(self.trapExit).toBe(false);
    expect(pid).toBeDefined();
  });
  expect(messages).toHaveLength(1);
});

test("a monitor of the dead fires at once, with noproc", () => {
  const expected: unknown[] = [];
  const messages = mailboxAfter((self, runtime) => {
    const dead = self.spawn(idle);
    self.exit(dead, "kill");
    const ref = self.monitor(dead);
    expected.push(["DOWN", ref, "process", dead, "noproc"]);
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([]);
  });
  expect(messages).toEqual(expected);
});

test("several monitors of one process are several, and each fires by itself", () => {
  const expected: unknown[] = [];
  const messages = mailboxAfter((self, runtime) => {
    const victim = self.spawn(idle);
    const refs = [self.monitor(victim), self.monitor(victim), self.monitor(victim)];
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([victim, victim, victim]);
    self.demonitor(refs[1] as Ref);
    self.exit(victim, "kill");
    expected.push(refs[0], refs[2]);
  });
  expect(new Set(messages.map((message) => (message as unknown[])[1]))).toEqual(new Set(expected));
  expect(messages).toHaveLength(2);
});

// Erlang: monitor(process, self()) never fires.
test("a monitor of oneself never fires", () => {
  expect(mailboxAfter((self) => self.monitor(self.pid))).toEqual([]);
});

test("by name: the name is looked up once, and the message carries it with its node", () => {
  const expected: unknown[] = [];
  const messages = mailboxAfter((self, runtime) => {
    const first = self.spawnOpt(idle, { name: "server" });
    const byName = self.monitor("server");
    const byNode = self.monitor(["server", runtime.node]);
    runtime.unregister("server");
    const second = self.spawnOpt(idle, { name: "server" });
    self.exit(second, "kill");
    self.exit(first, "kill");
    expected.push(byName, byNode);
    expect(runtime.processInfo(self.pid, "monitors")).toEqual([]);
  }) as unknown[][];
  const server = ["server", "nonode@nohost"];
  expect(messages.map(([, ref]) => ref).sort()).toEqual(expected.sort());
  for (const message of messages) expect(message).toEqual(["DOWN", message[1], "process", server, "killed"]);
});

test("an unknown name gives noproc at once, another node noconnection", () => {
  const refs: Ref[] = [];
  const messages = mailboxAfter((self, runtime) => {
    refs.push(self.monitor("nobody"), self.monitor(["nobody", runtime.node]), self.monitor(["anybody", "other@host"]));
  });
  expect(messages).toEqual([
    ["DOWN", refs[0], "process", ["nobody", "nonode@nohost"], "noproc"],
    ["DOWN", refs[1], "process", ["nobody", "nonode@nohost"], "noproc"],
    ["DOWN", refs[2], "process", ["anybody", "other@host"], "noconnection"],
  ]);
});

test("another tag may stand in the message", () => {
  const tag = ["my", "tag"];
  let ref: Ref | undefined;
  let dead: Pid<never> | undefined;
  const messages = mailboxAfter((self) => {
    dead = self.spawn(idle);
    ref = self.monitor(dead, { tag });
    self.exit(dead, "boom");
    self.monitor(dead, { tag: undefined });
  });
  expect(messages[0]).toEqual([tag, ref, "process", dead, "boom"]);
  expect((messages[1] as unknown[])[0]).toBeUndefined();
});

test("demonitor ends a monitor; a message that has come already stays", () => {
  const expected: unknown[] = [];
  const messages = mailboxAfter((self) => {
    const victim = self.spawn(idle);
    const kept = self.monitor(victim);
    const ended = self.monitor(victim);
    expect(self.demonitor(ended)).toBe(true);
    self.exit(victim, "boom");
    expect(self.demonitor(kept)).toBe(true);
    expected.push(["DOWN", kept, "process", victim, "boom"]);
  });
  expect(messages).toEqual(expected);
});

test("with flush, its message is gone, too, wherever it lies in the mailbox; others stay", () => {
  const messages = mailboxAfter((self) => {
    const victim = self.spawn(idle);
    const refs = [self.monitor(victim), self.monitor(victim, { tag: "TAG" }), self.monitor(victim)];
    self.send(self.pid, "before");
    self.exit(victim, "boom");
    self.send(self.pid, "after");
    for (const ref of refs) expect(self.demonitor(ref, { flush: true })).toBe(true);
  });
  expect(messages).toEqual(["before", "after"]);
});

// Erlang's documentation of demonitor/2: info tells whether the monitor was removed; with flush, whether a message was.
test("with info, it tells whether there was a monitor to end, and with flush whether its message had not come", () => {
  mailboxAfter((self) => {
    const alive = self.spawn(idle);
    const one = self.monitor(alive);
    expect(self.demonitor(one, { info: true })).toBe(true);
    expect(self.demonitor(one, { info: true })).toBe(false);
    const two = self.monitor(alive);
    expect(self.demonitor(two, { info: true, flush: true })).toBe(true);
    const three = self.monitor(alive);
    const four = self.monitor(alive);
    self.exit(alive, "boom");
    expect(self.demonitor(three, { info: true })).toBe(false);
    expect(self.demonitor(four, { info: true, flush: true })).toBe(false);
  });
});

test("only who made a monitor can end it", () => {
  const { runtime } = ownRuntime();
  const victim = runtime.spawn(idle);
  let ref: Ref | undefined;
  const watcher = runtime.spawn(function* (self: Self<unknown>) {
    ref = self.monitor(victim);
    yield* idle(self);
  });
  runtime.spawn((self: Self) => {
    expect(self.demonitor(ref as Ref, { info: true })).toBe(false);
    expect(self.demonitor(ref as Ref)).toBe(true);
  });
  runtime.run();
  runtime.exit(victim, "boom");
  expect(runtime.processInfo(watcher, "messages")).toEqual([["DOWN", ref, "process", victim, "boom"]]);
});

test("what is no process or name, and what is no reference, is refused", () => {
  const { runtime } = ownRuntime();
  const monitor = runtime.monitor.bind(runtime) as (...args: unknown[]) => unknown;
  const demonitor = runtime.demonitor.bind(runtime) as (ref: unknown) => unknown;
  for (const target of [5, undefined, {}, ["name"], ["name", 5]]) {
    expect(thrown(() => monitor(target))).toBeInstanceOf(TypeError);
  }
  expect(thrown(() => monitor(runtime.self(), { alias: "sometimes" }))).toBeInstanceOf(TypeError);
  const timer = runtime.sendAfter(runtime.self(), "x", 1000);
  for (const ref of [5, undefined, runtime.self(), timer])
    expect(thrown(() => demonitor(ref))).toBeInstanceOf(TypeError);
});
