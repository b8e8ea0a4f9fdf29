// Many live processes: each is spawned, gets one message, and answers it.
import process from "node:process";
import type { Pid, Self } from "beamlet";
import { bold, code, count, line } from "./print.ts";
import { Progress } from "./progress.ts";
import { Source } from "./source.ts";
import { runtime } from "./world.ts";

const { processes, receive, run, self, send, spawn } = runtime;

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
let sum = 0;

function start(n: number) {
  pids[n] = spawn(member);
}

function ask(n: number) {
  send(pids[n] as Pid<Question>, [self(), n]);
}

async function answered() {
  sum += await receive();
}

/**
 * Does `each` for 0 … size - 1; after every batch the processes run until they
 * wait, and `then` is done as often. Returns the seconds it took.
 */
async function time(
  what: string,
  size: number,
  each: (n: number) => void,
  then?: () => Promise<void>,
): Promise<number> {
  const progress = new Progress(what, size);
  const begun = performance.now();
  for (let done = 0; done < size; ) {
    const end = Math.min(done + BATCH, size);
    for (let n = done; n < end; n++) each(n);
    run();
    if (then !== undefined) for (let n = done; n < end; n++) await then();
    done = end;
    progress.at(done);
  }
  return (performance.now() - begun) / 1000;
}

/** Prints the source and the figures; returns what is wrong. */
export async function million(size: number): Promise<string[]> {
  const source = new Source(new URL(import.meta.url));
  code(
    ["Question", "member", "start", "ask", "answered"]
      .map((name) => source.declaration(name))
      .join("\n\n"),
  );

  const before = process.memoryUsage().rss;
  const others = processes().length;
  const spawning = await time("spawned", size, start);
  const bytes = (process.memoryUsage().rss - before) / size;
  const asking = await time("answered", size, ask, answered);
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
