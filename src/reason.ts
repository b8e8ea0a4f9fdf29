import { REASON_KILL, REASON_NORMAL, REASON_OTHER } from "../assembly/layout.ts";
import { ExitError } from "./errors.ts";
import { isError } from "./inspect.ts";

/** How the core knows a reason. */
export function codeOf(reason: unknown): number {
  return reason === "normal" ? REASON_NORMAL : reason === "kill" ? REASON_KILL : REASON_OTHER;
}

/** Whether `thrown` asks for an exit. Whatever may be thrown, asking does not throw. */
export function isExit(thrown: unknown): thrown is ExitError {
  try {
    return thrown instanceof ExitError;
  } catch {
    return false;
  }
}

/**
 * The exit reason of a body that threw `thrown`: an `ExitError` asks for its own reason, and is itself the reason when it tells which call
 * failed (Erlang's `{Reason, {M, F, Args}}`); an error is the reason; anything else becomes `["nocatch", thrown]`, as an uncaught `throw` does in Erlang.
 */
export function reasonOf(thrown: unknown): unknown {
  if (isExit(thrown) && thrown.call === undefined) return thrown.reason;
  return isError(thrown) ? thrown : ["nocatch", thrown];
}
