import { ExitError, formatException, inspect, type Op, type Pid, type Report, type Self } from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { type Acting, type Actor, actorOf, ownOperation, pidOf, runtimeOf } from "./operation.ts";

/** What a resource is closed by, unless somebody says how. */
const CLOSERS: readonly PropertyKey[] = ["close", "destroy", "terminate", "cancel", "abort", "kill", "return"];

/** ms that closing one resource may take before the next one is closed. */
const PATIENCE = 5000;

interface Owned {
  readonly resource: unknown;
  readonly close: () => unknown;
}

/** The resources of processes, those that were opened last at the end. */
const owned: WeakMap<AnyPid, Owned[]> = /* @__PURE__ */ new WeakMap();

/** A resource of a process that has ended could not be closed. */
export class ResourceReport implements Report {
  readonly level = "error";
  readonly kind = "event";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  /** What closing it threw, or was rejected with. */
  readonly reason: unknown;
  readonly resource: unknown;

  constructor(pid: Pid<never>, resource: unknown, reason: unknown) {
    this.pid = pid;
    this.reason = reason;
    this.resource = resource;
  }

  get text(): string {
    return `Process ${this.pid} has ended, and a resource of it could not be closed\n${formatException(this.reason)}\nResource: ${inspect(this.resource)}`;
  }
}

/** What a process is aborted by; the main process has a `self` as well, though the runtime stands for it. */
function signalOf(actor: Actor): AbortSignal {
  return ((actor as Self).signal ?? (pidOf(actor) as unknown as Self).signal) as AbortSignal;
}

function closerOf(resource: unknown, close: unknown): () => unknown {
  if (typeof close === "function") return () => close(resource);
  if (close !== undefined) throw new TypeError(`Resource.own: expected a function as close, got ${inspect(close)}`);
  if (typeof resource === "function") return () => resource();
  const held = Object(resource) as Record<PropertyKey, unknown>;
  for (const name of [Symbol.asyncDispose, Symbol.dispose, ...CLOSERS]) {
    // Some hosts know no Symbol.dispose.
    const method = name === undefined ? undefined : held[name];
    if (typeof method === "function" && Object(resource) === resource) return () => method.call(resource);
  }
  throw new TypeError(
    `Resource.own: expected something with Symbol.asyncDispose, Symbol.dispose, ${CLOSERS.slice(0, -1).join(", ")} or return, or a function that closes it, got ${inspect(resource)}`,
  );
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === "function";

/** Closes what a process has left, in reverse order. One that fails, or takes too long, is reported, and keeps no other open. */
async function closeAll(actor: Actor, pid: AnyPid, left: Owned[]): Promise<void> {
  const runtime = runtimeOf(actor);
  for (let each = left.pop(); each !== undefined; each = left.pop()) {
    try {
      const closing = each.close();
      // What is closed at once, is so before anybody else runs.
      if (isThenable(closing)) await inTime(closing);
    } catch (error) {
      runtime.log(new ResourceReport(pid, each.resource, error));
    }
  }
}

function inTime(closing: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`it was not closed within ${PATIENCE} ms`));
    const timer: unknown = setTimeout(late, PATIENCE);
    // It is not to keep a program alive.
    (timer as { unref?(): void }).unref?.();
    Promise.resolve(closing)
      .finally(() => clearTimeout(timer as number))
      .then(resolve, reject);
  });
}

/** What a process owns. */
function estateOf(actor: Actor, signal: AbortSignal): Owned[] {
  const pid = pidOf(actor);
  let estate = owned.get(pid);
  if (estate === undefined) {
    const left: Owned[] = [];
    estate = left;
    owned.set(pid, left);
    signal.addEventListener("abort", () => void closeAll(actor, pid, left), { once: true });
  }
  return estate;
}

function take(resource: unknown, options: Acting | undefined): Owned | undefined {
  const estate = owned.get(pidOf(actorOf(options)));
  const index = estate?.findLastIndex((each) => each.resource === resource) ?? -1;
  return index < 0 ? undefined : estate?.splice(index, 1)[0];
}

/**
 * Ties resources of the host to processes: sockets, streams, timers, workers, subscriptions, whatever can be closed.
 *
 * When the process ends, however it ends, they are closed: in reverse order of opening, each when the one before is closed, after the `finally`
 * blocks of its body. What closing one throws, or is rejected with, is reported (`ResourceReport`), and the others are closed all the same. One that
 * takes more than 5000 ms is reported as well.
 */
export const Resource = {
  /**
   * Ties a resource to the process, and returns it. It is closed by `close`, which gets it and may give a promise; or else by its own
   * `Symbol.asyncDispose`, `Symbol.dispose`, `close`, `destroy`, `terminate`, `cancel`, `abort`, `kill` or `return`; and a function is called.
   *
   * *Throws* `TypeError` for what can't be closed; `ExitError` when the process has ended: then it has been closed.
   */
  own<R>(resource: R, close?: (resource: R) => unknown, options?: Acting): R {
    const each: Owned = { resource, close: closerOf(resource, close) };
    const actor = actorOf(options);
    const signal = signalOf(actor);
    if (signal.aborted) {
      void closeAll(actor, pidOf(actor), [each]);
      throw new ExitError((signal.reason as ExitError).reason);
    }
    estateOf(actor, signal).push(each);
    return resource;
  },

  /** Closes a resource of the process now, and waits for that; false when it has none such. *Throws* what closing it throws. */
  close(resource: unknown, options?: Acting): Op<boolean> {
    return ownOperation(function* () {
      const found = take(resource, options);
      if (found === undefined) return false;
      const closing = found.close();
      if (isThenable(closing)) yield actorOf(options).until(closing);
      return true;
    });
  },

  /** Unties a resource from the process, which leaves it open; false when it has none such. */
  disown(resource: unknown, options?: Acting): boolean {
    return take(resource, options) !== undefined;
  },

  /** What the process owns, in the order in which it was opened. */
  list(options?: Acting): unknown[] {
    return (owned.get(pidOf(actorOf(options))) ?? []).map(({ resource }) => resource);
  },

  /** Aborted when the process ends: ``fetch(url, { signal: Resource.signal() })``. It is `self.signal`, where there is no `self`. */
  signal(options?: Acting): AbortSignal {
    return signalOf(actorOf(options));
  },
} as const;
