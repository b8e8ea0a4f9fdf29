// biome-ignore-all lint/suspicious/noExplicitAny: children of every kind are started here

import { expect, test } from "vitest";
import { DynamicSupervisor, GenServer, type Pid, Supervisor, Task } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

const Counter = GenServer.define({
  name: "Counter",
  init: (start: number) => ({ count: start, secret: "hidden" }),
  calls: {},
  casts: {},
  formatStatus: (status: any) => ({ ...status, state: { count: status.state.count } }),
} as never) as any;

async function tree() {
  const own = ownRuntime({ clock: undefined as never });
  const { runtime } = own;
  const root = (await Supervisor.startLink(
    [
      { id: "counter", start: () => Counter.startLink(1, { name: "counter" }) },
      DynamicSupervisor.child({ name: "rooms", id: "rooms" } as never),
      { id: "plain", start: (): Pid<any> => (runtime as any).spawnLink(idle) },
    ] as never,
    { strategy: "one_for_one", name: "root", as: runtime } as never,
  )) as Pid<any>;
  return { ...own, root };
}

test("supervisors are found, with what they have started", async () => {
  const { runtime } = await tree();
  for (let i = 0; i < 3; i++)
    await DynamicSupervisor.startChild("rooms", { id: "room", start: () => Counter.startLink(i) } as never, {
      as: runtime,
    });
  const { roots, supervisors } = await seen(
    sourceOf(runtime),
    "trees",
    { children: 2 },
    ({ progress, roots }) => progress === 1 && roots.length > 0,
  );
  expect(supervisors).toBe(2);
  expect(roots).toHaveLength(1);
  const [root] = roots;
  expect(root).toMatchObject({ name: "root", supervisor: true, restarts: 0 });
  const { items, total } = root?.children ?? { items: [], total: 0 };
  expect(total).toBe(3);
  expect(items[0]).toMatchObject({ name: "counter", body: "Counter", supervisor: false });
  expect(items[1]).toMatchObject({
    name: "rooms",
    body: "DynamicSupervisor",
    supervisor: true,
    children: { total: 3 },
  });
  expect(items[1]?.children?.items).toHaveLength(2);
});

test("a tree below one supervisor, and no deeper than asked", async () => {
  const { runtime, root } = await tree();
  const { roots } = await seen(sourceOf(runtime), "trees", { root: String(root), depth: 1 });
  expect(roots[0]?.children?.items.map(({ body, children }) => [body, children])).toEqual([
    ["Counter", undefined],
    ["DynamicSupervisor", undefined],
    ["idle", undefined],
  ]);
});

test("restarts are counted, and raise an alarm when the supervisor is near its limit", async () => {
  const { runtime } = await tree();
  const source = sourceOf(runtime);
  const ended: string[] = [];
  for (let i = 0; i < 2; i++) {
    const pid = runtime.whereis("counter") as Pid<any>;
    ended.unshift(String(pid));
    await source.request("kill", { pid: String(pid) });
    await seen(
      source,
      "names",
      { text: "counter", offset: 0, limit: 10 },
      ({ rows }) => rows[0] !== undefined && rows[0].pid !== String(pid),
    );
  }
  // Also where the list of children is cut.
  const { roots } = await seen(source, "trees", { children: 1 }, ({ roots }) => roots[0]?.restarts === 2);
  expect(roots[0]?.children?.items).toHaveLength(1);
  expect(roots[0]?.restartedAt).toEqual(expect.any(Number));
  const restarted = ended.map((pid) => ({ id: '"counter"', pid, at: expect.any(Number) }));
  expect(roots[0]?.restarted).toEqual(restarted);
  expect(await seen(source, "process", { pid: roots[0]?.pid as string })).toMatchObject({ restarts: 2, restarted });
  const { alarms } = await seen(source, "alarms", {}, ({ alarms }) => alarms.some(({ kind }) => kind === "restarts"));
  expect(alarms.find(({ kind }) => kind === "restarts")).toMatchObject({
    process: { name: "root" },
    value: 2,
    active: true,
    text: "2 restarts in 5 s; the supervisor gives up after more than 3",
  });
});

test("a behaviour tells its state, as formatStatus shows it, and can be suspended", async () => {
  const { runtime } = await tree();
  const source = sourceOf(runtime);
  const pid = String(runtime.whereis("counter"));
  expect(await source.request("state", { pid })).toEqual({
    behaviour: "GenServer",
    name: '"counter"',
    status: "running",
    state: "{count: 1}",
  });
  expect(await source.request("suspend", { pid })).toEqual({ status: "suspended" });
  expect(await source.request("state", { pid })).toMatchObject({ status: "suspended" });
  expect(await source.request("resume", { pid })).toEqual({ status: "running" });
  expect(await source.request("state", { pid })).toMatchObject({ status: "running" });
});

test("what is no behaviour is not asked: it would find a stranger's message", async () => {
  const { runtime } = ownRuntime({ clock: undefined as never });
  const source = sourceOf(runtime);
  const plain = runtime.spawn(idle);
  const { pid: task } = Task.async(idle as never, [] as never, { as: runtime } as never) as unknown as {
    pid: Pid<any>;
  };
  runtime.run();
  for (const pid of [plain, task]) {
    for (const name of ["state", "suspend", "resume"] as const)
      await expect(source.request(name, { pid: String(pid) })).rejects.toThrow("no behaviour of OTP");
    expect(runtime.processInfo(pid, "messages")).toEqual([]);
  }
});

test("the neighbourhood of a process, as far as asked", async () => {
  const { runtime } = ownRuntime();
  const chain = [runtime.spawn(idle)];
  for (let i = 1; i < 6; i++) {
    const before = chain[i - 1] as Pid<any>;
    chain.push(
      runtime.spawn(function* (self: any) {
        self.link(before);
        yield* idle(self);
      }),
    );
  }
  const [center] = chain as [Pid<any>];
  runtime.spawn(function* watcher(self: any) {
    self.link(center);
    self.monitor(chain[1]);
    yield* idle(self);
  });
  runtime.run();
  const source = sourceOf(runtime);
  const near = await seen(source, "neighbourhood", { pid: String(center), distance: 2 });
  if (!("nodes" in near)) throw new Error("it is alive");
  expect(near.nodes.map(({ pid, distance }) => [pid, distance]).sort()).toEqual(
    [
      [String(center), 0],
      [String(chain[1]), 1],
      [String(chain[2]), 2],
      ["#PID<0.8.0>", 1],
    ].sort(),
  );
  expect(near.more).toBe(true);
  expect(near.edges.filter(({ kind }) => kind === "link")).toHaveLength(3);
  expect(near.edges.filter(({ kind }) => kind === "monitor")).toEqual([
    { kind: "monitor", from: "#PID<0.8.0>", to: String(chain[1]) },
  ]);
  const cut = await seen(source, "neighbourhood", { pid: String(center), limit: 2 });
  expect(cut).toMatchObject({ more: true, nodes: { length: 2 } });
});
