import type { Op } from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { type Acting, type Actor, actorOf, ownOperation } from "./operation.ts";
import { take } from "./take.ts";
import { checkTimeout } from "./timeout.ts";

/**
 * Unlinks a process and ends it with `reason`, kills it after `ms`, and gives its DOWN message. Who acts hears of it by that alone.
 */
export function* endProcess(
  actor: Actor,
  pid: AnyPid,
  reason: unknown,
  ms: number,
): Generator<Op<unknown>, readonly any[], any> {
  const monitor = actor.monitor(pid);
  const isDown = (each: any) => each[0] === "DOWN" && each[1] === monitor;
  actor.unlink(pid);
  actor.exit(pid, reason);
  const down: readonly any[] | undefined = yield take(actor, isDown, ms);
  if (down !== undefined) return down;
  actor.exit(pid, "kill");
  return yield take(actor, isDown, Number.POSITIVE_INFINITY);
}

/** A process that ends where the block does that `await using` it. */
export interface DisposableProcess<P extends AnyPid = AnyPid> extends AsyncDisposable {
  readonly pid: P;
}

/** How a process is ended. */
export interface DisposeOptions extends Acting {
  /** Default `"shutdown"`. */
  readonly reason?: unknown;
  /** ms that it may take; then it is killed. Default Infinity. */
  readonly timeout?: number | "infinity";
}

/**
 * Has a block end a process: a supervisor and its tree, a server, or any other.
 *
 * ``await using tree = disposable(await Supervisor.startLink(children, options));``
 *
 * Where the block ends, by whatever way, the process is unlinked from who acts, gets an exit signal, and is waited for.
 */
export function disposable<P extends AnyPid>(pid: P, options: DisposeOptions = {}): DisposableProcess<P> {
  const { reason = "shutdown" } = options;
  const timeout = checkTimeout(options.timeout ?? Number.POSITIVE_INFINITY, "disposable");
  const actor = actorOf(options);
  return {
    pid,
    async [Symbol.asyncDispose]() {
      await ownOperation(() => endProcess(actor, pid, reason, timeout));
    },
  };
}
