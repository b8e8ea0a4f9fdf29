import { after, cancelTimer, type Pid, type Self, send, sendAfter, spawn } from "beamlet";
import { type Program, timed, timedCpu } from "../../measure.ts";
import { LONGEST, next } from "../random.ts";
import { runtime } from "./runtime.ts";

// ── timeouts ──

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

function* sleeper(self: Self<never>, ms: number, join: Join) {
  yield* self.receive(after(ms));
  if (--join.left === 0) send(join.main, "done");
}

function* sleepers(self: Self<"done">, n: number) {
  const join = { left: n, main: self.pid };
  let random = 12345;
  for (let i = 0; i < n; i++) {
    random = next(random);
    spawn(sleeper, ((random >>> 8) % LONGEST) + 1, join);
  }
  yield* self.receive();
}

// ── timer_set_cancel ──

// biome-ignore lint/correctness/useYield: a body like all others here
function* setAndCancel(self: Self<"ring">, n: number) {
  for (let i = 0; i < n; i++) {
    if (cancelTimer(sendAfter(self.pid, "ring", 60_000)) === false) throw new Error("expected the timer to run");
  }
}

export const clockwork: Program = {
  timeouts: (n) => timedCpu(n, () => runtime.run(sleepers, n)),
  timer_set_cancel: (n) => timed(n, () => runtime.run(setAndCancel, n)),
};
