import { exit, type Pid, type Self, send, spawn } from "beamlet";
import { type Program, resident, since, thousands, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

// It waits for nothing, and is a generator all the same: that is what is measured.
// biome-ignore lint/correctness/useYield: see above
function* child(_self: Self<never>, join: Join) {
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

function* skynet(self: Self<number>, parent: Pid<number>, from: number, size: number) {
  if (size === 1) return send(parent, from);
  const part = size / 10;
  for (let i = 0; i < 10; i++) spawn(skynet, self.pid, from + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += yield* self.receive();
  return send(parent, sum);
}

function* tree(self: Self<number>, size: number) {
  spawn(skynet, self.pid, 0, size);
  const sum = yield* self.receive();
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

function* idler(self: Self<"wake">, main: Pid<"awake">) {
  yield* self.receive();
  send(main, "awake");
}

// biome-ignore lint/correctness/useYield: a body like all others here
function* herald(_self: Self<never>, main: Pid<"ready">) {
  send(main, "ready");
}

function* idle(self: Self<"ready" | "awake">, n: number) {
  const before = resident();
  const started = performance.now();
  const idlers: Pid<"wake">[] = [];
  for (let i = 0; i < n; i++) idlers.push(spawn(idler, self.pid));
  // It runs after all of them.
  spawn(herald, self.pid);
  yield* self.receive();
  const ns = since(started);
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) send(each, "wake");
  for (let i = 0; i < n; i++) yield* self.receive();
  return { ops: n, ns, bytes, wake: since(woken) / n };
}

// ── queue_one, queue_each ──

function* waiter(self: Self<number>) {
  for (;;) yield* self.receive();
}

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
  skynet: (n) => timed((n * 10 - 1) / 9, () => runtime.run(tree, n)),
  spawn_idle: (n) => runtime.run(idle, n),
  queue_one: (n) => runtime.run(queue, n, 1),
  queue_each: (n) => runtime.run(queue, n, n),
};
