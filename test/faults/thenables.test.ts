// biome-ignore-all lint/suspicious/noThenProperty: these are promises of the worst kind
import { describe, expect, test } from "vitest";
import { ExitError, inspect } from "../../src/index.ts";
import { expectIntact, type Loose, rejectionOf, rig } from "./rig.ts";

type Settle = (value: unknown) => void;

/** A thenable that keeps what it was given, for the test to call when, and as often as, it likes. */
class Puppet implements PromiseLike<unknown> {
  fulfil: Settle = () => {};
  reject: Settle = () => {};

  then(fulfil?: unknown, reject?: unknown): never {
    this.fulfil = fulfil as Settle;
    this.reject = reject as Settle;
    return undefined as never;
  }
}

const thenable = (then: (fulfil: Settle, reject: Settle) => void) => ({ then }) as PromiseLike<unknown>;

const boom = new Error("boom");

describe("until, in a generator body", () => {
  test("of a thenable that calls back at once goes on, and waits correctly afterwards", async () => {
    const { runtime, settle, advance, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.until(thenable((fulfil) => fulfil("first"))));
      expectIntact(runtime);
      seen.push(yield* self.until(thenable((fulfil) => fulfil("second"))));
      seen.push(yield* self.receive());
      expectIntact(runtime);
      try {
        yield* self.until(thenable((_, reject) => reject(boom)));
      } catch (error) {
        seen.push(error === boom);
      }
      yield* self.sleep(10);
      seen.push("slept");
      yield* self.until(thenable((fulfil) => fulfil("third")));
      yield* self.until(new Promise(() => {}));
    });
    await settle();
    expectIntact(runtime);
    runtime.send(pid, "message");
    await settle();
    expectIntact(runtime);
    expect(seen).toEqual(["first", "second", "message", true]);
    advance(9);
    await settle();
    expect(seen).toHaveLength(4);
    advance(1);
    await settle();
    expect(seen[4]).toBe("slept");
    expectIntact(runtime);
    expect(runtime.processInfo(pid, "status")).toBe("waiting");
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("of a promise with a then of its own, which calls back at once, twice, or fails, is no different", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const promise = (then: (fulfil: Settle, reject: Settle) => void) => Object.assign(Promise.resolve(), { then });
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.until(promise((fulfil) => fulfil("at once"))));
      expectIntact(runtime);
      const twice = promise((fulfil) => {
        fulfil("twice");
        queueMicrotask(() => fulfil("again"));
      });
      seen.push(yield* self.until(twice));
      yield* self.sleep(10);
      seen.push("woken");
    });
    runtime.spawn(function* (self: Loose) {
      const failing = promise(() => {
        throw boom;
      });
      try {
        yield* self.until(failing);
      } catch (error) {
        seen.push(error === boom);
      }
      expectIntact(runtime);
    });
    await settle();
    await settle();
    expectIntact(runtime);
    expect(seen.sort()).toEqual(["at once", true, "twice"].sort());
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test("of a thenable that calls back at once does not let its process run twice", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      yield* self.until(thenable((fulfil) => fulfil(1)));
      for (;;) seen.push(yield* self.receive());
    });
    for (let i = 0; i < 200; i++) runtime.send(pid, i);
    await settle();
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i));
    runtime.exit(pid, "kill");
    expectEmpty();
  });

  test.each<[string, (self: Loose) => Iterable<never>]>([
    ["a sleep", (self) => self.sleep(10) as never],
    ["a receive", (self) => self.receive({ end: () => {} }) as never],
    ["a receive with a timeout", (self) => self.receive({}, { after: 10, then: () => {} }) as never],
    ["another until", (self) => self.until(new Promise(() => {})) as never],
  ])("of a thenable that calls back again disturbs %s no more", async (_, wait) => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const puppet = new Puppet();
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.until(puppet));
      yield* wait(self);
      seen.push("woken");
    });
    await settle();
    puppet.fulfil("first");
    puppet.fulfil("second");
    puppet.reject(boom);
    await settle();
    for (let i = 0; i < 3; i++) {
      puppet.reject(boom);
      puppet.fulfil("again");
      expectIntact(runtime);
      await settle();
      expectIntact(runtime);
    }
    expect(seen).toEqual(["first"]);
    runtime.exit(pid, "kill");
    await settle();
    puppet.fulfil("too late");
    expectEmpty();
  });

  test("of a thenable that fails in then throws its error, and the process is as it was", async () => {
    const { runtime, settle, advance, expectEmpty } = rig();
    const seen: unknown[] = [];
    const pid = runtime.spawn(function* (self: Loose) {
      try {
        yield* self.until(
          thenable(() => {
            throw boom;
          }),
        );
      } catch (error) {
        seen.push(error === boom);
      }
      expectIntact(runtime);
      // It runs, so a signal to itself ends it here and not in the midst of things.
      seen.push(yield* self.receive());
      yield* self.sleep(5);
      seen.push("slept");
      try {
        self.exit(self.pid, "kill");
      } catch (error) {
        seen.push((error as Error).name);
      }
      yield* self.receive();
      seen.push("never");
    });
    await settle();
    runtime.send(pid, "message");
    await settle();
    advance(5);
    await settle();
    expectIntact(runtime);
    expect(seen).toEqual([true, "message", "slept", "ExitError"]);
    expectEmpty();
  });

  test("of a thenable that fails in then: a signal to oneself right after is one like any other", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      for (const then of [
        () => {
          throw boom;
        },
        (fulfil: Settle) => fulfil(1),
      ]) {
        try {
          yield* self.until(thenable(then));
        } catch {}
      }
      try {
        self.exit(self.pid, "kill");
        seen.push("went on");
      } catch (error) {
        seen.push((error as Error).name);
      }
      yield* self.receive();
      seen.push("never");
    });
    await settle();
    expect(seen).toEqual(["ExitError"]);
    expectEmpty();
  });

  test("of a thenable whose then kills the process that waits for it ends that process", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      try {
        yield* self.until(
          thenable((fulfil) => {
            seen.push(runtime.exit(self.pid, "boom"));
            fulfil(1);
          }),
        );
        yield* self.receive();
        seen.push("went on");
      } finally {
        seen.push("closed");
      }
    });
    await settle();
    expect(seen).toEqual([true, "closed"]);
    expectEmpty();
  });

  test("of a thenable that calls back from another process's slice, or from the host, wakes its process", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const puppets = [new Puppet(), new Puppet()];
    for (const puppet of puppets) {
      runtime.spawn(function* (self: Loose) {
        seen.push(yield* self.until(puppet));
      });
    }
    await settle();
    runtime.spawn(() => puppets[0]?.fulfil("in a slice"));
    puppets[1]?.fulfil("by the host");
    expectIntact(runtime);
    await settle();
    expect(seen.sort()).toEqual(["by the host", "in a slice"]);
    expectEmpty();
  });

  test("keeps the mailbox closed: messages queue, and do not wake it", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const seen: unknown[] = [];
    const puppet = new Puppet();
    const pid = runtime.spawn(function* (self: Loose) {
      seen.push(yield* self.until(puppet));
      seen.push(yield* self.receive());
    });
    await settle();
    for (let i = 0; i < 20; i++) runtime.send(pid, i);
    await settle();
    expectIntact(runtime);
    expect(seen).toEqual([]);
    expect(runtime.processInfo(pid, "messageQueueLen")).toBe(20);
    puppet.fulfil("done");
    await settle();
    expect(seen).toEqual(["done", 0]);
    expectEmpty();
  });
});

