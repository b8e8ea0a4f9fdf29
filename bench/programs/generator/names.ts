import { exit, type Pid, register, type Self, spawn, unregister, whereis } from "beamlet";
import { type Program, since, timed } from "../../measure.ts";
import { runtime } from "./runtime.ts";

const NAMES = 1024;

function* waiter(self: Self<never>) {
  yield* self.receive();
}

function* lookUp(_self: Self<never>, n: number) {
  const names = Array.from({ length: NAMES }, (_, i) => `name_${i}`);
  const pids = names.map((name) => {
    const pid = spawn(waiter);
    register(pid, name);
    return pid;
  });
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    const at = i % NAMES;
    if (whereis(names[at] as string) !== pids[at]) throw new Error(`expected the process with the name ${names[at]}`);
  }
  const ns = since(started);
  for (const pid of pids) exit(pid as Pid<never>, "kill");
  return { ops: n, ns };
}

// biome-ignore lint/correctness/useYield: a body like all others here
function* takeAndGive(self: Self<never>, n: number) {
  for (let i = 0; i < n; i++) {
    register(self.pid, "bench");
    unregister("bench");
  }
}

export const names: Program = {
  whereis: (n) => runtime.run(lookUp, n),
  register_unregister: (n) => timed(n, () => runtime.run(takeAndGive, n)),
};
