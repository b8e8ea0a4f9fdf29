// npm run bench -- [--only REGEX] [--systems a,b] [--rounds N] [--target MS] [--nodes PATH,…] [--json FILE]
//
// Runs every workload on every system it finds. A machine is not the same from one minute to the next, so systems are compared
// within a round: rounds are outermost, then workloads, then systems, each run in a fresh process. Prints Markdown.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Sample } from "./measure.ts";
import { add, emptyResults } from "./results.ts";
import { DEFAULT_SYSTEMS, findSystems, SYSTEM_NAMES, type System } from "./systems.ts";
import { report } from "./table.ts";
import { type Workload, workloads } from "./workloads.ts";

/** A run that takes longer has hung, ms. */
const PATIENCE = 300_000;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "." },
    systems: { type: "string", default: DEFAULT_SYSTEMS.join() },
    rounds: { type: "string", default: "5" },
    target: { type: "string", default: "500" },
    nodes: { type: "string", default: process.execPath },
    json: { type: "string" },
  },
});
const rounds = positive("rounds", options.rounds);
const target = positive("target", options.target) * 1e6;
const only = new RegExp(options.only);
const chosen = workloads.filter(({ name }) => only.test(name));
if (chosen.length === 0) fail(`--only ${options.only} leaves none of ${workloads.map(({ name }) => name).join(", ")}`);
const names = options.systems.split(",");
for (const name of names) {
  if (!SYSTEM_NAMES.includes(name)) fail(`--systems: expected some of ${SYSTEM_NAMES.join(", ")}, got ${name}`);
}

const systems = await findSystems(names, options.nodes.split(","));
const results = emptyResults(systems, chosen);
/** Workloads that a system turned out not to have. */
const missing = new Set<string>();

for (let round = 1; round <= rounds; round++) {
  for (const workload of chosen) {
    for (const system of systems) {
      const pair = `${workload.name} on ${system.name}`;
      if (missing.has(pair)) continue;
      progress(`round ${round} of ${rounds}: ${pair}`);
      const sample = take(workload, system);
      if (sample === null) missing.add(pair);
      else add(results, workload.name, system.name, sample);
    }
  }
  // Whoever interrupts a long run still has its rounds.
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 1)}\n`);
}
progress("");
console.log(report(results));

function take(workload: Workload, system: System): Sample | null {
  const [command, args] = system.command(workload.name, workload.size, target);
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: PATIENCE,
    env: { ...process.env, ...system.env },
  });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1) as string);
  throw new Error(
    `${workload.name} on ${system.name}: ${error?.message ?? signal ?? `exit code ${status}`}\n${stderr}`,
  );
}

/** A line that the next one replaces. In a pipe there is nothing to replace. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) fail(`--${option}: expected a number above 0, got ${text}`);
  return value;
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}
