// Async bodies that are killed in all their waits: no promise of the library's is rejected without anybody to hear it.
import process from "node:process";
import { createRuntime, type Self } from "beamlet";

let unhandled = 0;
process.on("unhandledRejection", (reason) => {
  unhandled++;
  console.log(`unhandled: ${reason}`);
});

const runtime = createRuntime({ logger: () => {} });
// biome-ignore lint/suspicious/noExplicitAny: any message
type Loose = Self<any>;
const bodies: ((self: Loose) => unknown)[] = [
  async (self) => self.receive(),
  async (self) => self.receive({ never: () => {} }),
  async (self) => self.sleep(1e9),
  async (self) => self.until(new Promise(() => {})),
  async (self) => Promise.all([self.sleep(1e9), self.sleep(1e9), self.until(new Promise(() => {}))]),
  async (self) => Promise.race([self.receive(), self.sleep(1e9)]),
  async (self) =>
    self.until(new Promise((_, reject) => self.signal.addEventListener("abort", () => reject(new Error("aborted"))))),
  function* (self) {
    yield* self.until(
      new Promise((_, reject) => self.signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
  },
  () => new Promise(() => {}),
];
const rounds: (() => void)[] = [];
for (const how of ["kill", "boom", "shutdown"]) {
  const pids = bodies.map((body) => runtime.spawn(body));
  rounds.push(() => {
    for (const pid of pids) runtime.exit(pid, how);
  });
}
await runtime.run(() => "all have begun");
for (const round of rounds) round();
await runtime.run(() => "all are closed");
for (const body of bodies) runtime.spawn(body);
await runtime.run(() => "all have begun");
await runtime.stop();
await new Promise((resolve) => setTimeout(resolve, 0));
console.log(JSON.stringify({ unhandled, processes: runtime.processes().length }));
