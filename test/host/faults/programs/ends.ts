// A program whose runtimes were stopped, or have nothing left to do, ends by itself.
import process from "node:process";
import { setTimeout } from "node:timers";
import { createRuntime, run, type Self, self, send, sendAfter, spawn } from "beamlet";

// Nothing here waits for it: it fires only when something else keeps the program alive.
setTimeout(() => {
  console.log("kept alive");
  process.exit(3);
}, 20_000).unref();

const YEAR = 31_622_400_000;

const runtime = createRuntime({ logger: () => {} });
runtime.sendAfter("nobody", "message", 1_000_000);
runtime.sendAfter(runtime.self(), "message", YEAR);
runtime.spawn(function* (self: Self<never>) {
  yield* self.sleep(YEAR);
});
runtime.spawn(async (self: Self<never>) => {
  await self.sleep(YEAR);
});
runtime.send(runtime.self(), "in flight");
await runtime.stop();
runtime.run();

// Not stopped, but waiting for what can't come.
spawn(function* (self: Self<string>) {
  yield* self.receive();
});
spawn(async (self: Self<string>) => {
  await self.receive();
});
send(self(), "unread");
const pid = spawn(function* (self: Self<string>) {
  sendAfter(self.pid, "late", YEAR);
  yield* self.sleep(1);
});
console.log(String(await run(() => "ran")), String(pid));
