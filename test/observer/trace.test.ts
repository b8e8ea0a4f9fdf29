import { localSource, type RunEvent, type Source, type TraceKind } from "beamlet/observer";
import { expect, test } from "vitest";
import { GenServer, type Pid, type Runtime, type Self } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

const ALL: readonly TraceKind[] = ["send", "receive", "spawn", "exit", "link", "call"];

/** What is kept of a trace, as its file tells it, with neither times nor steps. */
async function told(source: Source): Promise<Omit<RunEvent, "time" | "step">[]> {
  await source.request("stopTrace", {});
  const { text } = await source.request("traceFile", {});
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { time, step, ...event } = JSON.parse(line);
      expect(time).toEqual(expect.any(Number));
      expect(step).toEqual(expect.any(Number));
      return event;
    });
}

function echo(runtime: Runtime) {
  return runtime.spawn(function* echo(self: Self<[Pid<unknown>, unknown]>) {
    for (;;) {
      const [from, what] = yield* self.receive();
      self.send(from, what);
    }
  });
}

test("messages are told when they are sent and when they are received, by the same number", async () => {
  const { runtime } = ownRuntime();
  const server = echo(runtime);
  const client = runtime.spawn(function* client(self: Self<unknown>) {
    yield* self.receive();
    self.send(server, [self.pid, "hello"]);
    // By a table of tags, so that it is passed over others.
    yield* self.receive({ hello: () => {} } as never);
  });
  runtime.run();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["send", "receive"] });
  runtime.send(client, "go");
  runtime.send(client, "not this one");
  runtime.run();
  expect(await told(source)).toEqual([
    { kind: "send", to: `${client}`, message: '"go"', id: 1 },
    { kind: "send", to: `${client}`, message: '"not this one"', id: 2 },
    { kind: "receive", pid: `${client}`, message: '"go"', id: 1 },
    { kind: "send", from: `${client}`, to: `${server}`, message: `[${client}, "hello"]`, id: 3 },
    { kind: "receive", pid: `${server}`, message: `[${client}, "hello"]`, id: 3 },
    { kind: "send", from: `${server}`, to: `${client}`, message: '"hello"', id: 4 },
    { kind: "receive", pid: `${client}`, message: '"hello"', id: 4 },
  ]);
});

test("spawns, links, monitors and exits are told, with bodies and reasons", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["spawn", "link", "exit"] });
  const parent = runtime.spawn(function* mother(self: Self<unknown>) {
    const [child] = self.spawnMonitor(function* daughter(me: Self<unknown>) {
      yield* me.receive();
      throw new TypeError("no child of mine");
    });
    const other = self.spawnLink(idle);
    self.send(child as Pid<unknown>, "fail");
    yield* self.receive();
    self.exit(other, "kill");
    yield* self.sleep(1000);
  });
  runtime.run();
  expect(await told(source)).toEqual([
    { kind: "spawn", pid: `${parent}`, body: "mother" },
    { kind: "spawn", pid: "#PID<0.3.0>", parent: `${parent}`, body: "daughter" },
    { kind: "monitor", from: `${parent}`, to: "#PID<0.3.0>" },
    { kind: "spawn", pid: "#PID<0.4.0>", parent: `${parent}`, body: "idle" },
    { kind: "link", from: `${parent}`, to: "#PID<0.4.0>" },
    { kind: "exit", pid: "#PID<0.3.0>", reason: "TypeError: no child of mine" },
    // Whose slice runs ends before those are closed that it has killed.
    { kind: "exit", pid: `${parent}`, reason: "killed" },
    { kind: "exit", pid: "#PID<0.4.0>", reason: "killed" },
  ]);
});

test("a body that returns is told as normal", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["exit"] });
  const pid = runtime.spawn(() => {});
  runtime.run();
  expect(await told(source)).toEqual([{ kind: "exit", pid: `${pid}`, reason: "normal" }]);
});

test("calls of servers are told by their requests", async () => {
  const { runtime } = ownRuntime({ clock: undefined as never });
  const server = (await GenServer.start(
    {
      init: () => 0,
      handleCall: (request: unknown, _from: unknown, state: unknown) => ["reply", request, state],
    } as never,
    [] as never,
    { as: runtime } as never,
  ).then((pid: unknown) => pid)) as Pid<never>;
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["call"], pids: [`${server}`] });
  await Promise.resolve(GenServer.call(server, ["deposit", 5], { as: runtime })).catch(() => {});
  expect(await told(source)).toEqual([
    { kind: "call", from: expect.any(String), to: `${server}`, request: '["deposit", 5]' },
  ]);
});

test("only chosen processes are told of, and what they spawn if it is wanted", async () => {
  const { runtime } = ownRuntime();
  const chatter = () =>
    runtime.spawn(function* chatter(self: Self<unknown>) {
      yield* self.receive();
      const child = self.spawn(function* daughter(me: Self<unknown>) {
        yield* me.receive();
      });
      self.send(child, "born");
    });
  const source = sourceOf(runtime);
  for (const children of [true, false]) {
    const chosen = chatter();
    const other = chatter();
    runtime.run();
    await source.request("startTrace", { events: ALL, pids: [`${chosen}`], children });
    runtime.send(other, "go");
    runtime.send(chosen, "go");
    runtime.run();
    const events = await told(source);
    const pids = new Set(events.flatMap((event) => ("pid" in event ? [event.pid] : [])));
    expect(pids.has(`${other}`)).toBe(false);
    expect(pids.has(`${chosen}`)).toBe(true);
    expect(events.filter(({ kind }) => kind === "exit")).toHaveLength(children ? 2 : 1);
  }
});

