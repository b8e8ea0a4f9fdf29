// node subject.mjs SCENARIO STRATEGY SECONDS: runs one scenario under seed after seed, or on the ordinary runtime, and prints what it did.
import process from "node:process";
import { createRuntime } from "beamlet";
import { type Strategy, simulate } from "beamlet/testing";
import { HOURS, scenarios } from "./scenarios.ts";

/** What a subject prints. */
export interface Outcome {
  readonly runs: number;
  readonly steps: number;
  readonly distinct: number;
  /** Of the processor, ms: other programs may have the rest of the time. */
  readonly time: number;
}

const [name = "", strategy = "", seconds = ""] = process.argv.slice(2);
const scenario = scenarios[name];
if (scenario === undefined) throw new Error(`no scenario ${name}`);
const body = scenario;

const go = strategy === "ordinary" ? ordinary : simulated;
await go(Math.min(1000, (Number(seconds) * 1000) / 4));
process.stdout.write(JSON.stringify(await go(Number(seconds) * 1000)));

async function simulated(time: number): Promise<Outcome> {
  const spent = processor();
  const { runs, steps, distinct } = await simulate(body, {
    strategy: strategy as Strategy,
    time,
    seeds: 2 ** 24,
    leftovers: "ignore",
  });
  return { runs, steps, distinct, time: processor() - spent };
}

function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same program on the runtime that programs have, each time in one that is kept: its clock is moved by hand. */
async function ordinary(time: number): Promise<Outcome> {
  let clock = 0;
  const runtime = createRuntime({ clock: () => clock, logger: () => {} });
  const started = performance.now();
  const spent = processor();
  let runs = 0;
  while (performance.now() - started < time) {
    for (let i = 0; i < 100; i++, runs++) {
      const before = new Set(runtime.processes());
      runtime.spawn(body);
      runtime.run();
      if (name === "timers") {
        for (let hour = 0; hour < HOURS; hour++) {
          clock += 3_600_000;
          runtime.run();
        }
      }
      for (const pid of runtime.processes()) if (!before.has(pid)) runtime.exit(pid, "kill");
      runtime.run();
    }
  }
  return { runs, steps: 0, distinct: 1, time: processor() - spent };
}
