// node subject.mjs PROCESSES
//
// The program whose host is watched: so many processes exchange messages without pause. It tells its parent a port, where it answers as
// a TCP echo. The parent says when the host is to be busy, with the echo's clients and with timers, and when it is to rest.
import { createServer } from "node:net";
import process from "node:process";
import type { Pid, Self } from "beamlet";
import type { Observation } from "./observation.ts";
import { Turns } from "./turns.ts";

export type Order = "busy" | "quiet" | "end";

/** What a timer is set to, ms. */
const DELAY = 10;

const turns = new Turns();
const { createRuntime, send } = await import("beamlet");

// ── The processes: pairs that send each other a ball to and fro ──

type Ball = ["ball", from: Pid<Ball>];

let messages = 0;

function* player(self: Self<Ball>) {
  for (;;) {
    const [, from] = yield* self.receive();
    messages++;
    send(from, ["ball", self.pid]);
  }
}

const runtime = createRuntime();
for (let left = Number(process.argv[2]); left > 0; left -= 2) {
  runtime.send(runtime.spawn(player), ["ball", runtime.spawn(player)]);
}

// ── The host's own work ──

const timers: number[] = [];
let isBusy = false;

function setTimer(): void {
  const set = performance.now();
  setTimeout(() => {
    timers.push(performance.now() - set);
    if (isBusy) setTimer();
  }, DELAY);
}

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.pipe(socket);
  // The client ends first, and may not have read its last echo.
  socket.on("error", () => {});
});
server.listen(0, "127.0.0.1", () => tell((server.address() as { port: number }).port));

// ── What the parent says ──

const rates = { quiet: [] as number[], busy: [] as number[] };
const loads = { quiet: [] as number[], busy: [] as number[] };
let mode: keyof typeof rates | undefined;
let counted = 0;
let used = process.cpuUsage();
let began = 0;
let recordedFrom = 0;

process.on("message", async (order: Order) => {
  const now = performance.now();
  if (mode !== undefined) {
    const { user, system } = process.cpuUsage(used);
    rates[mode].push(((messages - counted) / (now - began)) * 1000);
    loads[mode].push((user + system) / 1000 / (now - began));
  }
  if (order === "end") return tell(await observation(now), () => process.exit());
  if (mode === undefined) {
    turns.record();
    recordedFrom = now;
  }
  mode = order;
  isBusy = order === "busy";
  if (isBusy) setTimer();
  counted = messages;
  used = process.cpuUsage();
  began = now;
});

async function observation(now: number): Promise<Observation> {
  await turns.finish();
  return {
    rates,
    loads,
    turns: turns.lengths,
    timers,
    pauses: turns.pauses.map(({ start, end }) => end - start),
    stalls: turns.stalls(),
    recorded: now - recordedFrom,
    preempted: turns.preempted,
  };
}

function tell(news: unknown, then?: () => void): void {
  (process.send as (message: unknown, then?: () => void) => void)(news, then);
}
