import { expectBoolean, expectNumber, expectOptions, wrong } from "./expect.ts";
import type { RuntimeOptions } from "./types.ts";

const DEFAULT_LIMIT = 2 ** 20;
const HIGHEST_LIMIT = 10 ** 7;
const MESSAGE_MODES: readonly unknown[] = ["share", "freeze", "clone"];

/** Throws when an option is none. The limit of processes. */
export function checkOptions(options: RuntimeOptions): number {
  expectOptions(options, "createRuntime");
  const { node, maxProcesses = DEFAULT_LIMIT, messages } = options;
  if (node !== undefined && (typeof node !== "string" || node === ""))
    throw wrong("createRuntime", "a string as node", node);
  for (const name of ["logger", "clock", "onMainExit"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "function")
      throw wrong("createRuntime", `a function as ${name}`, value);
  }
  expectBoolean(options.development, "createRuntime", "development");
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
