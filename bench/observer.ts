// npm run bench:observer -- [--processes N] [--tokens N] [--seconds N] [--rounds N] [--node PATH] [--flags="NODE FLAGS"] [--json FILE]
//
// What the observer costs a program with a million processes: its share of the time, and what is left of the traffic, with a page open that shows
// the overview, the longest mailboxes and the alarms, ten times a second; and with a trace. Prints Markdown.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Source, wireSource } from "../src/observer/index.ts";
import { parse, positive } from "./cli.ts";
import { figure, table } from "./markdown.ts";
import type { Phase } from "./observer/subject.ts";
import { progress } from "./progress.ts";
import { median } from "./results.ts";
import { buildSubjects, circumstances, flagsOf } from "./subjects.ts";

const OUT = "build/bench/observer";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parse({
  options: {
    processes: { type: "string", default: "1000000" },
    tokens: { type: "string", default: "10000" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    node: { type: "string", default: process.execPath },
    flags: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const sizes = (["processes", "tokens", "seconds", "rounds"] as const).map((name) => positive(name, options[name]));
const flags = flagsOf(options.flags);

await buildSubjects(["bench/observer/subject.ts"], OUT);

const phases: Phase[] = [];
let source: Source | undefined;
const args = ["--max-old-space-size=12000", ...flags, `${OUT}/subject.mjs`, ...sizes.map(String)];
const child = spawn(options.node, args, {
  stdio: ["pipe", "pipe", "inherit"],
  env: { ...process.env, NODE_ENV: "production" },
});
const ended = once(child, "exit");
for await (const line of createInterface({ input: child.stdout })) {
  const said = JSON.parse(line);
  if ("ask" in said) {
    await obey(said.ask, said.url);
    child.stdin.write("done\n");
  } else {
    phases.push(said);
    progress(`${said.name}: ${figure(said.messages)} messages/s`);
  }
}
const [status] = await ended;
if (status !== 0) throw new Error(`the subject ended with exit code ${status}`);
progress("");
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(phases)}\n`);
console.log(report());

/** Does with the page what the subject wants. */
async function obey(what: string, url: string): Promise<void> {
  if (what === "open") {
    source = wireSource(url);
    const query = { sort: "mailbox", descending: true, offset: 0, limit: 50 } as const;
    source.subscribe("processes", query, () => {});
    source.subscribe("alarms", {}, () => {});
    await new Promise<void>((resolve) => source?.subscribe("overview", {}, () => resolve()));
  } else if (what === "close") {
    source?.close();
  } else {
    const pids = what === "trace one" ? { pids: ["#PID<0.2.0>"] } : {};
    source?.subscribe("trace", {}, () => {});
    await source?.request("startTrace", { events: ["send", "receive"], children: false, ...pids });
  }
}

function report(): string {
  const names = [...new Set(phases.map(({ name }) => name))];
  const of = (name: string) => phases.filter((phase) => phase.name === name);
  const messages = (name: string) => median(of(name).map((phase) => phase.messages));
  const rows = names.map((name) => [
    name,
    figure(messages(name) / 1e6),
    `${figure((100 * messages(name)) / messages("alone"))} %`,
    `${(100 * median(of(name).map(({ share }) => share))).toFixed(2)} %`,
    figure(Math.max(...of(name).map(({ longest }) => longest))),
  ]);
  return [
    circumstances(options.node, flags),
    "",
    table(
      [
        "",
        "million messages in a second of the processor",
        "of those alone",
        "the observer's tasks, of a processor",
        "the longest, ms",
      ],
      rows,
    ),
  ].join("\n");
}
