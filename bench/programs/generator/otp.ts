import { Agent, createRuntime, GenServer, type Pid, Registry, reply, type Self, Supervisor, Task } from "beamlet";
import { type Program, since, timed } from "../../measure.ts";

/** What is killed is meant to be: nobody reads of it, as on Elixir. */
const runtime = createRuntime({ logger: () => {} });

const Counter = GenServer.define({
  name: "Counter",
  init: (n: number) => n,
  calls: { get: (n) => reply(n, n) },
  casts: { add: (n, by: number) => n + by },
});

// ── gen_call, gen_cast ──

function* calls(_: Self<never>, server: Pid, n: number) {
  for (let i = 0; i < n; i++) yield* Counter.call.get(server);
}

const BATCH = 1000;

function* casts(_: Self<never>, server: Pid, batches: number) {
  for (let i = 0; i < batches; i++) {
    for (let j = 0; j < BATCH; j++) Counter.cast.add(server, 1);
    yield* Counter.call.get(server);
  }
}

// ── agent_get ──

const value = (n: number) => n;

function* gets(_: Self<never>, n: number) {
  const agent = yield* Agent.startLink(() => 1);
  const started = performance.now();
  for (let i = 0; i < n; i++) yield* Agent.get(agent, value);
  const ns = since(started);
  yield* Agent.stop(agent);
  return { ops: n, ns };
}

// ── registry_lookup, registry_dispatch ──

const KEYS = 1024;

function* lookUps(self: Self<never>, n: number) {
  // The registry takes those that are registered with it.
  self.trapExit = true;
  const registry = yield* Registry.startLink({ keys: "unique", name: "names" });
  const keys = Array.from({ length: KEYS }, (_, i) => `name${i}`);
  for (const key of keys) Registry.register("names", key, 0);
  const started = performance.now();
  for (let i = 0; i < n; i++) Registry.lookup("names", keys[i % KEYS]);
  const ns = since(started);
  yield* Supervisor.stop(registry);
  return { ops: n, ns };
}

const LISTENERS = 10_000;

function* listen(self: Self<"tick" | ["ping", Pid<"pong">]>, main: Pid<"ready">) {
  Registry.register("topics", "topic", 0);
  self.send(main, "ready");
  for (;;) yield* self.receive({ tick: () => {}, ping: ([, from]) => self.send(from, "pong") });
}

function* dispatches(self: Self<"ready" | "pong">, n: number) {
  self.trapExit = true;
  const registry = yield* Registry.startLink({ keys: "duplicate", name: "topics" });
  for (let i = 0; i < LISTENERS; i++) self.spawnLink(listen, self.pid);
  for (let i = 0; i < LISTENERS; i++) yield* self.receive();
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    Registry.dispatch("topics", "topic", (entries) => {
      for (const [pid] of entries) self.send(pid, "tick");
    });
    // Whoever was sent to last has its turn last.
    const [last] = Registry.lookup("topics", "topic").at(-1) as [Pid<["ping", Pid<"pong">]>, unknown];
    self.send(last, ["ping", self.pid]);
    yield* self.receive();
  }
  const ns = since(started);
  yield* Supervisor.stop(registry);
  return { ops: n * LISTENERS, ns };
}

// ── task_stream ──

function* inputs(n: number) {
  for (let i = 0; i < n; i++) yield i;
}

function* stream(_: Self<never>, n: number) {
  yield* Task.asyncStream(inputs(n), (i: number) => i + 1, { maxConcurrency: 8 }).run();
}

// ── supervisor_restart ──

const Telling = GenServer.define({
  name: "Telling",
  init: (to: Pid<Pid>) => {
    runtime.send(to, runtime.self());
    return to;
  },
});

function* restarts(self: Self<Pid>, n: number) {
  const supervisor = yield* Supervisor.startLink([Telling.child(self.pid)], {
    strategy: "one_for_one",
    maxRestarts: 1e9,
    maxSeconds: 1,
  });
  const started = performance.now();
  for (let i = 0; i < n; i++) self.exit(yield* self.receive(), "kill");
  const ns = since(started);
  yield* Supervisor.stop(supervisor);
  return { ops: n, ns };
}

// ── tree_start_stop ──

const GROUP = 1000;

function* tree(_: Self<never>, groups: number) {
  const children = Array.from({ length: groups }, (_, id) => ({
    id,
    type: "supervisor" as const,
    start: () => Supervisor.startLink(workers(), { strategy: "one_for_one" }),
  }));
  yield* Supervisor.stop(yield* Supervisor.startLink(children, { strategy: "one_for_one" }));
}

function workers() {
  return Array.from({ length: GROUP }, (_, id) => Counter.child(id, { id }));
}

export const otp: Program = {
  gen_call: async (n) => {
    const server = await Counter.start(0, { as: runtime });
    const sample = await timed(n, () => runtime.run(calls, server, n));
    await GenServer.stop(server);
    return sample;
  },
  gen_cast: async (n) => {
    const server = await Counter.start(0, { as: runtime });
    const batches = Math.ceil(n / BATCH);
    const sample = await timed(batches * BATCH, () => runtime.run(casts, server, batches));
    await GenServer.stop(server);
    return sample;
  },
  agent_get: (n) => runtime.run(gets, n),
  registry_lookup: (n) => runtime.run(lookUps, n),
  registry_dispatch: (n) => runtime.run(dispatches, n),
  task_stream: (n) => timed(n, () => runtime.run(stream, n)),
  supervisor_restart: (n) => runtime.run(restarts, n),
  tree_start_stop: (n) => {
    const groups = Math.max(1, Math.floor(n / GROUP));
    return timed(groups * GROUP, () => runtime.run(tree, groups));
  },
};
