import { inspect, type Op } from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { type How, type StartOptions, start } from "./proc-lib.ts";
import { type DebugOption, serve } from "./server-process.ts";

/** Options of a server's start. */
export interface ServerOptions extends StartOptions {
  /** What watches it from the start: see `sys`. */
  readonly debug?: readonly DebugOption[];
  /** Accepted, and does nothing: there is no heap of its own to shrink. */
  readonly hibernateAfter?: number;
}

const NONE: readonly DebugOption[] = [];

let lastHow: How | undefined;
let lastName: string | undefined;
let last = "";

/** How a start is called. Every server keeps that: those that are started in a row keep one string. */
function nameOf(how: How, name: string): string {
  if (how !== lastHow || name !== lastName) {
    lastHow = how;
    lastName = name;
    last = `${name}.${how}`;
  }
  return last;
}

/** What runs the callbacks, and how it is called in reports. For behaviours that are servers themselves. */
export function startServer(
  how: How,
  callbacks: Callbacks,
  args: readonly unknown[],
  options: ServerOptions = {},
  kind = "GenServer",
): Op<any> {
  const what = nameOf(how, callbacks.name ?? kind);
  if (typeof callbacks?.init !== "function")
    throw new TypeError(`${what}: expected callbacks with init, got ${inspect(callbacks)}`);
  return start(how, what, serve, [callbacks, args, kind, options.debug ?? NONE], options);
}
