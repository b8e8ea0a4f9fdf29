import { type Program, timed, timedCpu } from "../../measure.ts";
import { LONGEST, next } from "../random.ts";
import { type Body, finished, type Process, run, send, spawn } from "./scheduler.ts";

// ── timeouts ──

interface Join {
  left: number;
  readonly done: () => void;
}

function* sleeper(self: Process, ms: number, join: Join): Body {
  setTimeout(wake, ms, self);
  yield;
  if (--join.left === 0) join.done();
}

function wake(sleeper: Process): void {
  send(sleeper, "timeout");
  run();
}

function sleepers(n: number, done: () => void): void {
  const join = { left: n, done };
  let random = 12345;
  for (let i = 0; i < n; i++) {
    random = next(random);
    spawn(sleeper, ((random >>> 8) % LONGEST) + 1, join);
  }
}

// ── timer_set_cancel ──

function setAndCancel(n: number): void {
  for (let i = 0; i < n; i++) clearTimeout(setTimeout(wake, 60_000, undefined));
}

export const clockwork: Program = {
  timeouts: (n) => timedCpu(n, () => finished<void>((done) => sleepers(n, done))),
  timer_set_cancel: (n) => timed(n, () => setAndCancel(n)),
};
