// idle.ts SIZE generator|loop: SIZE processes live and idle; then each gets one message. Prints as JSON what that took.
import process from "node:process";
import { createRuntime, loop, type Pid, type Self } from "beamlet";

const size = Number(process.argv[2]);
const runtime = createRuntime({ maxProcesses: size });

let received = 0;

function* generator(self: Self<number>) {
  for (;;) {
    yield* self.receive();
    received++;
  }
}

const body =
  process.argv[3] === "loop"
    ? loop(0, (_, n: number) => {
        received++;
        return n;
      })
    : generator;

/** Spawned and run in batches, so that the host can collect its garbage in between. */
const BATCH = 10_000;
const pids: Pid<number>[] = [];
const before = process.memoryUsage().rss;
const begun = performance.now();
while (pids.length < size) {
  for (let n = 0; n < BATCH && pids.length < size; n++) pids.push(runtime.spawn(body));
  runtime.run();
}
const seconds = (performance.now() - begun) / 1000;
const bytes = process.memoryUsage().rss - before;
const live = runtime.processes().length;

let refused: unknown;
try {
  runtime.spawn(body);
} catch (error) {
  refused = (error as Error).name;
}

for (let n = 0; n < pids.length; n++) {
  runtime.send(pids[n] as Pid<number>, n);
  if (n % BATCH === 0) runtime.run();
}
runtime.run();

console.log(JSON.stringify({ live, received, refused, seconds, bytes }));
