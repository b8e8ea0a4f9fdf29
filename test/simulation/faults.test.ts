import { expect, test } from "vitest";
import { after, GenServer, on, P, type Pid, reply, type Self, Supervisor, send, spawn } from "../../src/index.ts";
import { type FaultOptions, simulate } from "../../src/testing/index.ts";
import { failing } from "./failing.ts";

const Counter = GenServer.define({
  name: "Counter",
  init: (n: number) => n,
  calls: { next: (n) => reply(n, n + 1) },
});

/** Asks a worker, and waits for its answer without a thought that it may die. */
function* trusting(self: Self<number>) {
  const worker = spawn(function* worker(own: Self<Pid<number>>) {
    const to = yield* own.receive();
    yield* own.sleep(10);
    send(to, 1);
  });
  send(worker, self.pid);
  yield* self.receive();
}

/** The same, with a monitor. */
function* careful(self: Self<unknown>) {
  const worker = spawn(function* worker(own: Self<Pid<unknown>>) {
    const to = yield* own.receive();
    yield* own.sleep(10);
    send(to, 1);
  });
  self.monitor(worker);
  send(worker, self.pid);
  yield* self.receive(
    on(1, () => {}),
    on(["DOWN", P._, "process", P._, P._], () => {}),
  );
}

test.for<[string, FaultOptions, RegExp]>([
  ["kills", { kills: 1 }, /k\d+\.\d+/],
  ["crashes", { crashes: 1 }, /c\d+\.0/],
  ["lost timers", { lostTimers: 1 }, /t\d+\.0/],
  ["storms", { storm: 2 }, /s\d+\.\d/],
])("%s find who trusts, spare who is careful, and are replayed", async ([, faults, word]) => {
  const error = await failing(trusting, { faults, seeds: 2000 });
  expect(error.kind).toBe("deadlock");
  expect(error.faults).toHaveLength(1);
  const [, replay] = /replay: "(.*)"/.exec(error.replay) as unknown as [string, string];
  expect(replay).toMatch(word);
  expect((await failing(trusting, { faults, replay })).fingerprint).toBe(error.fingerprint);
  if (faults.lostTimers === undefined) expect((await simulate(careful, { faults, seeds: 300 })).runs).toBe(300);
  // Without faults it is all right.
  expect((await simulate(trusting, { seeds: 300 })).runs).toBe(300);
});

test("a timer that is late lets a timeout pass", async () => {
  const scenario = function* (self: Self<"tick">) {
    self.runtime.sendAfter(self.pid, "tick", 10);
    const came = yield* self.receive(
      on("tick", () => true),
      after(100, () => false),
    );
    if (!came) throw new Error("no tick");
  };
  const error = await failing(scenario, { faults: { lateTimers: 2, lateness: 500 }, seeds: 2000 });
  expect(error.failure.title).toBe("Error: no tick");
});

test("a restart storm takes a supervisor beyond its intensity", async () => {
  let started = false;
  const scenario = function* (self: Self<never>) {
    self.trapExit = true;
    started = false;
    yield* Supervisor.startLink([Counter.child(0, { name: "counter" })], { strategy: "one_for_one", maxRestarts: 3 });
    started = true;
    yield* self.receive(
      on(["EXIT", P._, "shutdown"], () => {
        throw new Error("the supervisor gave up");
      }),
      after(100, () => {}),
    );
  };
  const victims: NonNullable<FaultOptions["victims"]> = ({ registeredName }) => started && registeredName === "counter";
  expect((await simulate(scenario, { faults: { storm: 3, victims }, seeds: 200 })).runs).toBe(200);
  const error = await failing(scenario, { faults: { storm: 8, victims }, seeds: 500 });
  expect(error.failure.title).toBe("Error: the supervisor gave up");
});

test("the scenario is spared, and whom victims says", async () => {
  const scenario = function* (self: Self<never>) {
    for (let i = 0; i < 20; i++) yield* self.sleep(1);
  };
  expect((await simulate(scenario, { faults: { kills: 3, crashes: 3 }, seeds: 200 })).runs).toBe(200);
  expect((await simulate(trusting, { faults: { kills: 3, crashes: 3, victims: () => false }, seeds: 200 })).runs).toBe(
    200,
  );
});

test.for<[string, unknown, RegExp]>([
  ["no object", 1, /expected an object as faults, got 1/],
  ["an unknown fault", { earthquakes: 1 }, /there is no fault earthquakes/],
  ["a negative number", { kills: -1 }, /expected a number of 0 or more as faults.kills, got -1/],
  ["victims", { victims: 1 }, /expected a function as faults.victims, got 1/],
])("wrong faults: %s", async ([, faults, message]) => {
  await expect(simulate(trusting, { faults: faults as FaultOptions })).rejects.toThrow(message);
});
