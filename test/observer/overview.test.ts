import type { Sample } from "beamlet/observer";
import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

test("the overview counts processes, timers, reports and memory", async () => {
  const { runtime, reports } = ownRuntime();
  for (let i = 0; i < 10; i++) runtime.spawn(idle);
  runtime.sendAfter(runtime.self(), "later", 1000);
  runtime.run();
  const source = sourceOf(runtime);
  const { samples } = await seen(source, "overview", {}, ({ samples }) => samples.length > 0);
  expect(samples.at(-1)).toMatchObject({
    processes: 11,
    runQueue: 0,
    timers: 1,
    reports: 0,
    restarts: 0,
    memory: { linear: expect.any(Number), values: expect.any(Number) },
  });
  runtime.spawn(() => {
    throw new Error("a crash");
  });
  runtime.run();
  const after = await seen(source, "overview", {}, ({ samples }) => samples.at(-1)?.reports === 1);
  expect(after.samples.at(-1)?.processes).toBe(11);
  // The program's own logger gets its reports as before.
  expect(reports).toHaveLength(1);
});

test("a new page gets the whole history first, and then one sample at a time", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  let count = 0;
  await seen(source, "overview", {}, ({ samples }) => {
    count += samples.length;
    return count >= 5;
  });
  const first = await seen(source, "overview", {});
  expect(first.reset).toBe(true);
  expect(first.samples.length).toBeGreaterThanOrEqual(5);
  const times = first.samples.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("messages between two processes are counted, each once", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  const pong = runtime.spawn(function* pong(self: Self<unknown>) {
    for (;;) {
      const [from, left] = (yield* self.receive()) as [never, number];
      self.send(from, left as never);
    }
  });
  const ping = (rounds: number) =>
    runtime.spawn(function* ping(self: Self<unknown>) {
      for (let left = rounds; left > 0; left--) {
        self.send(pong, [self.pid, left]);
        yield* self.receive();
      }
    });
  const last = (samples: readonly Sample[]) => samples.at(-1) as Sample;
  const before = last((await seen(source, "overview", {}, ({ samples }) => samples.length > 0)).samples);
  expect(before).toMatchObject({ sent: 0, messages: 0 });
  ping(50_000);
  runtime.run();
  let rate = 0;
  const { samples } = await seen(source, "overview", {}, ({ samples }) => {
    for (const { messages } of samples) rate = Math.max(rate, messages);
    return last(samples).sent > 0;
  });
  expect(last(samples).sent).toBe(100_000);
  // In one sample they are all there, and in the next one none.
  expect(rate).toBeGreaterThan(0);
  await seen(source, "overview", {}, ({ samples }) => last(samples).messages === 0);
});

test("closing puts the runtime's logger and core back", async () => {
  const { runtime } = ownRuntime();
  const machine = runtime as unknown as { core: unknown };
  const { logger } = runtime;
  const { core } = machine;
  const source = sourceOf(runtime);
  const other = sourceOf(runtime);
  expect(runtime.logger).not.toBe(logger);
  await source.request("startTrace", { events: ["send"] });
  expect(machine.core).not.toBe(core);
  source.close();
  // The other one still looks.
  expect(runtime.logger).not.toBe(logger);
  other.close();
  expect(runtime.logger).toBe(logger);
  expect(machine.core).toBe(core);
});

test("a page is told when the runtime is stopped", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  const told = new Promise((resolve) => source.onStatus((status, why) => resolve([status, why])));
  await runtime.stop();
  expect(await told).toEqual(["closed", "the runtime was stopped: shutdown"]);
  await expect(source.request("program", {})).rejects.toThrow("closed");
});
