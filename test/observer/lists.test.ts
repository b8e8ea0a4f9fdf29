import { expect, test } from "vitest";
import { PROCESS_COUNT, PROCESS_GENERATION, PROCESS_REDUCTIONS, PROCESS_STATE } from "../../assembly/layout.ts";
import type { Machine } from "../../src/machine.ts";
import {
  COUNT_WORD,
  CoreMemory,
  GENERATION_WORD,
  REDUCTIONS_WORD,
  STATE_WORD,
} from "../../src/observer/core-memory.ts";
import { coreOf } from "../inside.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

test("names, in their order, with who has them", async () => {
  const { runtime } = ownRuntime();
  for (const name of ["zoe", "adam", "eve"]) runtime.register(runtime.spawn(idle), name);
  runtime.run();
  const source = sourceOf(runtime);
  const all = await seen(source, "names", { offset: 0, limit: 10 });
  expect(all).toMatchObject({ names: 3, matching: 3 });
  expect(all.rows.map(({ name, pid }) => [name, pid])).toEqual(
    ["adam", "eve", "zoe"].map((name) => [name, String(runtime.whereis(name))]),
  );
  const some = await seen(source, "names", { text: "E", offset: 1, limit: 1 });
  expect(some).toMatchObject({ names: 3, matching: 2, rows: [{ name: "zoe" }] });
});

test("timers, the next one first, whoever they are for", async () => {
  const { runtime, pass } = ownRuntime();
  const pid = runtime.spawn(idle);
  const sleeper = runtime.spawn(function* (self) {
    yield* self.sleep(300);
  });
  runtime.run();
  pass(17);
  for (const ms of [1000, 5, 86_400_000, 20_000, 1_000_000, 10_000_000_000]) runtime.sendAfter(pid, "later", ms);
  runtime.sendAfter("somebody", "later", 40);
  const { rows, timers } = await seen(sourceOf(runtime), "timers", { limit: 100 });
  expect(timers).toBe(8);
  expect(rows.map(({ left, kind, target }) => [left, kind, target?.pid])).toEqual([
    [5, "message", String(pid)],
    [40, "message", undefined],
    [283, "timeout", String(sleeper)],
    [1000, "message", String(pid)],
    [20_000, "message", String(pid)],
    [1_000_000, "message", String(pid)],
    [86_400_000, "message", String(pid)],
    [10_000_000_000, "message", String(pid)],
  ]);
});

test("what is read from the core's memory is what the core says", () => {
  const { runtime } = ownRuntime();
  const core = coreOf(runtime);
  const pids = Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? runtime.spawn(idle) : runtime.spawn(() => {})));
  for (const pid of pids) for (let n = 0; n < 3; n++) runtime.send(pid as never, n as never);
  runtime.run();
  const memory = new CoreMemory({ ...runtime, core } as unknown as Machine);
  expect(memory.slices).toEqual(expect.any(Number));
  for (let slot = 1; slot <= core.slots(); slot++) {
    expect(memory.word(slot, GENERATION_WORD)).toBe(core.read(slot, PROCESS_GENERATION));
    expect(memory.word(slot, STATE_WORD)).toBe(core.read(slot, PROCESS_STATE));
    expect(memory.word(slot, COUNT_WORD)).toBe(core.read(slot, PROCESS_COUNT));
    expect(memory.word(slot, REDUCTIONS_WORD)).toBe(core.read(slot, PROCESS_REDUCTIONS));
    expect(memory.isAlive(slot)).toBe(core.tenantOf(slot) >= 0);
  }
  const before = memory.slices as number;
  for (let n = 0; n < 7; n++) runtime.spawn(() => {});
  runtime.run();
  expect((memory.slices as number) - before).toBe(7);
});
