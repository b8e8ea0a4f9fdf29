import { type Program, timed } from "../../measure.ts";
import { type Body, finished, kill, link, monitor, type Process, run, spawn } from "./scheduler.ts";

function* waiter(): Body {
  yield;
}

/** `n` processes that wait. */
function waiters(n: number): Process[] {
  const all = Array.from({ length: n }, () => spawn(waiter));
  run();
  return all;
}

// ── link_chain, link_star ──

/** Ends the first of `all`, and so all of them. */
async function cascade(all: readonly Process[]) {
  const sample = await timed(all.length, () => kill(all[0] as Process, "boom"));
  if (all.some(({ body }) => body !== undefined)) throw new Error("expected all to be dead");
  return sample;
}

function chain(n: number) {
  const all = waiters(n);
  for (let i = 1; i < n; i++) link(all[i - 1] as Process, all[i] as Process);
  return cascade(all);
}

function star(n: number) {
  const all = waiters(n);
  for (let i = 1; i < n; i++) link(all[0] as Process, all[i] as Process);
  return cascade(all);
}

// ── monitor_storm ──

function* storm(self: Process, n: number, done: () => void): Body {
  const target = spawn(waiter);
  for (let i = 0; i < n; i++) monitor(self, target);
  kill(target, "killed");
  for (let i = 0; i < n; i++) {
    const [tag, , reason] = yield;
    if (tag !== "DOWN" || reason !== "killed") throw new Error(`expected DOWN and killed, got ${tag} and ${reason}`);
  }
  done();
}

export const failure: Program = {
  link_chain: chain,
  link_star: star,
  monitor_storm: (n) => timed(n, () => finished<void>((done) => spawn(storm, n, done))),
};
