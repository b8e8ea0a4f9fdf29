import { expect, test } from "vitest";
import type { Self } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { rowsOf, seen, sourceOf } from "./support/looking.ts";

function* stuck(self: Self<unknown>) {
  yield* self.receive({ never: () => {} } as never);
}

test("the process with the longest mailbox comes first", async () => {
  const { runtime } = ownRuntime();
  const pids = Array.from({ length: 50 }, () => runtime.spawn(stuck));
  pids.forEach((pid, i) => {
    for (let n = 0; n < (i * 7) % 50; n++) runtime.send(pid, n as never);
  });
  runtime.run();
  const source = sourceOf(runtime);
  const rows = await rowsOf(source, { sort: "mailbox", descending: true, limit: 3 });
  expect(rows.map(({ mailbox }) => mailbox)).toEqual([49, 48, 47]);
  expect(rows[0]?.pid).toBe(String(pids[7]));
  const next = await rowsOf(source, { sort: "mailbox", descending: true, offset: 3, limit: 2 });
  expect(next.map(({ mailbox }) => mailbox)).toEqual([46, 45]);
});

test("processes are found by name, by body, by pid and by status", async () => {
  const { runtime } = ownRuntime();
  const first = runtime.spawn(stuck);
  runtime.register(first, "Bob");
  const second = runtime.spawn(idle);
  runtime.run();
  const source = sourceOf(runtime);
  const pidsOf = async (query: Parameters<typeof rowsOf>[1]) => (await rowsOf(source, query)).map(({ pid }) => pid);
  expect(await pidsOf({ text: "bob" })).toEqual([String(first)]);
  expect(await pidsOf({ text: "IDLE" })).toEqual([String(second)]);
  expect(await pidsOf({ text: `${second}` })).toEqual([String(second)]);
  expect(await pidsOf({ status: "waiting" })).toEqual([String(first)]);
  expect(await pidsOf({ status: "parked", text: "idle" })).toEqual([String(second)]);
  expect(await pidsOf({ text: "nobody" })).toEqual([]);
});

test("a page says how many processes there are and how many match", async () => {
  const { runtime } = ownRuntime();
  for (let i = 0; i < 3000; i++) runtime.spawn(i % 3 === 0 ? stuck : idle);
  runtime.run();
  const query = { sort: "pid", descending: true, offset: 10, limit: 5, text: "stuck" } as const;
  const page = await seen(sourceOf(runtime), "processes", query, ({ progress }) => progress === 1);
  expect(page.processes).toBe(3001);
  expect(page.matching).toBe(1000);
  expect(page.rows).toHaveLength(5);
});

test("what each order puts first", async () => {
  const { runtime, pass } = ownRuntime();
  const source = sourceOf(runtime);
  const old = runtime.spawn(stuck);
  pass(0);
  await rowsOf(source, {});
  const busy = runtime.spawn(function* eager(self: Self<unknown>) {
    for (;;) yield* self.receive();
  });
  for (let n = 0; n < 1000; n++) runtime.send(busy, n);
  pass(0);
  // Young is who was not there at the walk before.
  const young = await rowsOf(source, { sort: "age", descending: false });
  expect(young[0]).toMatchObject({ pid: String(busy), body: "eager", age: expect.any(Number) });
  const aged = await rowsOf(source, { sort: "age", descending: true });
  expect(aged[0]?.age).toBeUndefined();
  expect(aged.at(-1)?.pid).toBe(String(busy));
  const worked = await rowsOf(source, { sort: "reductions", descending: true });
  expect(worked[0]?.pid).toBe(String(busy));
  expect(worked[0]?.reductions).toBe(runtime.processInfo(busy, "reductions"));
  const large = await rowsOf(source, { sort: "memory", descending: true });
  expect(large[0]?.memory).toBeGreaterThanOrEqual(64);
  expect((await rowsOf(source, { sort: "pid", descending: true }))[0]?.pid).toBe(String(busy));
  expect(runtime.isAlive(old)).toBe(true);
});

test("a query that is none is refused, with the reason", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await expect(rowsOf(source, { sort: "beauty" as never })).rejects.toThrow("expected one of pid, mailbox");
  await expect(rowsOf(source, { limit: 20_000 })).rejects.toThrow("filter them");
  await expect(rowsOf(source, { offset: -1 })).rejects.toThrow("as offset");
});

test("the detail of a process", async () => {
  const { runtime } = ownRuntime();
  const friend = runtime.spawn(idle);
  const pid = runtime.spawn(function* alice(self: Self<unknown>) {
    self.trapExit = true;
    self.priority = "high";
    self.put("key", { value: 1 });
    self.link(friend);
    self.monitor(friend);
    self.monitor("nobody");
    yield* self.receive({ never: () => {} } as never);
  });
  runtime.register(pid, "alice");
  const watcher = runtime.spawn(function* (self: Self<unknown>) {
    self.monitor(pid);
    yield* self.receive();
  });
  runtime.run();
  for (let n = 0; n < 30; n++) runtime.send(pid, ["message", n] as never);
  runtime.run();
  const source = sourceOf(runtime);
  const detail = await seen(source, "process", { pid: String(pid), messages: 2 });
  expect(detail).toMatchObject({
    alive: true,
    pid: String(pid),
    name: "alice",
    body: "alice",
    status: "waiting",
    waitsFor: "receive",
    priority: "high",
    trapExit: true,
    links: { items: [{ pid: String(friend), body: "idle" }], total: 1 },
    monitors: { items: [{ pid: String(friend) }], total: 1 },
    monitoredBy: { items: [{ pid: String(watcher) }], total: 1 },
    dictionary: { items: [['"key"', "{value: 1}"]], total: 1 },
    behaviour: false,
    supervisor: false,
  });
  // The answer to the monitor of nobody came first.
  expect((detail as { messages: unknown }).messages).toEqual({
    items: [expect.stringMatching(/^\["DOWN", .*"noproc"\]$/), '["message", 0]'],
    total: 31,
  });
});

test("a message in hand belongs to the mailbox that is shown", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(function* (self: Self<string>) {
    for (;;) yield* self.receive();
  });
  runtime.run();
  runtime.send(pid, "in hand");
  const detail = await seen(sourceOf(runtime), "process", { pid: String(pid) });
  expect(detail).toMatchObject({ mailbox: 1, messages: { items: ['"in hand"'], total: 1 } });
});

test("of a very long mailbox only what is shown is looked at", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(stuck);
  runtime.run();
  for (let n = 0; n < 5000; n++) runtime.send(pid, n as never);
  const detail = await seen(sourceOf(runtime), "process", { pid: String(pid), messages: 3 });
  expect(detail).toMatchObject({ mailbox: 5000, messages: { items: ["0", "1", "2"], total: 5000 } });
});

test("a process that ends while it is looked at is said to have ended", async () => {
  const { runtime } = ownRuntime();
  const pid = runtime.spawn(idle);
  runtime.run();
  const source = sourceOf(runtime);
  const ended = seen(source, "process", { pid: String(pid) }, ({ alive }) => !alive);
  expect(await source.request("kill", { pid: String(pid) })).toEqual({ killed: true });
  expect(await ended).toEqual({ alive: false, pid: String(pid) });
  await expect(source.request("kill", { pid: String(pid) })).rejects.toThrow(`no process ${pid}`);
  await expect(source.request("kill", { pid: String(runtime.self()) })).rejects.toThrow("main process");
});
