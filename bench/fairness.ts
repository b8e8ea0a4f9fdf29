// npm run bench:fairness -- [--processes N] [--seconds N] [--node PATH] [--flags="NODE FLAGS"] [--json FILE]
//
// What processes that exchange messages without pause leave of the host: how long a TCP echo in the same program takes to answer a client in
// another one, when timers fire, and what the host's work costs the processes. First the same without processes, which is what the
// machine itself does. Prints Markdown.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse, positive } from "./cli.ts";
import type { Observation } from "./fairness/observation.ts";
import type { Order } from "./fairness/subject.ts";
import { figure, table } from "./markdown.ts";
import { progress } from "./progress.ts";
import { quantile } from "./quantiles.ts";
import { median } from "./results.ts";
import { buildSubjects, circumstances, flagsOf } from "./subjects.ts";

/** The host is busy and at rest by turns of this length, ms, so that both see the same machine. */
const WINDOW = 1000;
/** Until everything is compiled, ms. */
const WARM = 2000;
/** Other programs may have the processor for so much of the time. */
const TOLERABLE = 0.01;
const OUT = "build/bench/fairness";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const { values: options } = parse({
  options: {
    processes: { type: "string", default: "100000" },
    seconds: { type: "string", default: "60" },
    node: { type: "string", default: process.execPath },
    flags: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const processes = positive("processes", options.processes);
const seconds = positive("seconds", options.seconds);
const flags = flagsOf(options.flags);

interface Watched extends Observation {
  /** Of the client, ms. */
  readonly roundTrips: number[];
}

await buildSubjects(["bench/fairness/subject.ts", "bench/fairness/client.ts"], OUT);
const idle = await watch(0, Math.max(4, seconds / 4));
const loaded = await watch(processes, seconds);
progress("");
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ idle, loaded })}\n`);
console.log(report());

async function watch(count: number, length: number): Promise<Watched> {
  const subject = start("subject", `${count}`);
  const [port] = (await once(subject, "message")) as [number];
  const client = start("client", `${port}`);
  await once(client, "message");
  await sleep(WARM);
  const order = (next: Order) => [subject, client].map((program) => program.send(next));
  for (let window = 0; window < (length * 1000) / WINDOW; window++) {
    progress(`${count} processes: ${window} of ${length} s`);
    order(window % 2 === 0 ? "busy" : "quiet");
    await sleep(WINDOW);
  }
  // The client first: its connection must not break under it.
  const roundTrips = (await end(client)) as number[];
  const observation = (await end(subject)) as Observation;
  return { ...observation, roundTrips };
}

/** Ends a program, and gives its last words. */
async function end(program: ChildProcess): Promise<unknown> {
  const answer = once(program, "message");
  program.send("end" satisfies Order);
  return (await answer)[0];
}

function start(program: string, argument: string): ChildProcess {
  return fork(`${OUT}/${program}.mjs`, [argument], {
    execPath: options.node,
    execArgv: flags,
    env: { ...process.env, NODE_ENV: "production" },
  });
}

function report(): string {
  const { rates, stalls, recorded, preempted } = loaded;
  const ratios = rates.quiet.map((quiet, i) => (rates.busy[i] as number) / quiet);
  const spread = (values: readonly number[]) => [0.5, 0.99, 0.999, 1].map((p) => figure(quantile(values, p)));
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const longest = [...stalls].sort((a, b) => b.turn + b.host - a.turn - a.host).slice(0, 10);
  const lost = stalls.reduce((sum, { turn, host }) => sum + turn + host, 0);
  return [
    circumstances(options.node, flags),
    "",
    table(
      ["ms", "p50", "p99", "p99.9", "longest", "of"],
      [
        ["TCP echo, no processes", ...spread(idle.roundTrips), `${idle.roundTrips.length}`],
        [
          `**TCP echo, ${processes.toLocaleString("en-US")} busy processes**`,
          ...spread(loaded.roundTrips),
          `${loaded.roundTrips.length}`,
        ],
        ["timer of 10 ms, no processes", ...spread(idle.timers), `${idle.timers.length}`],
        ["**timer of 10 ms, busy processes**", ...spread(loaded.timers), `${loaded.timers.length}`],
        ["turn of the scheduler", ...spread(loaded.turns), `${loaded.turns.length}`],
        ["pause of the garbage collector", ...spread(loaded.pauses), `${loaded.pauses.length}`],
      ],
    ),
    "",
    `Messages a second: ${figure(median(rates.quiet))} with the host at rest, ${figure(median(rates.busy))} with the host at work; the median ` +
      `of the ratios of neighbouring seconds is **${median(ratios).toFixed(3)}** (${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)}). ` +
      `Without processes the host's work takes ${share(median(idle.loads.busy) - median(idle.loads.quiet), 1)} of a processor.`,
    "",
    `Other programs had the processor for ${share(preempted, recorded)} of the time${preempted > TOLERABLE * recorded ? ", **too much to judge by the figures above**" : ""}. ${stalls.length} turns of ${loaded.turns.length} took more than 3 ms together ` +
      `with the host's work behind them: ${share(sum(stalls, "collecting"), lost)} of that time the garbage collector, ` +
      `${share(sum(stalls, "preempted"), lost)} other programs, which may hold up a collection too. The longest:`,
    "",
    table(
      ["ms", "the turn", "the host, behind it", "of both, collecting garbage", "of both, other programs"],
      longest.map(({ turn, host, collecting, preempted: others }) =>
        [turn + host, turn, host, collecting, others].map(figure),
      ),
    ),
  ].join("\n");
}

function sum<K extends string>(items: readonly Record<K, number>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}
