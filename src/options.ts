import { expectNumber, expectOptions, wrong } from "./expect.ts";
import type { RuntimeOptions } from "./types.ts";

const DEFAULT_LIMIT = 2 ** 20;
const HIGHEST_LIMIT = 10 ** 7;
/** Of what type options are that may be left out. */
const TYPES = { node: "string", logger: "function", clock: "function", onMainExit: "function", development: "boolean" };
const MESSAGE_MODES: readonly unknown[] = ["share", "freeze", "clone"];

/** Throws when an option is none. The limit of processes. */
export function checkOptions(options: RuntimeOptions): number {
  expectOptions(options, "createRuntime");
  for (const [name, type] of Object.entries(TYPES)) {
    const value: unknown = options[name as keyof typeof TYPES];
    // The empty string names no node.
    if (value !== undefined && (typeof value !== type || value === ""))
      throw wrong("createRuntime", `a ${type} as ${name}`, value);
  }
  const { maxProcesses = DEFAULT_LIMIT, messages } = options;
  if (messages !== undefined && !MESSAGE_MODES.includes(messages))
    throw wrong("createRuntime", `${MESSAGE_MODES.join(", ")} as messages`, messages);
  expectNumber(maxProcesses, HIGHEST_LIMIT, "createRuntime", "maxProcesses");
  // The main process takes a slot of its own.
  return maxProcesses + 1;
}

/** ms since now, by the host's clock or the program's own. */
export function clockOf(clock: (() => number) | undefined): () => number {
  if (clock === undefined) {
    const epoch = performance.now();
    return () => performance.now() - epoch;
  }
  const read = () => {
    const time = clock();
    if (!Number.isFinite(time)) throw wrong("clock", "a time in ms", time);
    return time;
  };
  const epoch = read();
  return () => read() - epoch;
}
