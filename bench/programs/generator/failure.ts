import { type Down, exit, isAlive, monitor, type Pid, type Self, send, spawn, spawnLink } from "beamlet";
import { type Program, since, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

function* waiter(self: Self<never>) {
  yield* self.receive();
}

// biome-ignore lint/correctness/useYield: a body like all others here
function* herald(_self: Self<never>, main: Pid<"ready">) {
  send(main, "ready");
}

// ── link_chain ──

type Last = ["last", Pid<never>];
type Leaves = Pid<never>[];
type CascadeMessage = Last | Leaves | Down | "ready";

function* chained(self: Self<never>, left: number, main: Pid<Last>) {
  if (left === 1) send(main, ["last", self.pid]);
  else spawnLink(chained, left - 1, main);
  yield* self.receive();
}

/** Ends `first`; ns until all that die of it are gone, `last` among them. */
function* cascade(self: Self<CascadeMessage>, first: Pid<never>, last: Pid<never>) {
  const ref = monitor(last);
  const started = performance.now();
  exit(first, "boom");
  const [, about, , , reason] = (yield* self.receive()) as Down;
  // They are closed before anybody else runs.
  spawn(herald, self.pid);
  yield* self.receive();
  const ns = since(started);
  if (about !== ref || reason !== "boom") throw new Error(`expected the last one to go boom, got ${reason}`);
  return ns;
}

function* chain(self: Self<CascadeMessage>, n: number) {
  const first = spawn(chained, n, self.pid);
  const [, last] = (yield* self.receive()) as Last;
  const ns = yield* cascade(self, first, last);
  return { ops: n, ns };
}

// ── link_star ──

function* hub(self: Self<"ready">, n: number, main: Pid<Leaves>) {
  const leaves: Leaves = [];
  for (let i = 0; i < n; i++) leaves.push(spawnLink(waiter));
  // It runs after all of them.
  spawn(herald, self.pid);
  yield* self.receive();
  send(main, leaves);
  yield* self.receive();
}

function* star(self: Self<CascadeMessage>, n: number) {
  const center = spawn(hub, n, self.pid);
  const leaves = (yield* self.receive()) as Leaves;
  const ns = yield* cascade(self, center, leaves[n - 1] as Pid<never>);
  if (leaves.length !== n || leaves.some(isAlive)) throw new Error("expected all leaves to be dead");
  return { ops: n, ns };
}

// ── monitor_storm ──

function* storm(self: Self<Down>, n: number) {
  const target = spawn(waiter);
  for (let i = 0; i < n; i++) monitor(target);
  exit(target, "kill");
  for (let i = 0; i < n; i++) {
    const [tag, , , , reason] = yield* self.receive();
    if (tag !== "DOWN" || reason !== "killed") throw new Error(`expected DOWN and killed, got ${tag} and ${reason}`);
  }
}

export const failure: Program = {
  link_chain: (n) => runtime.run(chain, n),
  link_star: (n) => runtime.run(star, n),
  monitor_storm: (n) => timed(n, () => runtime.run(storm, n)),
};
