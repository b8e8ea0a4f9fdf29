import { expect, test } from "vitest";
import {
  after,
  exit,
  GenServer,
  on,
  P,
  type Pid,
  register,
  reply,
  type Self,
  send,
  sendAfter,
  sleep,
  spawn,
  spawnLink,
} from "../../src/index.ts";
import {
  always,
  eventually,
  type HostUse,
  type Scenario,
  type SimulateOptions,
  simulate,
} from "../../src/testing/index.ts";
import { failing } from "./failing.ts";

const Account = GenServer.define({
  name: "Account",
  init: (balance: number) => balance,
  calls: { get: (balance) => reply(balance, balance) },
  casts: { set: (_, balance: number) => balance },
});

function* deposit(_: Self<never>, account: Pid<never>, amount: number, done: Pid<"done">) {
  const balance = yield* Account.call.get(account);
  Account.cast.set(account, balance + amount);
  send(done, "done");
}

function* lostUpdate(self: Self<"done">) {
  const account = yield* Account.startLink(0);
  spawn(deposit, account, 10, self.pid);
  spawn(deposit, account, 20, self.pid);
  yield* self.receive();
  yield* self.receive();
  const balance = yield* Account.call.get(account);
  if (balance !== 30) throw new Error(`the balance is ${balance}`);
}

function* pingPong(self: Self<number>) {
  const echo = spawn(function* echo(other: Self<[Pid<number>, number]>) {
    for (;;) {
      const [from, n] = yield* other.receive();
      send(from, n);
    }
  });
  for (let n = 0; n < 5; n++) {
    send(echo, [self.pid, n]);
    expect(yield* self.receive()).toBe(n);
  }
}

test("a scenario that never fails runs under every seed", async () => {
  const result = await simulate(pingPong, { seeds: 50 });
  expect(result).toMatchObject({ runs: 50, complete: false });
  expect(result.steps).toBeGreaterThan(50 * 10);
});

test.for(["random", "pct", "exhaustive"] as const)(
  "%s finds a lost update, and says all about it",
  async (strategy) => {
    const error = await failing(lostUpdate, { strategy });
    expect(error.kind).toBe("assertion");
    expect(error.message).toMatch(/^assertion: Error: the balance is (10|20)/);
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.seed === undefined).toBe(strategy === "exhaustive");
    expect(error.schedule.length).toBeLessThanOrEqual(error.first.length);
    expect(error.events.at(-1)).toMatchObject({ kind: "failure" });
    expect(error.diagram({ color: false })).toContain('cast ["set", 20]');
    expect(error.svg()).toMatch(/^<svg.*the balance is .*<\/svg>\s*$/s);
    expect(error.html()).toMatch(/^<!DOCTYPE html>.*the balance is/s);
    expect(error.replay).toMatch(/^await simulate\(scenario, \{ replay: "[\d.-]+" \}\)$/);
  },
);

test("a replay is the same run, each time", async () => {
  const found = await failing(lostUpdate);
  const [, replay] = /"(.*)"/.exec(found.replay) as unknown as [string, string];
  for (let i = 0; i < 20; i++) {
    const again = await failing(lostUpdate, { replay });
    expect(again.fingerprint).toBe(found.fingerprint);
    expect(again.failure.title).toBe(found.failure.title);
  }
});

test("the same seed is the same run; another is another", async () => {
  const prints = async (seed: number) => (await simulate(pingPong, { seeds: 1, seed })).fingerprint;
  const first = await prints(7);
  expect(await prints(7)).toBe(first);
  expect((await simulate(pingPong, { seeds: 100 })).distinct).toBeGreaterThan(1);
});

test("seeds may be listed", async () => {
  expect((await simulate(pingPong, { seeds: [3, 5, 8] })).runs).toBe(3);
});

