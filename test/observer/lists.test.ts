import { expect, test } from "vitest";
import {
  FREE,
  PROCESS_COUNT,
  PROCESS_GENERATION,
  PROCESS_REDUCTIONS,
  PROCESS_STATE,
  ZOMBIE,
} from "../../assembly/layout.ts";
import { after, type Pid, Registry } from "../../src/index.ts";
import type { Machine } from "../../src/machine.ts";
import {
  COUNT_WORD,
  CoreMemory,
  GENERATION_WORD,
  REDUCTIONS_WORD,
  STATE_WORD,
} from "../../src/observer/core-memory.ts";
import { coreOf } from "../inside.ts";
import { inside } from "../otp/support/inside.ts";
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
  expect(some).toMatchObject({ names: 3, matching: 2, rows: [{ name: "zoe" }], registries: [] });
});

test("the keys of a registry, in their order, with who has them and their values", async () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* () {
    yield* Registry.startLink({ keys: "unique", name: "rooms" });
    yield* Registry.startLink({ keys: "duplicate", name: "topics", partitions: 3 });
  });
  // Named as a registry's partition is, and none.
  runtime.register(runtime.spawn(idle), "fake");
  runtime.register(runtime.spawn(idle), "fake.PIDPartition0");
  const pids = [1, 2, 3].map((n) =>
    runtime.spawn(function* room(self) {
      Registry.register("rooms", `room-${n}`, n === 2 ? undefined : { topic: n }, { as: self });
      Registry.register("topics", ["all", 1], n, { as: self });
      if (n === 3) Registry.register("topics", ["all", 1], "again", { as: self });
      yield* self.receive();
    }),
  );
  runtime.run();
  const messages = runtime.processInfo(runtime.whereis("rooms") as Pid, "reductions");
  const source = sourceOf(runtime);
  const registries = [
    { name: "rooms", keys: "unique", entries: 3 },
    { name: "topics", keys: "duplicate", entries: 4 },
  ];
  expect(await seen(source, "names", { offset: 0, limit: 1 })).toMatchObject({ registries });

  const rooms = await seen(source, "names", { registry: "rooms", offset: 0, limit: 10 });
  expect(rooms).toMatchObject({ matching: 3, names: 3, registries, progress: 1 });
  expect(rooms.rows).toEqual(
    pids.map((pid, i) => ({
      pid: String(pid),
      name: `"room-${i + 1}"`,
      ...(i !== 1 && { value: `{topic: ${i + 1}}` }),
      body: "room",
      mailbox: 0,
      status: "waiting",
    })),
  );
  const some = await seen(source, "names", { registry: "rooms", text: "ROOM-", offset: 1, limit: 1 });
  expect(some).toMatchObject({ matching: 3, rows: [{ pid: String(pids[1]) }] });
  expect(some.rows.length).toBe(1);
  const one = await seen(source, "names", { registry: "rooms", text: "m-3", offset: 0, limit: 10 });
  expect(one).toMatchObject({ names: 3, matching: 1, rows: [{ pid: String(pids[2]) }] });

  const topics = await seen(source, "names", { registry: "topics", offset: 0, limit: 10 });
  expect(topics.rows.map(({ pid, name, value }) => [pid, name, value])).toEqual([
    [String(pids[0]), '["all", 1]', "1"],
    [String(pids[1]), '["all", 1]', "2"],
    [String(pids[2]), '["all", 1]', "3"],
    [String(pids[2]), '["all", 1]', '"again"'],
  ]);
  // Nobody was asked.
  expect(runtime.processInfo(runtime.whereis("rooms") as Pid, "reductions")).toEqual(messages);

  // It goes on looking, and tells when the registry has ended.
  const pages = seen(source, "names", { registry: "rooms", offset: 0, limit: 10 }, ({ names }) => names === 2);
  runtime.exit(pids[0] as Pid, "kill");
  runtime.run();
  expect((await pages).rows.map(({ name }) => name)).toEqual(['"room-2"', '"room-3"']);
  const end = seen(source, "names", { registry: "rooms", offset: 0, limit: 10 }, ({ names }) => names === 0);
  runtime.exit(runtime.whereis("rooms") as Pid, "kill");
  runtime.run();
  expect(await end).toMatchObject({ rows: [], matching: 0, progress: 1 });
  expect((await end).registries.some(({ name }) => name === "rooms")).toBe(false);
});

