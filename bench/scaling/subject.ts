// node subject.mjs SYSTEM messages|spawn PROCESSES wall|cpu
//
// One measurement: prints ns for each message between so many live processes, or for each of so many that are spawned.
import process from "node:process";
import type { System } from "./system.ts";

/** Messages sent while the time is taken, or more, so that each process sends some. */
const MESSAGES = 2_000_000;
const LEAST_EACH = 4;
/** Processes spawned while the time is taken, or more. */
const SPAWNS = 100_000;
/** As many are spawned before, so many at a time, to have everything compiled. */
const WARM = 10_000;

const systems: Record<string, () => Promise<System>> = {
  generator: async () => (await import("./beamlet.ts")).generator(),
  loop: async () => (await import("./beamlet.ts")).viaLoop(),
  handwritten: async () => (await import("./handwritten.ts")).handwritten(),
};

const [name = "", what = "", count, clock] = process.argv.slice(2);
const processes = Number(count);
const system = await (systems[name] as () => Promise<System>)();
console.log(await (what === "messages" ? messages() : spawns()));
// Millions of processes still wait: nothing is to be learned from ending them.
process.exit();

async function messages(): Promise<number> {
  const each = Math.max(LEAST_EACH, Math.ceil(MESSAGES / processes));
  system.makePairs(processes);
  await system.play(each);
  const started = now();
  await system.play(each);
  return (now() - started) / (each * processes);
}

async function spawns(): Promise<number> {
  const few = Math.min(processes, WARM);
  for (let spawned = 0; spawned < SPAWNS; spawned += few) {
    await system.spawnIdle(few);
    await system.killIdle();
  }
  const times = Math.max(1, Math.ceil(SPAWNS / processes));
  let ns = 0;
  for (let i = 0; i < times; i++) {
    const started = now();
    await system.spawnIdle(processes);
    ns += now() - started;
    if (times > 1) await system.killIdle();
  }
  return ns / (times * processes);
}

/** ns. */
function now(): number {
  if (clock === "wall") return performance.now() * 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
