// node worker.mjs PROGRAM WORKLOAD grow START TARGET_NS MOST
// node worker.mjs PROGRAM WORKLOAD fixed WARM N
//
// One measurement in a process of its own: prints a sample as one line of JSON, or null when the program hasn't that workload.
import process from "node:process";
import { grow, type Program, repeat } from "./measure.ts";

const [name = "", workload = "", kind, ...sizes] = process.argv.slice(2);
// The programs are built beside this file, each by itself.
const { program }: { program: Program } = await import(new URL(`./${name}.mjs`, import.meta.url).href);
const run = program[workload];
const [a = 0, b = 0, c = 0] = sizes.map(Number);
const measured = run === undefined ? null : await (kind === "grow" ? grow(run, a, b, c) : repeat(run, a, b));
console.log(JSON.stringify(measured));
// A million processes still wait: nothing is to be learned from ending them.
process.exit();
