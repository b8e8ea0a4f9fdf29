import "beamlet/observer";
import { localSource, type ObservationOptions, type ProcessDetail } from "beamlet/observer";
import { expect, onTestFinished, test } from "vitest";
import { DynamicSupervisor, GenServer, type Pid, type Runtime, reply, type Self } from "../../src/index.ts";
import { idle, ownRuntime } from "../semantics/support/own-runtime.ts";
import { seen, sourceOf } from "./support/looking.ts";

/** What the kernel itself notes for its reports: the first few hundred. */
const NOTES = 500;

/** What the page of a process says of its birth. */
async function birthOf(runtime: Runtime, pid: unknown, options: ObservationOptions = {}) {
  const source = localSource(runtime, { interval: 10, ...options });
  try {
    const found = (await seen(source, "process", { pid: String(pid) })) as ProcessDetail;
    return { at: found.spawnedAt?.[0], by: found.spawnedBy?.body, unknown: found.spawnUnknown };
  } finally {
    source.close();
  }
}

test("in development it is noted where every process is spawned, before anybody looks", async () => {
  const { runtime } = ownRuntime({ development: true });
  for (let n = 0; n < NOTES; n++) runtime.spawn(idle);
  const parent = runtime.spawn(function* mother(self: Self<unknown>) {
    self.spawn(idle);
    yield* self.receive();
  });
  runtime.run();
  const child = runtime.processes().at(-1);
  expect(await birthOf(runtime, parent)).toEqual({ at: expect.stringContaining("births.test") });
  const { at, by } = await birthOf(runtime, child);
  expect(at).toMatch(/mother.*births\.test/);
  expect(by).toBe("mother");
  // Nobody looked when it was spawned, and yet its age is known.
  const { age } = (await seen(sourceOf(runtime), "process", { pid: String(child) })) as ProcessDetail;
  expect(age).toBeGreaterThan(0);
});

test("the stack of a server has the line that started it; where the host began what was awaited, the page says so", async () => {
  const { runtime } = ownRuntime({ development: true });
  const Stack = GenServer.define({ name: "Stack", init: () => 0, calls: { get: (n: number) => reply(n, n) } });
  let yielded: Pid<never> | undefined;
  runtime.spawn(function* starter(self: Self<unknown>) {
    yielded = yield* Stack.startLink();
    yield* self.receive();
  });
  runtime.run();
  expect(await birthOf(runtime, yielded)).toEqual({
    at: expect.stringMatching(/starter.*births\.test/),
    by: "starter",
  });
  const starting = Stack.start({ as: runtime }).then((pid) => pid);
  runtime.run();
  const awaited = await starting;
  expect(await birthOf(runtime, awaited)).toMatchObject({ at: expect.stringMatching(/births\.test/) });
  const later = (async () => await Stack.start({ as: runtime }))();
  await new Promise((resolve) => setTimeout(resolve));
  runtime.run();
  // Some hosts see through that.
  const { at, unknown } = await birthOf(runtime, await later);
  expect(at ?? unknown).toMatch(/births\.test|^awaited$/);
  runtime.spawn(function* asker(self: Self<unknown>) {
    const supervisor = yield* DynamicSupervisor.startLink({});
    yielded = (yield* DynamicSupervisor.startChild(supervisor, Stack)) as Pid<never>;
    yield* self.receive();
  });
  runtime.run();
  expect(await birthOf(runtime, yielded)).toEqual({ unknown: "inside", by: "DynamicSupervisor" });
});

test("in production nothing is noted, unless asked for; the page says so", async () => {
  const { runtime } = ownRuntime({ development: false });
  const before = runtime.spawn(idle);
  expect(await birthOf(runtime, before)).toEqual({ unknown: "production" });
  const source = localSource(runtime, { stacks: true });
  onTestFinished(() => source.close());
  const after = runtime.spawn(idle);
  expect(await birthOf(runtime, after)).toEqual({ at: expect.stringContaining("births.test") });
  expect(await birthOf(runtime, before)).toEqual({ unknown: "early" });
  source.close();
  // Nobody looks any more.
  expect(await birthOf(runtime, runtime.spawn(idle))).toEqual({ unknown: "production" });
});

test("in development it can be refused", async () => {
  const { runtime } = ownRuntime({ development: true });
  const source = localSource(runtime, { stacks: false });
  for (let n = 0; n < NOTES; n++) runtime.spawn(idle);
  const pid = runtime.spawn(idle);
  expect(await birthOf(runtime, pid)).toMatchObject({ unknown: "off" });
  source.close();
  expect(await birthOf(runtime, pid)).toMatchObject({ unknown: "early" });
});

test("the main process was not spawned", async () => {
  const { runtime } = ownRuntime({ development: true });
  expect(await birthOf(runtime, runtime.self())).toEqual({ unknown: "main" });
});

test("the next tenant of a slot shows nothing of the one before, and the dead hold no stacks", async () => {
  const { runtime } = ownRuntime({ development: true, maxProcesses: 1 });
  const pids: Pid<never>[] = [];
  function first(): void {
    pids.push(runtime.spawn(idle));
  }
  function second(): void {
    pids.push(runtime.spawn(idle));
  }
  first();
  const slot = (pid: unknown) => (pid as { readonly slot: number }).slot;
  // Slots rest before they are used again.
  for (let n = 0; n < 3000 && (n === 0 || slot(pids.at(-1)) !== slot(pids[0])); n++) {
    runtime.exit(pids.at(-1) as Pid<never>, "kill");
    runtime.run();
    second();
  }
  expect(slot(pids.at(-1))).toBe(slot(pids[0]));
  expect((await birthOf(runtime, pids.at(-1))).at).toMatch(/second/);
  const source = localSource(runtime, { stacks: false });
  onTestFinished(() => source.close());
  runtime.exit(pids.at(-1) as Pid<never>, "kill");
  for (let n = 0; n < NOTES; n++) {
    runtime.run();
    runtime.exit(runtime.spawn(idle), "kill");
  }
  runtime.run();
  pids.push(runtime.spawn(idle));
  for (let n = 0; n < 3000 && slot(pids.at(-1)) !== slot(pids[0]); n++) {
    runtime.exit(pids.at(-1) as Pid<never>, "kill");
    runtime.run();
    first();
  }
  expect(slot(pids.at(-1))).toBe(slot(pids[0]));
  expect(await birthOf(runtime, pids.at(-1))).toEqual({ unknown: "off" });
  for (const pid of pids) expect((pid as unknown as { readonly site?: Error }).site).toBeUndefined();
});

test("while more than 100,000 processes live, no stacks are kept", async () => {
  const { runtime } = ownRuntime({ development: true, maxProcesses: 200_000 });
  const first = runtime.spawn(idle);
  for (let n = 0; n < 100_000 + NOTES; n++) runtime.spawn(idle);
  const last = runtime.spawn(idle);
  expect(await birthOf(runtime, first)).toMatchObject({ at: expect.any(String) });
  expect(await birthOf(runtime, last)).toEqual({ unknown: "crowd" });
});

test("what the host's errors are like is left as it was", () => {
  const { runtime } = ownRuntime({ development: true });
  const error = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = error;
  error.stackTraceLimit = 3;
  try {
    runtime.spawn(idle);
    expect(error.stackTraceLimit).toBe(3);
  } finally {
    error.stackTraceLimit = stackTraceLimit as number;
  }
});
