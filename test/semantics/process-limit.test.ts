import { expect, test } from "vitest";
import { type Pid, type Self, SystemLimitError } from "../../src/index.ts";
import { idle, ownRuntime, thrown } from "./support/own-runtime.ts";

test("at maxProcesses spawn throws a SystemLimitError, and everything else goes on", () => {
  const { runtime } = ownRuntime({ maxProcesses: 3 });
  const pids = [1, 2, 3].map(() => runtime.spawn(idle));
  for (const spawn of [
    () => runtime.spawn(idle),
    () => runtime.spawnLink(idle),
    () => runtime.spawnMonitor(idle),
    () => runtime.spawnOpt(idle, { name: "name", link: true, monitor: true }),
  ]) {
    const error = thrown(spawn) as SystemLimitError;
    expect(error).toBeInstanceOf(SystemLimitError);
    expect(error.limit).toBe(3);
    expect(error.message).toContain("createRuntime({ maxProcesses })");
  }
  runtime.run();
  expect(runtime.processes()).toEqual([runtime.self(), ...pids]);
  expect(runtime.registered()).toEqual([]);
  expect(runtime.processInfo(runtime.self(), "links")).toEqual([]);
  expect(runtime.send(pids[0] as Pid<unknown>, "still works")).toBe("still works");
});

test("when one has ended there is room for one", () => {
  const { runtime } = ownRuntime({ maxProcesses: 2 });
  const first = runtime.spawn(idle);
  runtime.spawn(idle);
  expect(() => runtime.spawn(idle)).toThrow(SystemLimitError);
  runtime.run();
  runtime.exit(first, "kill");
  runtime.run();
  expect(runtime.isAlive(runtime.spawn(idle))).toBe(true);
  expect(() => runtime.spawn(idle)).toThrow(SystemLimitError);
});

test("inside of a process it is an error that can be caught, or the end of that process", () => {
  const { runtime, reports } = ownRuntime({ maxProcesses: 1 });
  const log: unknown[] = [];
  runtime.spawn((self: Self) => {
    log.push(thrown(() => self.spawn(idle)) instanceof SystemLimitError);
  });
  runtime.run();
  runtime.spawn((self: Self) => {
    self.spawn(idle);
  });
  runtime.run();
  expect(log).toEqual([true]);
  expect(reports.map(({ reason }) => (reason as Error).name)).toEqual(["SystemLimitError"]);
});

test("run rejects", async () => {
  const { runtime } = ownRuntime({ maxProcesses: 1 });
  runtime.spawn(idle);
  await expect(runtime.run(idle)).rejects.toBeInstanceOf(SystemLimitError);
});

test("the limit is on how many live at once: 50,000 may live one after the other", () => {
  const { runtime } = ownRuntime({ maxProcesses: 10 });
  let lives = 0;
  for (let n = 0; n < 5000; n++) {
    for (let i = 0; i < 10; i++) {
      runtime.spawn(() => {
        lives++;
      });
    }
    runtime.run();
  }
  expect(lives).toBe(50_000);
});

test("a limit is a whole number from 1 to 10,000,000", () => {
  for (const maxProcesses of [0, -1, 1.5, 10_000_001, Number.NaN]) {
    expect(() => ownRuntime({ maxProcesses })).toThrow(RangeError);
  }
});
