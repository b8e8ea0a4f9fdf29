// Beamlet with `loop` bodies, and plain functions where a process waits for nothing. A loop can't receive selectively.
import { createRuntime, exit, loop, type Pid, type Self, send, spawn } from "beamlet";
import { type Program, resident, thousands, timed } from "../measure.ts";

const runtime = createRuntime({ maxProcesses: 2 ** 23 });

/** Runs what `begin` sets going, until somebody sends `main` a message: that message. */
function finished<T>(begin: (main: Pid<T>) => void): Promise<T> {
  return runtime.run(function* (self: Self<T>) {
    begin(self.pid);
    return yield* self.receive();
  });
}

// ── ping_pong ──

type Ping = ["ping", Pid<"pong">] | "stop";

const ponger = loop(undefined, (_state, message: Ping) => {
  if (message === "stop") exit("normal");
  send(message[1], "pong");
  return undefined;
});

interface Pinger {
  left: number;
  readonly other: Pid<Ping>;
  readonly main: Pid<"done">;
}

const pinger = loop<Pinger | undefined, Pinger | "pong">(undefined, (state, message, self) => {
  const pinging = message === "pong" ? (state as Pinger) : message;
  if (pinging.left-- > 0) {
    send(pinging.other, ["ping", self.pid]);
  } else {
    send(pinging.other, "stop");
    send(pinging.main, "done");
    exit("normal");
  }
  return pinging;
});

// ── thread_ring ──

type Token = number | "stop";

interface Link {
  readonly next: Pid<Token>;
  readonly main: Pid<"done">;
}

const link = loop<Link | undefined, Token | Link>(undefined, (state, message) => {
  if (typeof message === "object") return message;
  const { next, main } = state as Link;
  if (message === 0) send(main, "done");
  else send(next, message === "stop" ? message : message - 1);
  if (message === "stop") exit("normal");
  return state;
});

async function ring(size: number, n: number) {
  const links = Array.from({ length: size }, () => runtime.spawn(link));
  await finished<"done">((main) => {
    for (const [i, each] of links.entries()) send(each, { next: links[(i + 1) % size] as Pid<Token>, main });
    send(links[0] as Pid<Token>, n);
  });
  runtime.send(links[0] as Pid<Token>, "stop");
}

// ── counting ──

const counter = loop(0, (count, message: "inc" | ["get", Pid<number>]) => {
  if (message === "inc") return count + 1;
  send(message[1], count);
  return exit("normal");
});

function produce(n: number) {
  return finished<number>((main) => {
    const other = spawn(counter);
    for (let i = 0; i < n; i++) send(other, "inc");
    send(other, ["get", main]);
  });
}

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

function* idle(self: Self<"ready" | "awake">, n: number) {
  const before = resident();
  const started = performance.now();
  const idlers: Pid<Pid<"awake">>[] = [];
  for (let i = 0; i < n; i++) idlers.push(spawn(idler));
  // It runs after all of them.
  spawn(herald, self.pid);
  yield* self.receive();
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) send(each, self.pid);
  for (let i = 0; i < n; i++) yield* self.receive();
  const wake = ((performance.now() - woken) * 1e6) / n;
  for (const each of idlers) exit(each, "kill");
  return { ops: n, ns, bytes, wake };
}

export const program: Program = {
  ping_pong: (n) =>
    timed(n, () => finished<"done">((main) => void send(spawn(pinger), { left: n, other: spawn(ponger), main }))),
  thread_ring_100: (n) => timed(n, () => ring(100, n)),
  counting: (n) => timed(n, () => produce(n)),
  spawn_exit: (n) => timed(thousands(n), () => runtime.run(forker, thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => runtime.run(forker, n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => tree(n)),
  spawn_idle: (n) => runtime.run(idle, n),
};
