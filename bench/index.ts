// npm run bench -- [--only REGEX] [--systems a,b] [--rounds N] [--target MS] [--nodes PATH,…] [--json FILE]
//
// Runs every workload on every system it finds. A machine is not the same from one minute to the next, so systems are compared
// within a round: rounds are outermost, then workloads, then systems, each run in a fresh process. Prints Markdown.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fail, parse, positive } from "./cli.ts";
import type { Sample } from "./measure.ts";
import { add, emptyResults } from "./results.ts";
import { findSystems, SYSTEM_NAMES, type System, versionOf } from "./systems.ts";
import { report } from "./table.ts";
import { type Workload, workloads } from "./workloads.ts";

/** A run that takes longer has hung, ms. */
const PATIENCE = 300_000;

const { values: options } = parse({
  options: {
    only: { type: "string", default: "." },
    systems: { type: "string" },
    rounds: { type: "string", default: "5" },
    target: { type: "string", default: "500" },
    nodes: { type: "string", default: process.execPath },
    json: { type: "string" },
  },
});
const rounds = positive("rounds", options.rounds);
if (!Number.isInteger(rounds)) fail(`--rounds: expected a whole number, got ${options.rounds}`);
const target = positive("target", options.target) * 1e6;
const chosen = choose(options.only);
const nodes = options.nodes.split(",");
const majors = nodes.map((node) => majorOf(node));
if (new Set(majors).size < nodes.length) fail(`--nodes: expected one of each major version, got ${majors.join(", ")}`);
for (const name of options.systems?.split(",") ?? []) {
  if (!SYSTEM_NAMES.includes(name)) fail(`--systems: expected some of ${SYSTEM_NAMES.join(", ")}, got ${name}`);
}
// As the one who gave the name meant it.
const json = options.json === undefined ? undefined : resolve(options.json);

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const systems = await findSystems(options.systems?.split(","), nodes);
if (systems.length === 0) fail("none of the systems is here");
const results = emptyResults(systems, chosen);
// A name that can't be written to is better found out now than after a round.
save();
/** Workloads that a system turned out not to have. */
const missing = new Set<string>();

let done = 0;
for (let round = 1; round <= rounds; round++) {
  for (const workload of chosen) {
    for (const system of systems) {
      const pair = `${workload.name} on ${system.name}`;
      const part = Math.floor((100 * done++) / (rounds * chosen.length * systems.length));
      if (missing.has(pair)) continue;
      progress(`${part} %, round ${round} of ${rounds}: ${pair}`);
      const sample = take(workload, system);
      if (typeof sample === "string") {
        // The others are not lost for that.
        progress("");
        console.error(`${pair}: ${sample}`);
        process.exitCode = 1;
      }
      if (sample === null || typeof sample === "string") missing.add(pair);
      else add(results, workload.name, system.name, sample);
    }
  }
  // Whoever interrupts a long run still has its rounds.
  save();
}
progress("");
console.log(report(results));

/** A sample; null when the system has no such workload; else what went wrong. */
function take(workload: Workload, system: System): Sample | null | string {
  const [command, args] = system.command(workload.name, workload.size, target);
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: PATIENCE,
    env: { ...process.env, ...system.env },
  });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1) as string);
  return `${error?.message ?? signal ?? `exit code ${status}`}\n${stderr}`;
}

function choose(pattern: string): Workload[] {
  let only: RegExp;
  try {
    only = new RegExp(pattern);
  } catch (error) {
    return fail(`--only: ${(error as Error).message}`);
  }
  const some = workloads.filter(({ name, isHuge }) => only.test(name) && (!isHuge || pattern.includes(name)));
  if (some.length === 0) fail(`--only ${pattern} leaves none of ${workloads.map(({ name }) => name).join(", ")}`);
  return some;
}

function majorOf(node: string): string | undefined {
  try {
    return versionOf(node).split(".")[0];
  } catch (error) {
    return fail(`--nodes: ${node} does not run: ${(error as Error).message}`);
  }
}

function save(): void {
  if (json === undefined) return;
  try {
    writeFileSync(json, `${JSON.stringify(results, undefined, 1)}\n`);
  } catch (error) {
    fail(`--json: ${(error as Error).message}`);
  }
}

/** A line that the next one replaces. In a pipe there is nothing to replace. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
