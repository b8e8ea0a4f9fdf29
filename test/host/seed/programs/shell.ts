// What a shell does when its main process ends: it says why, shows its banner, and goes on with the new one.
import { createRuntime, type Self, shellExitText } from "beamlet";

const runtime = createRuntime({
  onMainExit(error, pid) {
    console.error(shellExitText(pid, error.reason));
    console.error("\nthe banner");
  },
});

runtime.register(runtime.self(), "shell");
runtime.send(runtime.self(), "unread");
console.log(`I am ${runtime.self()}`);

const child = runtime.spawnLink(function* (self: Self<"boom">) {
  yield* self.receive({
    boom() {
      throw new Error("boom!");
    },
  });
});
console.log(`my child is ${child}`);
runtime.send(child, "boom");

try {
  await runtime.receive({ never() {} });
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message}`);
}

const { links, messages, registeredName } = runtime.processInfo(runtime.self()) ?? {};
console.log(`I am ${runtime.self()}`);
console.log(JSON.stringify({ links, messages, registeredName, shell: runtime.whereis("shell") }));
