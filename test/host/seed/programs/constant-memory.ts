// constant-memory.ts generator|loop: a counter takes 10^7 messages. Prints as JSON what it counted, and how much memory the last nine million of
// them took.
import process from "node:process";
import { createRuntime, loop, type Self } from "beamlet";

const runtime = createRuntime();
let counted = 0;

function* generator(self: Self<"inc">) {
  for (;;) {
    yield* self.receive();
    counted++;
  }
}

const pid = runtime.spawn(
  process.argv[2] === "loop" ? loop(0, (count: number, _: "inc") => (counted = count + 1)) : generator,
);

const MILLION = 1_000_000;
let before = 0;
for (let n = 1; n <= 10 * MILLION; n++) {
  runtime.send(pid, "inc");
  if (n % 10_000 === 0) runtime.run();
  if (n === MILLION) before = process.memoryUsage().rss;
}
console.log(JSON.stringify({ counted, grown: process.memoryUsage().rss - before }));
