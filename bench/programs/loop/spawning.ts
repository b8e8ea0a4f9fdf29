import { createRuntime, exit, loop, type Pid, type Self, send, spawn } from "beamlet";
import { type Program, resident, since, thousands, timed } from "../../measure.ts";
import { finished, runtime } from "./runtime.ts";

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

function child(_self: Self<never>, join: Join) {
  if (--join.left === 0) send(join.main, "done");
}

function* forker(self: Self<"done">, n: number, batch: number) {
  for (let forked = 0; forked < n; forked += batch) {
    const join = { left: batch, main: self.pid };
    for (let i = 0; i < batch; i++) spawn(child, join);
    yield* self.receive();
  }
}

// ── skynet ──

interface Node {
  readonly parent: Pid<number>;
  readonly from: number;
  readonly size: number;
}

interface Sum {
  readonly parent: Pid<number>;
  left: number;
  sum: number;
}

const node = loop<Sum | undefined, Node | number>(undefined, (state, message, self) => {
  if (typeof message === "object") {
    const { parent, from, size } = message;
    const part = size / 10;
    for (let i = 0; i < 10; i++) grow(self.pid, from + i * part, part);
    return { parent, left: 10, sum: 0 };
  }
  const adding = state as Sum;
  adding.sum += message;
  if (--adding.left > 0) return adding;
  send(adding.parent, adding.sum);
  return exit("normal");
});

function leaf(_self: Self<never>, parent: Pid<number>, value: number) {
  send(parent, value);
}

function grow(parent: Pid<number>, from: number, size: number) {
  if (size === 1) spawn(leaf, parent, from);
  else send(spawn(node), { parent, from, size });
}

async function tree(size: number) {
  const sum = await finished<number>((main) => grow(main, 0, size));
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

const idler = loop(undefined, (_state, main: Pid<"awake">) => {
  send(main, "awake");
  return undefined;
});

function herald(_self: Self<never>, main: Pid<"ready">) {
  send(main, "ready");
}

function* idle(self: Self<"ready" | "awake">, n: number, wakesThem: boolean) {
  const before = resident();
  const started = performance.now();
  const idlers: Pid<Pid<"awake">>[] = [];
  for (let i = 0; i < n; i++) idlers.push(spawn(idler));
  // It runs after all of them.
  spawn(herald, self.pid);
  yield* self.receive();
  const ns = since(started);
  const bytes = (resident() - before) / n;
  if (!wakesThem) return { ops: n, ns, bytes };
  const woken = performance.now();
  for (const each of idlers) send(each, self.pid);
  for (let i = 0; i < n; i++) yield* self.receive();
  const wake = since(woken) / n;
  for (const each of idlers) exit(each, "kill");
  return { ops: n, ns, bytes, wake };
}

// ── queue_one, queue_each ──

const waiter = loop(0, (count, _message: number) => count + 1);

/** `n` messages lie in the mailboxes of `receivers` processes that wait, and have not been taken. */
function* queue(self: Self<"ready">, n: number, receivers: number) {
  const waiters = Array.from({ length: receivers }, () => spawn(waiter));
  spawn(herald, self.pid);
  yield* self.receive();
  const before = resident();
  const started = performance.now();
  for (let i = 0; i < n; i++) send(waiters[i % receivers] as Pid<number>, 1);
  const ns = since(started);
  const bytes = (resident() - before) / n;
  for (const each of waiters) exit(each, "kill");
  return { ops: n, ns, bytes };
}

export const spawning: Program = {
  spawn_exit: (n) => timed(thousands(n), () => runtime.run(forker, thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => runtime.run(forker, n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => tree(n)),
  spawn_idle: (n) => runtime.run(idle, n, true),
  // As many processes as there can be.
  spawn_idle_10m: (n) => createRuntime({ maxProcesses: 10_000_000 }).run(idle, n, false),
  queue_one: (n) => runtime.run(queue, n, 1),
  queue_each: (n) => runtime.run(queue, n, n),
};
