import { ExitError, on, P, type Self } from "../kernel.ts";
import type { ApplicationSpec } from "./application-spec.ts";
import { isPid } from "./name.ts";
import { isWaiting, type Steps, settle } from "./operation.ts";

/** What it is told by its master. */
export interface Mastered {
  readonly spec: ApplicationSpec;
  /** Its tree stands. */
  started(top: unknown): void;
  /** It did not start. */
  failed(reason: unknown): void;
  /** Its tree has ended, on its own or because it was told to stop. */
  ended(reason: unknown): void;
}

export const STOP = "stop application";

/**
 * The process that starts an application's top supervisor, is its parent, and ends it. Source: OTP's `application_master`.
 *
 * It traps exits only once the tree stands: until then whoever ends it ends the start.
 */
export function* master(self: Self<any>, application: Mastered): Steps<void> {
  const { name, args = [], start, prepStop, stop } = application.spec;
  self.put("$initial_call", "Application.master");
  const call = [name, "start", ["normal", args]];
  let given: unknown;
  try {
    given = start?.("normal", args);
    if (isWaiting(given)) given = yield* settle(given, self);
  } catch (error) {
    const isRefused = error instanceof ExitError && error.call === undefined;
    return application.failed(isRefused ? [error.reason, call] : ["bad_return", [call, ["EXIT", error]]]);
  }
  let [top, state] = (Array.isArray(given) && given.length === 2 ? given : [given, undefined]) as [unknown, unknown];
  if (start !== undefined && !isPid(top)) return application.failed(["bad_return", [call, given]]);

  self.trapExit = true;
  // One that has ended meanwhile is heard of.
  if (isPid(top)) self.link(top);
  application.started(top);
  const told = (): unknown => STOP;
  let reason: unknown = yield* isPid(top)
    ? self.receive(
        on(STOP, told),
        on(["EXIT", top, P._], (message): unknown => message[2]),
      )
    : self.receive(on(STOP, told));
  if (reason === STOP) {
    reason = "stopped";
    if (prepStop !== undefined) state = yield* attempt(self, () => prepStop(state), state);
    if (isPid(top)) {
      self.exit(top, "shutdown");
      yield* self.receive(on(["EXIT", top, P._], () => undefined));
    }
  }
  if (stop !== undefined) yield* attempt(self, () => stop(state), undefined);
  application.ended(reason);
}

/** What a callback gives, or `instead` when it throws: it must not keep the others from being stopped. */
function* attempt(self: Self<any>, callback: () => unknown, instead: unknown): Steps<unknown> {
  try {
    return yield* settle(callback(), self);
  } catch {
    return instead;
  }
}
