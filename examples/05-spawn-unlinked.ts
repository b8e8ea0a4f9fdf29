// The same with spawn: a report tells of the crash, and nothing else dies.
// The exit code is 0.
import { isAlive, type Self, send, sleep, spawn } from "beamlet";

const child = spawn(function* (self: Self<"boom">) {
  yield* self.receive({
    boom() {
      throw new Error("boom!");
    },
  });
});

send(child, "boom");
while (isAlive(child)) await sleep(1);
console.log("still here");
