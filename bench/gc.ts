// npm run bench:gc -- [--processes N] [--tokens N] [--seconds N] [--rounds N] [--node PATH] [--flags="NODE FLAGS"] [--json FILE]
//
// How long the garbage collector stops the program, with a million live processes and steady traffic: Beamlet against the hand-written
// scheduler, by turns, each run in a fresh process. Prints Markdown.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parse, positive } from "./cli.ts";
import type { Collections } from "./gc/subject.ts";
import { figure, table } from "./markdown.ts";
import { progress } from "./progress.ts";
import { quantile } from "./quantiles.ts";
import { median } from "./results.ts";
import { buildSubjects, circumstances, flagsOf } from "./subjects.ts";

const OUT = "build/bench/gc";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parse({
  options: {
    systems: { type: "string", default: "generator,loop,handwritten" },
    processes: { type: "string", default: "1000000" },
    tokens: { type: "string", default: "10000" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "5" },
    node: { type: "string", default: process.execPath },
    flags: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const rounds = positive("rounds", options.rounds);
const sizes = (["processes", "tokens", "seconds"] as const).map((name) => positive(name, options[name]));
const names = options.systems.split(",");
const flags = flagsOf(options.flags);

await buildSubjects(["bench/gc/subject.ts"], OUT);

const results: Record<string, Collections[]> = {};
for (let round = 1; round <= rounds; round++) {
  for (const system of names) {
    progress(`round ${round} of ${rounds}: ${system}`);
    results[system] = [...(results[system] ?? []), take(system)];
  }
}
progress("");
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results)}\n`);
console.log(report());

function take(system: string): Collections {
  const args = [...flags, `${OUT}/subject.mjs`, system, ...sizes.map(String)];
  const { status, stdout, stderr } = spawnSync(options.node, ["--max-old-space-size=12000", ...args], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (status !== 0) throw new Error(`${system}: exit code ${status}\n${stderr}`);
  return JSON.parse(stdout);
}

function report(): string {
  return [
    circumstances(options.node, flags),
    "",
    `${Number(options.processes).toLocaleString("en-US")} live processes, ${Number(options.tokens).toLocaleString("en-US")} messages on their way. ` +
      `Of ${options.rounds} runs of ${options.seconds} s: median (min–max).`,
    "",
    table(
      [
        "",
        "longest pause, ms",
        "p99, ms",
        "longest of the young",
        "longest of the whole heap",
        "pauses",
        "of the time",
        "M messages/s",
        "heap, MB",
      ],
      Object.entries(results).map(([system, runs]) => [
        system,
        cell(runs, (run) => quantile(pauses(run), 1)),
        cell(runs, (run) => quantile(pauses(run), 0.99)),
        cell(runs, ({ minor }) => quantile(minor, 1)),
        cell(runs, ({ major }) => quantile(major, 1)),
        cell(runs, (run) => pauses(run).length),
        cell(runs, (run) => (100 * pauses(run).reduce((a, b) => a + b, 0)) / run.recorded, " %"),
        cell(runs, ({ messages, recorded }) => messages / recorded / 1000),
        cell(runs, ({ heapBytes }) => heapBytes / 1e6),
      ]),
    ),
  ].join("\n");
}

function cell(runs: readonly Collections[], of: (run: Collections) => number, unit = ""): string {
  const values = runs.map(of).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return "none";
  return `${figure(median(values))}${unit} (${figure(Math.min(...values))}–${figure(Math.max(...values))})`;
}

function pauses({ minor, major }: Collections): number[] {
  return [...minor, ...major];
}
