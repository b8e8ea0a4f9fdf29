import { expect, test } from "vitest";
import { ExitError, type Self, UsageError } from "../../src/index.ts";
import { gate, idle, ownRuntime, rejection, settle, thrown } from "./support/own-runtime.ts";

test("what an async body waits for is rejected with the exit reason when its process ends", async () => {
  const { runtime } = ownRuntime();
  const never = new Promise(() => undefined);
  const errors: unknown[] = [];
  const waits: ((self: Self<string>) => PromiseLike<unknown>)[] = [
    (self) => self.receive(),
    (self) => self.receive({ go: () => 1 } as never),
    (self) => self.sleep(1000),
    (self) => self.sleep(Number.POSITIVE_INFINITY),
    (self) => self.until(never),
  ];
  const pids = waits.map((wait) =>
    runtime.spawn(async (self: Self<string>) => {
      errors.push(await rejection(wait(self)));
    }),
  );
  await settle(runtime);
  for (const pid of pids) runtime.exit(pid, "enough");
  await settle(runtime);
  expect(errors).toHaveLength(waits.length);
  for (const error of errors) {
    expect(error).toBeInstanceOf(ExitError);
    expect((error as ExitError).reason).toBe("enough");
  }
});

test("operations that it begins after its end are rejected, and functions throw, with the exit reason", async () => {
  const { runtime } = ownRuntime();
  const other = runtime.spawn(idle);
  const host = gate();
  const errors: unknown[] = [];
  const pid = runtime.spawn(async (self: Self<string>) => {
    await host.promise;
    errors.push(
      await rejection(self.receive()),
      await rejection(self.sleep(1)),
      await rejection(self.until(Promise.resolve(1))),
      thrown(() => self.link(other)),
      thrown(() => self.monitor(other)),
      thrown(() => self.spawnLink(idle)),
      thrown(() => self.alias()),
      thrown(() => self.put("key", 1)),
      thrown(() => {
        self.trapExit = true;
      }),
    );
    expect(runtime.isAlive(self.pid)).toBe(false);
  });
  await settle(runtime);
  runtime.exit(pid, "kill");
  host.open();
  await settle(runtime);
  expect(errors).toHaveLength(9);
  for (const error of errors) {
    expect(error).toBeInstanceOf(ExitError);
    expect((error as ExitError).reason).toBe("killed");
  }
  expect(runtime.isAlive(other)).toBe(true);
  expect(runtime.processInfo(other)).toMatchObject({ links: [], monitoredBy: [] });
});

// The host runs the code of an async body: between its death and the runtime's next turn, the host may come first.
test("that holds from the moment of its death, before the runtime has had a turn", async () => {
  const { runtime } = ownRuntime();
  const other = runtime.spawn(idle);
  const host = gate();
  const errors: unknown[] = [];
  const pid = runtime.spawn(async (self: Self<string>) => {
    await host.promise;
    errors.push(thrown(() => self.link(other)));
    errors.push(await rejection(self.receive()));
  });
  await settle(runtime);
  runtime.exit(pid, "kill");
  host.open();
  for (let i = 0; i < 20; i++) await null;
  expect(errors).toHaveLength(2);
  expect(runtime.isAlive(pid)).toBe(false);
  await settle(runtime);
  expect(runtime.processInfo(other, "links")).toEqual([]);
});

test("exit to oneself, after an await, ends the body there", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const [pid, ref] = runtime.spawnMonitor(async (self: Self<string>) => {
    await self.receive();
    try {
      self.exit(self.pid, "boom");
      log.push("went on");
    } catch (error) {
      log.push(error);
    }
    // Even a body that catches it does nothing more.
    log.push(thrown(() => self.put("key", 1)));
  });
  runtime.send(pid, "go");
  await settle(runtime);
  expect(log.map((error) => (error as ExitError).reason)).toEqual(["boom", "boom"]);
  expect(await runtime.receive()).toEqual(["DOWN", ref, "process", pid, "boom"]);
});

test("a body that goes on after its death, and even returns or throws, changes nothing any more", async () => {
  const { runtime, reports } = ownRuntime();
  const host = gate();
  const [returning, one] = runtime.spawnMonitor(async () => {
    await host.promise;
    return "late";
  });
  const [throwing, two] = runtime.spawnMonitor(async () => {
    await host.promise;
    throw new Error("late");
  });
  await settle(runtime);
  runtime.exit(returning, "first");
  runtime.exit(throwing, "first");
  host.open();
  await settle(runtime);
  expect(await runtime.receive()).toEqual(["DOWN", one, "process", returning, "first"]);
  expect(await runtime.receive()).toEqual(["DOWN", two, "process", throwing, "first"]);
  expect(reports).toEqual([]);
});

test("an async body that lets the ExitError through has died of the signal, and is not reported", async () => {
  const { runtime, reports } = ownRuntime();
  const [pid, ref] = runtime.spawnMonitor(async (self: Self<string>) => {
    await self.receive();
  });
  await settle(runtime);
  runtime.exit(pid, "boom");
  await settle(runtime);
  expect(await runtime.receive()).toEqual(["DOWN", ref, "process", pid, "boom"]);
  expect(reports).toEqual([]);
});

test("a process does one receive at a time: a second one is rejected, the first goes on", async () => {
  const { runtime } = ownRuntime();
  const log: unknown[] = [];
  const pid = runtime.spawn(async (self: Self<string>) => {
    const first = self.receive();
    const pending = first.then((message) => log.push(message));
    log.push(await rejection(self.receive()));
    await pending;
  });
  await settle(runtime);
  runtime.send(pid, "for the first");
  await settle(runtime);
  expect(log[0]).toBeInstanceOf(UsageError);
  expect(log[1]).toBe("for the first");
});

test("sleeps and promises, other than receives, may be waited for side by side", async () => {
  const { runtime, pass } = ownRuntime();
  const log: unknown[] = [];
  runtime.spawn(async (self: Self<string>) => {
    const first = await Promise.race([self.sleep(30).then(() => "slow"), self.sleep(10).then(() => "fast")]);
    log.push(first);
    log.push(await Promise.all([self.until(Promise.resolve(1)), self.until(Promise.resolve(2))]));
  });
  await settle(runtime);
  pass(10);
  await settle(runtime);
  expect(log).toEqual(["fast", [1, 2]]);
});

test("messages wait while an async body is busy with the host", async () => {
  const { runtime } = ownRuntime();
  const host = gate();
  const log: unknown[] = [];
  const pid = runtime.spawn(async (self: Self<string>) => {
    await host.promise;
    log.push(await self.receive(), await self.receive());
  });
  await settle(runtime);
  runtime.send(pid, "a");
  runtime.send(pid, "b");
  await settle(runtime);
  expect(log).toEqual([]);
  expect(runtime.processInfo(pid, "messages")).toEqual(["a", "b"]);
  host.open();
  await settle(runtime);
  expect(log).toEqual(["a", "b"]);
});