test("of many keys the first ones are found, some at a time", async () => {
  const { runtime } = ownRuntime();
  inside(runtime, function* () {
    yield* Registry.startLink({ keys: "unique", name: "many" });
  });
  const KEYS = 25_000;
  const pid = runtime.spawn(function* holder(self) {
    for (let n = KEYS - 1; n >= 0; n--) Registry.register("many", n + 100_000, n, { as: self });
    yield* self.receive();
  });
  runtime.run();
  const query = { registry: "many", offset: 9_990, limit: 100 };
  const page = await seen(sourceOf(runtime), "names", query, ({ progress }) => progress === 1);
  expect(page).toMatchObject({ names: KEYS, matching: KEYS });
  expect(page.rows.map(({ name, value }) => [name, value])).toEqual(
    Array.from({ length: 10 }, (_, i) => [`${109_990 + i}`, `${9_990 + i}`]),
  );
  expect(page.rows[0]?.pid).toBe(String(pid));
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

test("timers, with what they send", async () => {
  const { runtime, pass } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.spawn(async function dozing(self) {
    await self.sleep(10);
  });
  runtime.spawn(function* waiting(self) {
    yield* self.receive(after(20, () => undefined));
  });
  runtime.run();
  pass(1);
  // Numbers are used again, and are not in the order in which the timers are due.
  const gone = Array.from({ length: 3 }, (_, n) => runtime.sendAfter(pid, ["gone", n], 5));
  const ref = runtime.startTimer("somebody", { n: 1 }, 60);
  for (const each of gone) runtime.cancelTimer(each);
  runtime.sendAfter(pid, ["tick", "x".repeat(1000)], 50);
  runtime.sendAfter(pid, undefined as never, 40);
  runtime.sendAfter("somebody", "later", 30);
  const { rows } = await seen(sourceOf(runtime), "timers", { limit: 100 });
  expect(rows.map(({ kind, target, name, message }) => [kind, target?.body, name, message])).toEqual([
    ["timeout", "dozing", undefined, undefined],
    ["timeout", "waiting", undefined, undefined],
    ["message", undefined, "somebody", '"later"'],
    ["message", "idle", undefined, "undefined"],
    ["message", "idle", undefined, expect.stringMatching(/^\["tick", "x+/)],
    ["message", undefined, "somebody", `["timeout", ${ref}, {n: 1}]`],
  ]);
  expect(rows[4]?.message?.length).toBeLessThanOrEqual(201);
});

test("what is read from the core's memory is what the core says", () => {
  const { runtime } = ownRuntime();
  const core = coreOf(runtime);
  const pids = Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? runtime.spawn(idle) : runtime.spawn(() => {})));
  for (const pid of pids) for (let n = 0; n < 3; n++) runtime.send(pid as never, n as never);
  runtime.run();
  const memory = new CoreMemory({ ...runtime, core } as unknown as Machine);
  for (let slot = 1; slot <= core.slots(); slot++) {
    expect(memory.word(slot, GENERATION_WORD)).toBe(core.read(slot, PROCESS_GENERATION));
    expect(memory.word(slot, STATE_WORD)).toBe(core.read(slot, PROCESS_STATE));
    expect(memory.word(slot, COUNT_WORD)).toBe(core.read(slot, PROCESS_COUNT));
    expect(memory.word(slot, REDUCTIONS_WORD)).toBe(core.read(slot, PROCESS_REDUCTIONS));
    const state = core.read(slot, PROCESS_STATE) & 255;
    expect(memory.isAlive(slot)).toBe(state !== FREE && state !== ZOMBIE);
  }
  expect(memory.sent).toBe(3 * pids.length);
});
