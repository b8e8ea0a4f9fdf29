// Beamlet with async bodies.
import { createRuntime, type Pid, type Self } from "beamlet";
import { type Program, resident, thousands, timed } from "../measure.ts";

// After an await the free functions act for the main process: an async body uses its `self`.
const runtime = createRuntime({ maxProcesses: 2 ** 23 });

// ── ping_pong ──

type Ping = ["ping", Pid<"pong">] | "stop";

async function ponger(self: Self<Ping>) {
  for (;;) {
    const message = await self.receive();
    if (message === "stop") return;
    self.send(message[1], "pong");
  }
}

async function pinger(self: Self<"pong">, n: number) {
  const other = self.spawn(ponger);
  for (let i = 0; i < n; i++) {
    self.send(other, ["ping", self.pid]);
    await self.receive();
  }
  self.send(other, "stop");
}

// ── thread_ring ──

type Token = number | "stop";

async function link(self: Self<Token | ["next", Pid<Token>]>, given: Pid<Token> | undefined, main: Pid<"done">) {
  let next = given;
  for (;;) {
    const message = await self.receive();
    if (typeof message === "object") {
      next = message[1];
    } else if (message === 0) {
      self.send(main, "done");
    } else if (next !== undefined) {
      self.send(next, message === "stop" ? message : message - 1);
      if (message === "stop") return;
    }
  }
}

async function ring(self: Self<"done">, size: number, n: number) {
  const last = self.spawn(link, undefined, self.pid);
  let first: Pid<Token> = last;
  for (let i = 1; i < size; i++) first = self.spawn(link, first, self.pid);
  self.send(last, ["next", first]);
  self.send(first, n);
  await self.receive();
  self.send(first, "stop");
}

// ── counting ──

async function counter(self: Self<"inc" | ["get", Pid<number>]>) {
  let count = 0;
  for (;;) {
    const message = await self.receive();
    if (message === "inc") count++;
    else return self.send(message[1], count);
  }
}

async function producer(self: Self<number>, n: number) {
  const other = self.spawn(counter);
  for (let i = 0; i < n; i++) self.send(other, "inc");
  self.send(other, ["get", self.pid]);
  const count = await self.receive();
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

async function child(self: Self<never>, join: Join) {
  if (--join.left === 0) self.send(join.main, "done");
}

async function forker(self: Self<"done">, n: number, batch: number) {
  for (let forked = 0; forked < n; forked += batch) {
    const join = { left: batch, main: self.pid };
    for (let i = 0; i < batch; i++) self.spawn(child, join);
    await self.receive();
  }
}

// ── skynet ──

async function skynet(self: Self<number>, parent: Pid<number>, from: number, size: number): Promise<unknown> {
  if (size === 1) return self.send(parent, from);
  const part = size / 10;
  for (let i = 0; i < 10; i++) self.spawn(skynet, self.pid, from + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += await self.receive();
  return self.send(parent, sum);
}

async function tree(self: Self<number>, size: number) {
  self.spawn(skynet, self.pid, 0, size);
  const sum = await self.receive();
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

async function idler(self: Self<"wake">, main: Pid<"awake">) {
  await self.receive();
  self.send(main, "awake");
}

async function herald(self: Self<never>, main: Pid<"ready">) {
  self.send(main, "ready");
}

async function idle(self: Self<"ready" | "awake">, n: number) {
  const before = resident();
  const started = performance.now();
  const idlers: Pid<"wake">[] = [];
  for (let i = 0; i < n; i++) idlers.push(self.spawn(idler, self.pid));
  // It runs after all of them.
  self.spawn(herald, self.pid);
  await self.receive();
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) self.send(each, "wake");
  for (let i = 0; i < n; i++) await self.receive();
  return { ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n };
}

// ── selective ──

const BACKLOG = 10_000;

async function selectTag(self: Self<["other", number] | ["wanted", number]>, n: number) {
  for (let i = 0; i < BACKLOG; i++) self.send(self.pid, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    self.send(self.pid, ["wanted", i]);
    const got = await self.receive({ wanted: (message) => message[1] });
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