test("an exhaustive search ends, and says that it is complete", async () => {
  // Two senders and one receiver: the orders in which two messages arrive.
  const orders = new Set<string>();
  const scenario = function* (self: Self<string>) {
    for (const name of ["a", "b"]) spawn((_: Self<never>, to: Pid<string>) => send(to, name), self.pid);
    orders.add(`${yield* self.receive()}${yield* self.receive()}`);
  };
  const result = await simulate(scenario, { strategy: "exhaustive" });
  expect(result.complete).toBe(true);
  expect([...orders].sort()).toEqual(["ab", "ba"]);
});

test("round robin is one run", async () => {
  expect((await simulate(pingPong, { strategy: "roundRobin" })).runs).toBe(1);
});

// ── What is a failure ──

test("deadlock: all wait, and no timer is set; the wait graph says who", async () => {
  const error = await failing(function* waiting(self: Self<never>) {
    spawn(function* other(own: Self<never>) {
      yield* own.receive({ never: () => {} } as never);
    });
    yield* self.receive();
  });
  expect(error.kind).toBe("deadlock");
  expect(error.failure.text).toContain("#PID<0.2.0> waiting waits");
  expect(error.failure.text).toContain("#PID<0.3.0> other waits");
});

test("livelock: more steps than allowed", async () => {
  const error = await failing(
    function* (self: Self<"again">) {
      for (;;) {
        send(self.pid, "again");
        yield* self.receive();
      }
    },
    { steps: 500 },
  );
  expect(error).toMatchObject({ kind: "livelock", failure: { title: "no end after 500 steps" } });
});

test("crash: a report that nobody expected", async () => {
  const scenario = function* () {
    spawn(function fails() {
      throw new TypeError("no");
    });
    yield* sleep(10);
  };
  expect(await failing(scenario)).toMatchObject({ kind: "crash", failure: { title: "fails: TypeError: no" } });
  expect((await simulate(scenario, { seeds: 5, expectCrashes: true })).runs).toBe(5);
  const expectCrashes = (report: { reason?: unknown }) => report.reason instanceof TypeError;
  expect((await simulate(scenario, { seeds: 5, expectCrashes })).runs).toBe(5);
});

test("exit: the scenario was ended by a signal", async () => {
  const error = await failing(function* (self: Self<never>) {
    spawnLink(() => exit("gone"));
    yield* self.receive();
  });
  expect(error).toMatchObject({ kind: "exit", failure: { reason: "gone" } });
});

test("invariant: always holds after each step, eventually at the end", async () => {
  let count = 0;
  const scenario = (says: () => void) =>
    function* (self: Self<number>) {
      count = 0;
      says();
      for (let i = 0; i < 3; i++) {
        spawn((_: Self<never>, to: Pid<number>) => {
          count++;
          send(to, 1);
        }, self.pid);
      }
      for (let i = 0; i < 3; i++) yield* self.receive();
      count = 5;
    };
  const below = await failing(scenario(() => always("at most two", () => count <= 2)));
  expect(below).toMatchObject({ kind: "invariant", failure: { title: "always: at most two" } });
  const end = await failing(scenario(() => eventually("back to none", () => count === 0)));
  expect(end).toMatchObject({ kind: "invariant", failure: { title: "eventually: back to none" } });
  const throws = await failing(
    scenario(() =>
      always("looks", () => {
        throw new Error("oops");
      }),
    ),
  );
  expect(throws.failure.title).toBe("always: looks: Error: oops");
  expect(
    (
      await simulate(
        scenario(() => always("below six", () => count < 6)),
        { seeds: 20 },
      )
    ).runs,
  ).toBe(20);
});

test("leftover: processes and messages, when they are forbidden", async () => {
  const scenario = function* (): Generator<never, void> {
    register(
      spawn(function* stays(self: Self<string>) {
        yield* self.receive({ never: () => {} } as never);
      }),
      "stays",
    );
    send("stays", "unread");
  };
  expect((await simulate(scenario, { seeds: 5 })).runs).toBe(5);
  expect(await failing(scenario, { leftovers: "processes" })).toMatchObject({
    kind: "leftover",
    failure: { title: "stays is left over" },
  });
  expect((await failing(scenario, { leftovers: "messages" })).failure.title).toBe("stays has unread messages");
  await failing(scenario, { leftovers: "all" });
});

