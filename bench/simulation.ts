// npm run bench:simulation -- [--seconds N] [--rounds N] [--node PATH] [--flags="NODE FLAGS"] [--json FILE]
//
// How many runs of a small scenario a second simulates, by strategy, and what the same program takes on the ordinary runtime. By turns, each in a fresh
// process. Prints Markdown.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parse, positive } from "./cli.ts";
import { figure, table } from "./markdown.ts";
import { progress } from "./progress.ts";
import { median } from "./results.ts";
import type { Outcome } from "./simulation/subject.ts";
import { buildSubjects, circumstances, flagsOf } from "./subjects.ts";

const OUT = "build/bench/simulation";
const SCENARIOS: Readonly<Record<string, string>> = {
  ring: "a token goes round",
  requests: "three clients of a counter",
  servers: "the same, as a GenServer",
  timers: "20 sleeps of an hour",
};
const STRATEGIES = ["random", "pct", "exhaustive", "ordinary"];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parse({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    node: { type: "string", default: process.execPath },
    flags: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const rounds = positive("rounds", options.rounds);
const seconds = positive("seconds", options.seconds);
const flags = flagsOf(options.flags);

await buildSubjects(["bench/simulation/subject.ts"], OUT);

const results: Record<string, Record<string, Outcome[]>> = {};
for (let round = 1; round <= rounds; round++) {
  for (const scenario of Object.keys(SCENARIOS)) {
    for (const strategy of STRATEGIES) {
      progress(`round ${round} of ${rounds}: ${scenario}, ${strategy}`);
      results[scenario] ??= {};
      results[scenario][strategy] = [...(results[scenario][strategy] ?? []), take(scenario, strategy)];
    }
  }
}
progress("");
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results)}\n`);
console.log(report());

function take(scenario: string, strategy: string): Outcome {
  const args = [...flags, `${OUT}/subject.mjs`, scenario, strategy, `${seconds}`];
  const { status, stdout, stderr } = spawnSync(options.node, args, {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (status !== 0) throw new Error(`${scenario}, ${strategy}: exit code ${status}\n${stderr}`);
  return JSON.parse(stdout);
}

function report(): string {
  const rate = ({ runs, time }: Outcome) => (runs / time) * 1000;
  const of = (scenario: string, strategy: string) => results[scenario]?.[strategy] ?? [];
  return [
    circumstances(options.node, flags),
    "",
    `Runs a second of the processor, of scenarios of 5 processes; of ${rounds} rounds of ${seconds} s: median (min–max).`,
    "",
    table(
      ["", "steps a run", ...STRATEGIES],
      Object.entries(SCENARIOS).map(([scenario, about]) => [
        about,
        figure(median(of(scenario, "random").map(({ steps, runs }) => steps / runs))),
        ...STRATEGIES.map((strategy) => cell(of(scenario, strategy).map(rate))),
      ]),
    ),
  ].join("\n");
}

function cell(values: readonly number[]): string {
  return `${figure(median(values))} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}
