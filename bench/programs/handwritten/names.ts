import { type Program, timed } from "../../measure.ts";
import { type Body, kill, type Process, run, spawn } from "./scheduler.ts";

const NAMES = 1024;

const holders = new Map<string, Process>();

function* waiter(): Body {
  yield;
}

function lookUp(n: number) {
  const names = Array.from({ length: NAMES }, (_, i) => `name_${i}`);
  const all = names.map((name) => {
    const process = spawn(waiter);
    holders.set(name, process);
    return process;
  });
  run();
  const sample = timed(n, () => {
    for (let i = 0; i < n; i++) {
      const at = i % NAMES;
      if (holders.get(names[at] as string) !== all[at])
        throw new Error(`expected the process with the name ${names[at]}`);
    }
  });
  for (const each of all) kill(each, "killed");
  holders.clear();
  return sample;
}

function takeAndGive(n: number): void {
  const process = spawn(waiter);
  for (let i = 0; i < n; i++) {
    if (holders.has("bench")) throw new Error("the name is taken");
    holders.set("bench", process);
    if (!holders.delete("bench")) throw new Error("nobody has the name");
  }
  run();
}

export const names: Program = {
  whereis: lookUp,
  register_unregister: (n) => timed(n, () => takeAndGive(n)),
};
