import { type Program, resident, type Sample, since, thousands, timed } from "../../measure.ts";
import { type Any, end, finished, type Process, run, send, spawn } from "./scheduler.ts";

type Done = () => void;

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly done: Done;
}

function child(self: Process, join: Join): void {
  end(self);
  if (--join.left === 0) join.done();
}

async function fork(n: number, batch: number) {
  for (let forked = 0; forked < n; forked += batch) {
    await finished<void>((done) => {
      const join: Join = { left: batch, done };
      for (let i = 0; i < batch; i++) send(spawn(child), join);
    });
  }
}

// ── skynet ──

interface Part {
  readonly parent: Process;
  readonly from: number;
  readonly size: number;
}

interface Sum {
  readonly parent: Process;
  left: number;
  sum: number;
}

function node(self: Process, message: Any): void {
  if (typeof message === "object") {
    const { parent, from, size }: Part = message;
    if (size === 1) {
      end(self);
      return send(parent, from);
    }
    const part = size / 10;
    for (let i = 0; i < 10; i++) send(spawn(node), { parent: self, from: from + i * part, size: part });
    self.state = { parent, left: 10, sum: 0 };
    return;
  }
  const state: Sum = self.state;
  state.sum += message;
  if (--state.left > 0) return;
  end(self);
  send(state.parent, state.sum);
}

async function tree(size: number) {
  const sum = await finished<number>((done) => {
    const root = spawn((_self, message) => done(message));
    send(spawn(node), { parent: root, from: 0, size });
  });
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

function idler(self: Process, main: Process): void {
  end(self);
  send(main, "awake");
}

async function idle(n: number): Promise<Sample> {
  const before = resident();
  const started = performance.now();
  const idlers: Process[] = [];
  // They wait from the beginning.
  for (let i = 0; i < n; i++) idlers.push(spawn(idler));
  const ns = since(started);
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  await finished<void>((done) => {
    let left = n;
    const main = spawn(() => {
      if (--left === 0) done();
    });
    for (const each of idlers) send(each, main);
  });
  return { ops: n, ns, bytes, wake: since(woken) / n };
}

// ── queue_one, queue_each ──

/** `n` messages lie in the mailboxes of `receivers` processes, and have not been taken. */
function queue(n: number, receivers: number): Sample {
  let sample: Sample | undefined;
  run(() => {
    const waiters = Array.from({ length: receivers }, () => spawn(() => undefined));
    const before = resident();
    const started = performance.now();
    for (let i = 0; i < n; i++) send(waiters[i % receivers] as Process, 1);
    const ns = since(started);
    sample = { ops: n, ns, bytes: (resident() - before) / n };
  });
  return sample as Sample;
}

export const spawning: Program = {
  spawn_exit: (n) => timed(thousands(n), () => fork(thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => fork(n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => tree(n)),
  spawn_idle: idle,
  queue_one: (n) => queue(n, 1),
  queue_each: (n) => queue(n, n),
};
