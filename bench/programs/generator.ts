// Beamlet with generator bodies, as its documentation writes them.
import { createRuntime, type Pid, type Self, send, spawn } from "beamlet";
import { type Program, resident, thousands, timed } from "../measure.ts";

const runtime = createRuntime({ maxProcesses: 2 ** 23 });

// ── ping_pong ──

type Ping = ["ping", Pid<"pong">] | "stop";

function* ponger(self: Self<Ping>) {
  for (;;) {
    const message = yield* self.receive();
    if (message === "stop") return;
    send(message[1], "pong");
  }
}

function* pinger(self: Self<"pong">, n: number) {
  const other = spawn(ponger);
  for (let i = 0; i < n; i++) {
    send(other, ["ping", self.pid]);
    yield* self.receive();
  }
  send(other, "stop");
}

// ── thread_ring ──

type Token = number | "stop";

/** Made last to first; the last one gets the first one's pid as a message. */
function* link(self: Self<Token | ["next", Pid<Token>]>, given: Pid<Token> | undefined, main: Pid<"done">) {
  let next = given;
  for (;;) {
    const message = yield* self.receive();
    if (typeof message === "object") {
      next = message[1];
    } else if (message === 0) {
      send(main, "done");
    } else if (next !== undefined) {
      send(next, message === "stop" ? message : message - 1);
      if (message === "stop") return;
    }
  }
}

function* ring(self: Self<"done">, size: number, n: number) {
  const last = spawn(link, undefined, self.pid);
  let first: Pid<Token> = last;
  for (let i = 1; i < size; i++) first = spawn(link, first, self.pid);
  send(last, ["next", first]);
  send(first, n);
  yield* self.receive();
  send(first, "stop");
}

// ── counting ──

function* counter(self: Self<"inc" | ["get", Pid<number>]>) {
  let count = 0;
  for (;;) {
    const message = yield* self.receive();
    if (message === "inc") count++;
    else return send(message[1], count);
  }
}

function* producer(self: Self<number>, n: number) {
  const other = spawn(counter);
  for (let i = 0; i < n; i++) send(other, "inc");
  send(other, ["get", self.pid]);
  const count = yield* self.receive();
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

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
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) send(each, "wake");
  for (let i = 0; i < n; i++) yield* self.receive();
  return { ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n };
}

// ── selective ──

const BACKLOG = 10_000;

function* selectTag(self: Self<["other", number] | ["wanted", number]>, n: number) {
  for (let i = 0; i < BACKLOG; i++) send(self.pid, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    send(self.pid, ["wanted", i]);
    const got = yield* self.receive({ wanted: (message) => message[1] });
    if (got !== i) throw new Error(`expected ${i}, got ${got}`);
  }
  return { ops: n, ns: (performance.now() - started) * 1e6 };
}

export const program: Program = {
  ping_pong: (n) => timed(n, () => runtime.run(pinger, n)),
  thread_ring_100: (n) => timed(n, () => runtime.run(ring, 100, n)),
  counting: (n) => timed(n, () => runtime.run(producer, n)),
  spawn_exit: (n) => timed(thousands(n), () => runtime.run(forker, thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => runtime.run(forker, n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => runtime.run(tree, n)),
  spawn_idle: (n) => runtime.run(idle, n),
  selective_tag: (n) => runtime.run(selectTag, n),
};