describe("a body that returns a thenable", () => {
  test.each<[string, (fulfil: Settle, reject: Settle) => void, unknown]>([
    ["calls back at once", (fulfil) => fulfil("result"), "normal"],
    [
      "calls back twice",
      (fulfil) => {
        fulfil("result");
        fulfil("another");
      },
      "normal",
    ],
    [
      "fulfils and rejects",
      (fulfil, reject) => {
        fulfil("result");
        reject(boom);
      },
      "normal",
    ],
    [
      "rejects and fulfils",
      (fulfil, reject) => {
        reject("boom");
        fulfil("result");
      },
      ["nocatch", "boom"],
    ],
    [
      "fulfils and fails",
      (fulfil) => {
        fulfil("result");
        throw boom;
      },
      "normal",
    ],
    [
      "fails",
      () => {
        throw boom;
      },
      boom,
    ],
  ])("that %s: ends once", async (_, then, reason) => {
    const { runtime, expectEmpty } = rig();
    const [pid, ref] = runtime.spawnMonitor(() => thenable(then));
    runtime.run();
    expectIntact(runtime);
    expect(inspect(await runtime.receive())).toBe(inspect(["DOWN", ref, "process", pid, reason]));
    expectEmpty();
  });

  test("that is settled in the slice of another process ends there, and that one goes on", () => {
    const { runtime, reports, expectEmpty } = rig();
    const puppet = new Puppet();
    const seen: unknown[] = [];
    const pid = runtime.spawn((self: Loose) => {
      self.signal.addEventListener("abort", () => seen.push("aborted"));
      runtime.register(self.pid, "awaiting");
      return puppet;
    });
    runtime.run();
    runtime.spawn(function* (self: Loose) {
      self.monitor(pid);
      puppet.fulfil("result");
      seen.push(runtime.isAlive(pid), runtime.whereis("awaiting"));
      const down = (yield* self.receive()) as unknown[];
      seen.push(down[4]);
      puppet.reject(boom);
    });
    runtime.run();
    expect(seen).toEqual(["aborted", false, undefined, "normal"]);
    expect(reports).toEqual([]);
    expectEmpty();
  });

  test("that is settled with a promise: run() gives what that promise gives", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const first = runtime.run(() => thenable((fulfil) => fulfil(Promise.resolve("result"))));
    const second = rejectionOf(runtime.run(() => thenable((fulfil) => fulfil(Promise.reject(boom)))));
    await settle();
    expect(await first).toBe("result");
    expect(await second).toBe(boom);
    expectEmpty();
  });
});

describe("an awaited until", () => {
  test("of a thenable that calls back twice, or fails, settles once", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const puppet = new Puppet();
    const waits = [
      runtime.until(puppet),
      rejectionOf(
        runtime.until(
          thenable(() => {
            throw boom;
          }),
        ),
      ),
      rejectionOf(runtime.until(thenable((_, reject) => reject(boom)))),
    ];
    const all = Promise.all(waits.map((wait) => wait.then((value: unknown) => value)));
    await settle();
    puppet.fulfil("first");
    puppet.reject(boom);
    puppet.fulfil("second");
    await settle();
    expect(await all).toEqual(["first", boom, boom]);
    // Nothing of it is left, to be rejected by the process's end.
    expect(() => runtime.exit(runtime.self(), "kill")).toThrow(ExitError);
    await settle();
    expectEmpty();
  });
});

describe("a promise that fulfils with hostile things", () => {
  test("gives them as they are", async () => {
    const { runtime, settle, expectEmpty } = rig();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = [proxy, Object.create(null), new Proxy(() => {}, {}), Symbol("value")];
    const seen: unknown[] = [];
    runtime.spawn(function* (self: Loose) {
      // In a box: a promise itself would look for a then in it.
      for (const value of hostile) seen.push((yield* self.until(Promise.resolve([value])))[0] === value);
    });
    await settle();
    expect(seen).toEqual([true, true, true, true]);
    expectEmpty();
  });
});