// ── Time ──

test("a day passes in a moment", async () => {
  const day = 24 * 60 * 60 * 1000;
  const times: number[] = [];
  await simulate(
    function* (self: Self<"late">) {
      yield* self.sleep(day);
      sendAfter(self.pid, "late", day);
      times.push(self.runtime.now());
      yield* self.receive();
      times.push(self.runtime.now());
      yield* self.receive(
        on(P.string, () => {}),
        after(day, () => {}),
      );
      times.push(self.runtime.now());
    },
    { seeds: 1 },
  );
  expect(times).toEqual([day, 2 * day, 3 * day]);
});

test("timers that are due together fire in any order", async () => {
  const orders = new Set<string>();
  await simulate(
    function* (self: Self<string>) {
      sendAfter(self.pid, "a", 10);
      sendAfter(self.pid, "b", 10);
      orders.add(`${yield* self.receive()}${yield* self.receive()}`);
    },
    { strategy: "exhaustive" },
  );
  expect([...orders].sort()).toEqual(["ab", "ba"]);
});

test("time does not pass while there is something to do, unless it may lag", async () => {
  const scenario = function* (self: Self<"answer">) {
    spawn((_: Self<never>, to: Pid<"answer">) => send(to, "answer"), self.pid);
    const got = yield* self.receive(
      on("answer", () => true),
      after(100, () => false),
    );
    if (!got) throw new Error("timed out");
  };
  expect((await simulate(scenario, { seeds: 200 })).runs).toBe(200);
  expect((await failing(scenario, { lag: 100 })).failure.title).toBe("Error: timed out");
});

test("after the scenario has returned time stands still, but for settle", async () => {
  let fired = 0;
  const scenario = function* (): Generator<never, void> {
    spawn(function* (self: Self<never>) {
      for (;;) {
        yield* self.sleep(1000);
        fired++;
      }
    });
  };
  await simulate(scenario, { seeds: 1 });
  expect(fired).toBe(0);
  await simulate(scenario, { seeds: 1, settle: 5000 });
  expect(fired).toBe(5);
});

// ── Order of messages ──

test("messages of one sender keep their order, those of two may overtake each other", async () => {
  const seen = new Set<string>();
  await simulate(
    function* (self: Self<string>) {
      const sender = (_: Self<never>, to: Pid<string>, name: string) => {
        for (const n of [1, 2]) send(to, name + n);
      };
      spawn(sender, self.pid, "a");
      spawn(sender, self.pid, "b");
      const got: string[] = [];
      for (let i = 0; i < 4; i++) got.push(yield* self.receive());
      expect(got.indexOf("a1")).toBeLessThan(got.indexOf("a2"));
      expect(got.indexOf("b1")).toBeLessThan(got.indexOf("b2"));
      seen.add(got.join());
    },
    { strategy: "exhaustive" },
  );
  // 4! / (2! 2!)
  expect(seen.size).toBe(6);
});

test("what was sent to another process may arrive later than what that led to", async () => {
  const first = new Set<string>();
  const scenario = function* (self: Self<string>) {
    const relay = spawn(function* (own: Self<Pid<string>>) {
      send(yield* own.receive(), "relayed");
    });
    spawn(
      (_: Self<never>, to: Pid<string>, by: Pid<Pid<string>>) => {
        send(to, "direct");
        send(by, to);
      },
      self.pid,
      relay,
    );
    first.add(yield* self.receive());
    yield* self.receive();
  };
  await simulate(scenario, { strategy: "exhaustive" });
  expect(first).toEqual(new Set(["direct", "relayed"]));
  first.clear();
  await simulate(scenario, { strategy: "exhaustive", delays: false });
  expect(first).toEqual(new Set(["direct"]));
});