test("a process whose birth was traced tells where it was spawned, and by whom", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["spawn"] });
  const parent = runtime.spawn(function* mother(self: Self<unknown>) {
    self.spawn(idle);
    yield* self.sleep(1000);
  });
  runtime.run();
  const child = await seen(source, "process", { pid: "#PID<0.3.0>" });
  expect(child).toMatchObject({ spawnedBy: { pid: `${parent}`, body: "mother" } });
  const { spawnedAt } = child as unknown as { spawnedAt: string[] };
  expect(spawnedAt[0]).toContain("trace.test");
});

test("a flood is cut off: so many events are kept, the others cost nothing", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["send"], rate: 100 });
  const pid = runtime.spawn(idle);
  runtime.run();
  for (let n = 0; n < 1000; n++) runtime.send(pid, n as never);
  const { kept, lost, seen: heard } = await source.request("stopTrace", {});
  expect(kept).toBe(10);
  // After the first that is lost nobody listens till the next window.
  expect(lost).toBe(1);
  expect(heard).toBe(11);
});

test("when more is kept than was asked for, the oldest is lost", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["send"], rate: 20_000, keep: 100, width: 5 });
  const pid = runtime.spawn(idle);
  for (let n = 0; n < 1000; n++) runtime.send(pid, `message ${n}` as never);
  const { kept } = await source.request("stopTrace", {});
  expect(kept).toBeGreaterThanOrEqual(100);
  expect(kept).toBeLessThanOrEqual(126);
  const events = await told(source);
  expect(events.at(-1)).toMatchObject({ id: 1000, message: '"mess…' });
});

test("a page that watches gets the events as they come, and a new trace from its beginning", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  const pid = runtime.spawn(idle);
  runtime.run();
  const events: RunEvent[] = [];
  let resets = 0;
  const watching = (count: number) =>
    seen(source, "trace", {}, (batch) => {
      if (batch.reset) {
        resets++;
        events.length = 0;
      }
      events.push(...batch.events);
      return events.length >= count;
    });
  await source.request("startTrace", { events: ["send"] });
  const first = watching(2);
  runtime.send(pid, 1 as never);
  runtime.send(pid, 2 as never);
  await first;
  expect(events.map((event) => (event as { message: string }).message)).toEqual(["1", "2"]);
  await source.request("startTrace", { events: ["send"] });
  const second = watching(1);
  runtime.send(pid, 3 as never);
  await second;
  expect(events.map((event) => (event as { message: string }).message)).toEqual(["3"]);
  expect(resets).toBe(2);
});

test("a trace ends by itself, and puts the core back", async () => {
  const { runtime } = ownRuntime();
  const machine = runtime as unknown as { core: object };
  const { core } = machine;
  const source = sourceOf(runtime);
  await source.request("startTrace", { events: ["send"], duration: 1 });
  expect(machine.core).not.toBe(core);
  const { state } = await seen(source, "trace", {}, ({ state }) => !state.running);
  expect(state.ended).toBe("duration");
  source.close();
  expect(machine.core).toBe(core);
});

test("options that are none are refused", async () => {
  const { runtime } = ownRuntime();
  const source = sourceOf(runtime);
  await expect(source.request("startTrace", { events: [] })).rejects.toThrow("as events");
  await expect(source.request("startTrace", { events: ["sin" as never] })).rejects.toThrow("as events");
  await expect(source.request("startTrace", { events: ["send"], rate: 0 })).rejects.toThrow("as rate");
  await expect(source.request("startTrace", { events: ["send"], pids: ["#PID<0.99.0>"] })).rejects.toThrow(
    "no process",
  );
});

test("without a runtime of its own, the default one is looked at", async () => {
  const source = localSource();
  expect(await source.request("program", {})).toMatchObject({ node: "nonode@nohost" });
  source.close();
});

test("what a program does is the same while it is traced", async () => {
  const run = async (traced: boolean) => {
    const { runtime, pass, reports } = ownRuntime();
    const source = sourceOf(runtime);
    if (traced) await source.request("startTrace", { events: ALL, rate: 20_000 });
    const log: unknown[] = [];
    const server = echo(runtime);
    for (let i = 0; i < 20; i++) {
      runtime.spawn(function* worker(self: Self<unknown>) {
        for (let n = 0; n < 20; n++) {
          self.send(server, [self.pid, n]);
          if (n % 5 === i % 5) yield* self.sleep(n);
          log.push([i, yield* self.receive()]);
          if (i === 7 && n === 11) throw new Error("seven");
        }
      });
    }
    for (let ms = 0; ms < 100; ms++) pass(1);
    return { log, reports: reports.length, left: runtime.processes().length };
  };
  expect(await run(true)).toEqual(await run(false));
});
