// Many live processes: each is spawned, gets one message, and answers it.
import process from "node:process";
import type { Pid, Self } from "beamlet";
import { bold, code, count, line } from "./print.ts";
import { Progress } from "./progress.ts";
import { Source } from "./source.ts";
import { runtime } from "./world.ts";

const { processes, run, send, spawn } = runtime;

/** Resident memory of an idle process on the BEAM (Erlang/OTP 25), B. */
const BEAM = 2640;
/** Few enough for a bar that moves, and enough to cost nothing. */
const BATCH = 10_000;

type Question = [from: Pid<number>, n: number];

function* member(self: Self<Question>) {
  for (;;) {
    const [from, n] = yield* self.receive();
    send(from, n);
  }
}

const pids: Pid<Question>[] = [];

function start(from: number, to: number) {
  for (let n = from; n < to; n++) pids[n] = spawn(member);
  run();
}

function* ask(self: Self<number>, from: number, to: number) {
  for (let n = from; n < to; n++) {
    send(pids[n] as Pid<Question>, [self.pid, n]);
  }
  let sum = 0;
  for (let n = from; n < to; n++) sum += yield* self.receive();
  return sum;
}

/** Does `batch` for 0 … size - 1. Returns the seconds it took. */
async function time(
  what: string,
  size: number,
  batch: (from: number, to: number) => unknown,
): Promise<number> {
  const progress = new Progress(what, size);
  const begun = performance.now();
  for (let from = 0; from < size; ) {
    const to = Math.min(from + BATCH, size);
    await batch(from, to);
    from = to;
    progress.at(from);
  }
  return (performance.now() - begun) / 1000;
}

/** Prints the source and the figures; returns what is wrong. */
export async function million(size: number): Promise<string[]> {
  const source = new Source(new URL(import.meta.url));
  code(
    ["Question", "member", "start", "ask"]
      .map((name) => source.declaration(name))
      .join("\n\n"),
  );

  const before = process.memoryUsage().rss;
  const others = processes().length;
  const spawning = await time("spawned", size, start);
  const bytes = (process.memoryUsage().rss - before) / size;
  let sum = 0;
  const asking = await time("answered", size, async (from, to) => {
    sum += await run(ask, from, to);
  });
  const live = processes().length - others;

  figure("live processes", live, "");
  figure(
    "spawns/s",
    size / spawning,
    `${count(size)} in ${spawning.toFixed(2)} s`,
  );
  figure(
    "messages/s",
    (2 * size) / asking,
    `${count(2 * size)} in ${asking.toFixed(2)} s: one to each, one back`,
  );
  figure(
    "bytes/process",
    bytes,
    `idle, resident; on the BEAM ${count(BEAM)}`,
  );

  const wrong: string[] = [];
  if (live !== size) wrong.push(`${count(size)} processes should live`);
  if (sum !== (size * (size - 1)) / 2)
    wrong.push("each process should have answered with its number");
  return wrong;
}

function figure(name: string, value: number, note: string): void {
  line(
    `  ${name.padEnd(15)} ${bold(count(value).padStart(12))}   ${note}`.trimEnd(),
  );
}