test("an exit signal, and the news of an end, come behind what their sender had sent", async () => {
  const scenario = function* (self: Self<unknown>) {
    self.trapExit = true;
    const child = spawnLink((_: Self<never>, to: Pid<unknown>) => {
      send(to, "last words");
      exit("gone");
    }, self.pid);
    self.monitor(child);
    const got: unknown[] = [];
    for (let i = 0; i < 3; i++) got.push(yield* self.receive());
    expect(got[0]).toBe("last words");
    expect(
      got
        .slice(1)
        .map((message) => (message as unknown[])[0])
        .sort(),
    ).toEqual(["DOWN", "EXIT"]);
  };
  expect((await simulate(scenario, { strategy: "exhaustive" })).complete).toBe(true);
});

test("a reply that comes too late is not there", async () => {
  const Slow = GenServer.define({
    name: "Slow",
    init: () => 0,
    calls: {
      *get(state) {
        yield* sleep(100);
        return reply("late", state);
      },
    },
  });
  const scenario = function* (self: Self<unknown>) {
    const server = yield* Slow.start();
    try {
      yield* Slow.call.get(server, { timeout: 100 });
    } catch {
      // It may time out, or not.
    }
    yield* self.sleep(1000);
    expect(self.runtime.processInfo(self.pid, "messages")).toEqual([]);
  };
  expect((await simulate(scenario, { seeds: 500 })).runs).toBe(500);
});

// ── The host ──

