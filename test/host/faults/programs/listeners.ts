// Abort listeners that throw: the host is told as of any listener that throws, and the runtime goes on.
import process from "node:process";
import { createRuntime, type Self } from "beamlet";

const told: string[] = [];
process.on("uncaughtException", (error) => told.push(error.message));
globalThis.addEventListener?.("error", (event) => {
  told.push((event as ErrorEvent).message.replace("Uncaught Error: ", ""));
  event.preventDefault();
});

const runtime = createRuntime({ logger: () => {} });
const closed: string[] = [];
const pids = ["first", "second"].map((name) =>
  runtime.spawn(function* (self: Self<never>) {
    self.signal.addEventListener("abort", () => {
      throw new Error(`listener of the ${name}`);
    });
    try {
      yield* self.receive();
    } finally {
      closed.push(name);
    }
  }),
);
await runtime.run(() => "both have begun");
for (const pid of pids) runtime.exit(pid, "kill");
const result = await runtime.run(() => "went on");
await new Promise((resolve) => setTimeout(resolve, 0));
console.log(JSON.stringify({ result, closed, told, processes: runtime.processes().length }));
