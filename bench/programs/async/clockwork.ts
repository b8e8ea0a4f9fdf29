import { after, type Pid, type Self } from "beamlet";
import { type Program, timedCpu } from "../../measure.ts";
import { LONGEST, next } from "../random.ts";
import { runtime } from "./runtime.ts";

// ── timeouts ──

interface Join {
  left: number;
  readonly main: Pid<"done">;
}

async function sleeper(self: Self<never>, ms: number, join: Join) {
  await self.receive(after(ms));
  if (--join.left === 0) self.send(join.main, "done");
}

async function sleepers(self: Self<"done">, n: number) {
  const join = { left: n, main: self.pid };
  let random = 12345;
  for (let i = 0; i < n; i++) {
    random = next(random);
    self.spawn(sleeper, ((random >>> 8) % LONGEST) + 1, join);
  }
  await self.receive();
}

export const clockwork: Program = {
  timeouts: (n) => timedCpu(n, () => runtime.run(sleepers, n)),
};