test("an async body is refused, by name, with the way out", async () => {
  const scenario = function* (self: Self<never>) {
    spawn(async function asks() {
      await undefined;
    });
    yield* self.sleep(10);
  };
  await expect(simulate(scenario)).rejects.toThrow(/#PID<0\.3\.0> \(asks\) has an async body: .*self\.until/);
  expect((await simulate(scenario, { seeds: 3, asyncBodies: "allow" })).runs).toBe(3);
  await expect(simulate(async () => {})).rejects.toThrow("is async");
});

test("a process may wait for a promise of the host", async () => {
  const result = await simulate(
    function* (self: Self<never>) {
      const value = yield* self.until(new Promise((resolve) => setTimeout(resolve, 1, "kept")));
      expect(value).toBe("kept");
    },
    { seeds: 3 },
  );
  expect(result.runs).toBe(3);
});

test("who waits for a promise that is never kept is found after hostTimeout", async () => {
  const scenario = function* (self: Self<never>) {
    yield* self.until(new Promise(() => {}));
  };
  expect((await failing(scenario, { hostTimeout: 20 })).kind).toBe("deadlock");
});

test("a simulated process that uses the host's time or random numbers is reported, and they work", async () => {
  const uses: HostUse[] = [];
  const hostDate = Date;
  const [before, now] = [Date.now(), performance.now()];
  await simulate(
    function* (self: Self<never>) {
      expect(Date.now()).toBeGreaterThanOrEqual(before);
      // biome-ignore lint/complexity/useDateNow: this is about the constructor
      expect(new Date().getTime()).toBeGreaterThanOrEqual(before);
      expect(performance.now()).toBeGreaterThanOrEqual(now);
      expect(Math.random()).toBeLessThan(1);
      clearTimeout(setTimeout(() => {}, 1));
      expect(new Date(0)).toBeInstanceOf(Date);
      yield* self.sleep(1);
    },
    { seeds: 10, onHostUse: (use) => uses.push(use) },
  );
  const names = [...new Set(uses.map(({ what }) => what))];
  expect(names).toEqual(["Date.now()", "new Date()", "performance.now()", "Math.random()", "setTimeout()"]);
  expect(uses[0]?.where).toContain("simulate.test");
  expect(Date).toBe(hostDate);
  expect(String(Date.now)).toContain("native code");
});

test("a process's own crash report is no use of the host", async () => {
  const uses: HostUse[] = [];
  const scenario = function* (): Generator<never, void> {
    throw new Error("no");
  };
  await failing(scenario, { onHostUse: (use) => uses.push(use) });
  expect(uses).toEqual([]);
});

// ── Wrong use ──

test.for<[string, unknown, RegExp]>([
  ["scenario", undefined, /expected a scenario, function\* \(self\)/],
  ["seeds", { seeds: 0 }, /expected 1 to \d+ as seeds, got 0/],
  ["seeds, listed", { seeds: [1, -1] }, /as seeds, got -1/],
  ["strategy", { strategy: "best" }, /expected random, pct, roundRobin, exhaustive as strategy, got "best"/],
  ["depth", { depth: 17 }, /expected 1 to 16 as depth, got 17/],
  ["replay", { replay: "5-3" }, /expected a schedule as replay/],
  ["replay, out of order", { replay: "5.1-3.1" }, /expected a schedule as replay/],
  ["replay, of a longer run", { replay: "999999999.1" }, /has a choice 999999999, and a run ends after 10000 steps/],
  ["an unknown option", { seedz: 1 }, /there is no option seedz/],
  ["leftovers", { leftovers: true }, /as leftovers, got true/],
  ["options", null, /expected an object of options, got null/],
])("wrong %s", async ([, options, message]) => {
  const scenario = options === undefined ? undefined : pingPong;
  await expect(simulate(scenario as Scenario, options as SimulateOptions)).rejects.toThrow(message);
});

test("always and eventually belong in a scenario", () => {
  expect(() => always("x", () => true)).toThrow("call it in a scenario");
  expect(() => eventually("x", () => true)).toThrow("call it in a scenario");
});

test("nothing is left of a run: not its processes, nor what they had set going", async () => {
  let late = 0;
  await simulate(
    function* (self: Self<never>) {
      spawn(function* (own: Self<never>) {
        yield* own.until(Promise.resolve());
        yield* own.sleep(1);
        late++;
      });
      self.runtime.spawn(() => {});
      yield* self.receive(after(0, () => {}));
    },
    { seeds: 20 },
  );
  const before = late;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(late).toBe(before);
});

test("pct: who polls does not keep those it waits for from running", async () => {
  const scenario = function* () {
    const account = yield* Account.startLink(0);
    spawn(function* () {
      yield* Account.call.get(account);
      Account.cast.set(account, 1);
    });
    while ((yield* Account.call.get(account)) === 0);
  };
  expect((await simulate(scenario, { strategy: "pct", seeds: 100, steps: 2000 })).runs).toBe(100);
});

// ── Schedules ──

test("what is passed over is put off until nothing else is left: one choice tells of a long delay", async () => {
  const scenario = function* (self: Self<string>) {
    spawn((_: Self<never>, to: Pid<string>) => send(to, "slow"), self.pid);
    spawn(function* counts(own: Self<number>, to: Pid<string>) {
      for (let n = 0; n < 20; n++) {
        send(own.pid, n);
        yield* own.receive();
      }
      send(to, "fast");
    }, self.pid);
    const first = yield* self.receive();
    if (first === "fast") throw new Error("the slow one was overtaken");
  };
  const error = await failing(scenario, { strategy: "pct" });
  expect(error.schedule).toHaveLength(1);
});

test("a failure of a message that comes through an ended alias is told, too", async () => {
  // GenServer.stop asks through an alias, which its answer has ended when the server comes to answer a second time.
  const scenario = function* () {
    const account = yield* Account.startLink(0);
    spawn(function* stays(self: Self<never>) {
      yield* self.receive();
    });
    yield* GenServer.stop(account);
  };
  expect((await failing(scenario, { leftovers: "processes" })).failure.title).toBe("stays is left over");
});
