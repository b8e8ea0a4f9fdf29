import { type Program, resident, type Sample, since, thousands, timed } from "../../measure.ts";
import { type Body, finished, kill, type Process, send, spawn } from "./scheduler.ts";

type Done = () => void;

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly main: Process;
}

// biome-ignore lint/correctness/useYield: it waits for nothing, and is a generator all the same
function* child(_self: Process, join: Join): Body {
  if (--join.left === 0) send(join.main, "done");
}

function* forker(self: Process, n: number, batch: number, done: Done): Body {
  for (let forked = 0; forked < n; forked += batch) {
    const join = { left: batch, main: self };
    for (let i = 0; i < batch; i++) spawn(child, join);
    yield;
  }
  done();
}

// ── skynet ──

function* skynet(self: Process, parent: Process, from: number, size: number): Body {
  if (size === 1) return send(parent, from);
  const part = size / 10;
  for (let i = 0; i < 10; i++) spawn(skynet, self, from + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += yield;
  send(parent, sum);
}

function* tree(self: Process, size: number, done: Done): Body {
  spawn(skynet, self, 0, size);
  const sum = yield;
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
  done();
}

// ── spawn_idle ──

function* idler(_self: Process, main: Process): Body {
  yield;
  send(main, "awake");
}

// biome-ignore lint/correctness/useYield: a body like all others here
function* herald(_self: Process, main: Process): Body {
  send(main, "ready");
}

function* idle(self: Process, n: number, done: (sample: Sample) => void): Body {
  const before = resident();
  const started = performance.now();
  const idlers: Process[] = [];
  for (let i = 0; i < n; i++) idlers.push(spawn(idler, self));
  // It runs after all of them.
  spawn(herald, self);
  yield;
  const ns = since(started);
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) send(each, "wake");
  for (let i = 0; i < n; i++) yield;
  done({ ops: n, ns, bytes, wake: since(woken) / n });
}

// ── queue_one, queue_each ──

function* waiter(): Body {
  for (;;) yield;
}

/** `n` messages lie in the mailboxes of `receivers` processes that wait, and have not been taken. */
function* queue(self: Process, n: number, receivers: number, done: (sample: Sample) => void): Body {
  const waiters = Array.from({ length: receivers }, () => spawn(waiter));
  spawn(herald, self);
  yield;
  const before = resident();
  const started = performance.now();
  for (let i = 0; i < n; i++) send(waiters[i % receivers] as Process, 1);
  const ns = since(started);
  const bytes = (resident() - before) / n;
  for (const each of waiters) kill(each, "killed");
  done({ ops: n, ns, bytes });
}

export const spawning: Program = {
  spawn_exit: (n) => timed(thousands(n), () => finished<void>((done) => spawn(forker, thousands(n), 1000, done))),
  fork_join_create: (n) => timed(n, () => finished<void>((done) => spawn(forker, n, n, done))),
  skynet: (n) => timed((n * 10 - 1) / 9, () => finished<void>((done) => spawn(tree, n, done))),
  spawn_idle: (n) => finished((done) => spawn(idle, n, done)),
  queue_one: (n) => finished((done) => spawn(queue, n, 1, done)),
  queue_each: (n) => finished((done) => spawn(queue, n, n, done)),
};
