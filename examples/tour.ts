// The tour: the page the project began with, row by row, each snippet beside
// what it printed, then a million processes.
//
//   npm start
//   npm start -- 50000       with fewer processes at the end
//
// What a step prints is compared with what the page promises. A difference
// is shown, and the exit code is 1.
import { basename } from "node:path";
import process from "node:process";
import { format } from "node:util";
import { million } from "./tour/million.ts";
import { Output } from "./tour/output.ts";
import { type Program, page, type Step } from "./tour/page.ts";
import { code, count, line, prose, section, title } from "./tour/print.ts";
import { command, runProgram } from "./tour/program.ts";
import { Source } from "./tour/source.ts";
import { banner, listen, runtime } from "./tour/world.ts";

const size = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isInteger(size) && size > 0 && size <= 1_000_000)) {
  console.error(
    `expected a number of processes from 1 to 1000000, got ${process.argv[2]}`,
  );
  process.exit(2);
}

// Whoever closes the pipe has seen enough.
process.stdout.on("error", () => process.exit(0));

const begun = performance.now();
const source = new Source(new URL("./tour/snippets.ts", import.meta.url));
const log = console.log;
let wrong = 0;

async function runStep(step: Step, output: Output): Promise<void> {
  const declarations = (step.uses ?? []).map((name) =>
    source.declaration(name),
  );
  code([...declarations, source.body(step.does.name)].join("\n\n"));
  console.log = (...values) => output.print(format(...values));
  listen((text) => output.print(text, true));
  try {
    await step.does();
  } catch (error) {
    output.print(String(error));
  } finally {
    console.log = log;
  }
}

async function runScript(
  { program }: Program,
  output: Output,
): Promise<void> {
  const script = new Source(new URL(program, import.meta.url));
  code(script.text);
  line(`  $ ${[basename(process.argv0), ...command(program)].join(" ")}`);
  const exitCode = await runProgram(program, (text, error) =>
    output.print(text, error),
  );
  output.print(`exit code ${exitCode}`);
}

title(`${banner} · the tour`, host());
for (const { name, steps } of page) {
  section(name);
  for (const step of steps) {
    prose(step.rows, step.says);
    const output = new Output(step.prints);
    await ("program" in step
      ? runScript(step, output)
      : runStep(step, output));
    wrong += output.close();
  }
}

section(`${count(size)} processes`);
for (const problem of await million(size)) {
  wrong++;
  line(`  ✗ ${problem}`);
}
await runtime.stop();

line();
line("─".repeat(80));
const steps = page.flatMap((section) => section.steps).length;
line(
  wrong === 0
    ? `${steps} snippets, each printed what the page promises. ${seconds()}`
    : `${wrong} differences. ${seconds()}`,
);
if (wrong > 0) process.exitCode = 1;

function seconds(): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}

function host(): string {
  const { deno, bun, node } = process.versions;
  return deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
}
