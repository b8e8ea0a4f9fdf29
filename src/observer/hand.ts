import { createRuntime, type Self } from "../kernel.ts";
import type { Process } from "./people.ts";

let key: string | undefined;

/** The message that a process's next slice begins with, if it has one in hand: it is in no mailbox. */
export function inHandOf(process: Process): unknown {
  key ??= handKey();
  return (process as unknown as Record<string, unknown>)[key] ?? undefined;
}

/**
 * The property that has it. The kernel's own names are not kept in the bundle: a process of a runtime made for that gets a message in hand, and is
 * looked through.
 */
function handKey(): string {
  const runtime = createRuntime({ maxProcesses: 8, clock: () => 0, logger: () => {}, development: false });
  const pid = runtime.spawn(function* waits(self: Self<object>) {
    yield* self.receive();
  });
  runtime.run();
  const marker = {};
  runtime.send(pid, marker);
  const found = Object.entries(pid).find(([, value]) => value === marker);
  runtime.run();
  return found?.[0] ?? "";
}
