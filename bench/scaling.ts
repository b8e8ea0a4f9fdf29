// npm run bench:scaling -- [--systems a,b] [--rounds N] [--node PATH] [--largest N] [--clock wall|cpu] [--svg FILE] [--json FILE]
//
// What a message and a spawn cost with more and more live processes. Prints Markdown and draws docs/scaling.svg. Each run is a fresh
// process, and systems take turns. `--clock cpu` counts time of the processor, with the garbage collector's threads: on a busy machine it
// says more.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { freemem } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fail, parse, positive } from "./cli.ts";
import { figure, table } from "./markdown.ts";
import { install } from "./peers/index.ts";
import { progress } from "./progress.ts";
import { median } from "./results.ts";
import type { Draw } from "./scaling/chart.ts";
import { buildSubjects, circumstances } from "./subjects.ts";

const OUT = "build/bench/scaling";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parse({
  options: {
    systems: { type: "string", default: "erlang,generator,loop,handwritten" },
    rounds: { type: "string", default: "3" },
    node: { type: "string", default: process.execPath },
    clock: { type: "string", default: "wall" },
    largest: { type: "string", default: "10000000" },
    svg: { type: "string", default: "docs/scaling.svg" },
    json: { type: "string" },
  },
});

const rounds = positive("rounds", options.rounds);
const largest = positive("largest", options.largest);
if (options.clock !== "wall" && options.clock !== "cpu") fail(`--clock: expected wall or cpu, got ${options.clock}`);

interface System {
  readonly about: string;
  /** As many as it is made to spawn, and what they need in memory, bytes each. */
  readonly most: number;
  readonly bytes: number;
}

const MILLION = 1_000_000;
const systems: Record<string, System> = {
  erlang: { about: "the BEAM, one scheduler", most: MILLION, bytes: 2800 },
  generator: { about: "Beamlet, generators", most: MILLION, bytes: 600 },
  loop: { about: "Beamlet, loops", most: 10 * MILLION, bytes: 400 },
  handwritten: { about: "hand-written", most: MILLION, bytes: 600 },
};
const COUNTS = {
  messages: [100, 1000, 10_000, 100_000, MILLION],
  spawn: [1000, 10_000, 100_000, MILLION, 10 * MILLION],
};
type What = keyof typeof COUNTS;
const WHATS = ["messages", "spawn"] as const;

await buildSubjects(["bench/scaling/subject.ts"], OUT);
const names = options.systems.split(",").filter((name) => name !== "erlang" || hasErlang());

/** ns for each op, by what, system and number of processes. */
const results: Record<What, Record<string, Record<number, number[]>>> = { messages: {}, spawn: {} };
for (let round = 1; round <= rounds; round++) {
  for (const what of WHATS) {
    for (const count of COUNTS[what].filter((count) => count <= largest)) {
      for (const name of names) {
        if (count > systemOf(name).most || !fits(name, count)) continue;
        progress(`round ${round} of ${rounds}: ${what}, ${count}, ${name}`);
        results[what][name] ??= {};
        results[what][name][count] ??= [];
        results[what][name][count].push(take(name, what, count));
      }
    }
  }
}
progress("");
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results)}\n`);
await draw();
console.log(report());

function take(name: string, what: What, count: number): number {
  const size = [what, `${count}`, options.clock];
  const [command, args] =
    name === "erlang"
      ? ["erl", ["+S", "1:1", "+P", "4000000", "-noshell", "-pa", OUT, "-run", "beamlet_scaling", "main", ...size]]
      : [options.node, ["--max-old-space-size=12000", `${OUT}/subject.mjs`, name, ...size]];
  const { status, signal, stdout, stderr } = spawnSync(command as string, args as string[], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (status !== 0) throw new Error(`${what}, ${count}, ${name}: ${signal ?? `exit code ${status}`}\n${stderr}`);
  return Number(stdout);
}

function fits(name: string, count: number): boolean {
  const isFitting = count * systemOf(name).bytes < freemem();
  if (!isFitting) console.error(`absent: memory for ${count} processes. Left out here: ${name}`);
  return isFitting;
}

function hasErlang(): boolean {
  const { error, status, stdout } = spawnSync("erlc", ["-o", OUT, "bench/scaling/beamlet_scaling.erl"], {
    encoding: "utf8",
  });
  if (error !== undefined) console.error("absent: erl and erlc. Left out here: the BEAM");
  else if (status !== 0) throw new Error(`erlc: ${stdout}`);
  return error === undefined;
}

function systemOf(name: string): System {
  const system = systems[name];
  return system ?? fail(`--systems: expected some of ${Object.keys(systems).join(", ")}, got ${name}`);
}

async function draw(): Promise<void> {
  install();
  const chart: { draw: Draw } = await import(new URL("./peers/chart.ts", import.meta.url).href);
  const lines = (what: What) =>
    Object.fromEntries(
      Object.entries(results[what]).map(([name, row]) => [
        systemOf(name).about,
        Object.entries(row).map(([count, times]) => [Number(count), median(times)] as const),
      ]),
    );
  const svg = chart.draw(
    Object.values(systems).map(({ about }) => about),
    [
      {
        title: "A message",
        y: "between two of many live processes, ns",
        x: "live processes",
        lines: lines("messages"),
      },
      { title: "A process spawned", y: "until it waits, ns", x: "processes", lines: lines("spawn") },
    ],
  );
  writeFileSync(options.svg, svg);
}

function report(): string {
  return [
    `${circumstances(options.node, [])}${options.clock === "cpu" ? "; time of the processor" : ""}`,
    "",
    ...WHATS.flatMap((what) => [
      what === "messages"
        ? "A message between two of so many live processes, which all play in pairs; ns, median (min–max):"
        : "A process spawned, of so many, until all of them wait; ns, median (min–max):",
      "",
      table(
        ["", ...COUNTS[what].map((count) => count.toLocaleString("en-US"))],
        names.map((name) => [systemOf(name).about, ...COUNTS[what].map((count) => cell(results[what][name]?.[count]))]),
      ),
      "",
    ]),
  ].join("\n");
}

function cell(times: readonly number[] | undefined): string {
  if (times === undefined) return "–";
  return `${figure(median(times))} (${figure(Math.min(...times))}–${figure(Math.max(...times))})`;
}
