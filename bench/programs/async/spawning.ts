import type { Pid, Self } from "beamlet";
import { type Program, resident, since, thousands, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

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
  const ns = since(started);
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) self.send(each, "wake");
  for (let i = 0; i < n; i++) await self.receive();
  return { ops: n, ns, bytes, wake: since(woken) / n };
}

export const spawning: Program = {
  spawn_exit: (n) => timed(thousands(n), () => runtime.run(forker, thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => runtime.run(forker, n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => runtime.run(tree, n)),
  spawn_idle: (n) => runtime.run(idle, n),
};
