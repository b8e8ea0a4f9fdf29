// node worker.js PROGRAM WORKLOAD grow START TARGET_NS MOST
// node worker.js PROGRAM WORKLOAD fixed WARM N
//
// One measurement in a process of its own: prints a sample as one line of JSON, or null when the program hasn't that workload.
import process from "node:process";
import { grow, type Program, repeat } from "./measure.ts";

const programs: Record<string, () => Promise<{ program: Program }>> = {
  generator: () => import("./programs/generator.ts"),
  loop: () => import("./programs/loop.ts"),
  async: () => import("./programs/async.ts"),
  handwritten: () => import("./programs/handwritten.ts"),
};

const [name = "", workload = "", kind, ...sizes] = process.argv.slice(2);
const { program } = await (programs[name] as (typeof programs)[string])();
const run = program[workload];
const [a = 0, b = 0, c = 0] = sizes.map(Number);
const measured = run === undefined ? null : await (kind === "grow" ? grow(run, a, b, c) : repeat(run, a, b));
console.log(JSON.stringify(measured));
// A million processes still wait: nothing is to be learned from ending them.
process.exit();
