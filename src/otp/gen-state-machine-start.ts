import { inspect, type Op } from "../kernel.ts";
import { callbacksOf } from "./gen-state-machine-engine.ts";
import { serve } from "./gen-state-machine-process.ts";
import type { Machinery } from "./gen-state-machine-result.ts";
import { type How, start } from "./proc-lib.ts";
import type { ServerOptions } from "./server-start.ts";

export function startMachine(
  how: How,
  machinery: Machinery,
  args: readonly unknown[],
  options: ServerOptions = {},
): Op<any> {
  const isObject = typeof machinery === "object" && machinery !== null;
  const callbacks = isObject ? callbacksOf(machinery) : undefined;
  const what = `${callbacks?.name ?? "GenStateMachine"}.${how}`;
  if (typeof callbacks?.init !== "function" || (!callbacks.states && !callbacks.handleEvent)) {
    throw new TypeError(`${what}: expected callbacks with init, and states or handleEvent, got ${inspect(machinery)}`);
  }
  return start(how, what, serve, [callbacks, args, options.debug ?? []], options);
}
