import { type Op, on, P, type Pid, type Self } from "../kernel.ts";
import { keyOf } from "./key.ts";
import { type Acting, actorOf, operation, pidOf, type Steps, settle } from "./operation.ts";
import type { Registry } from "./registry.ts";
import { expected, type Registered, tableOf } from "./registry-table.ts";

/** A process that does a part of a dispatch. */
interface Helper {
  readonly pid: Pid<unknown>;
  failed?: { readonly error: unknown };
}

/**
 * Calls `dispatcher` with the entries under a key, `[pid, value]` each: at once, in the calling process, and for each partition
 * that has any. With `parallel: true` and more than one partition, each call is made by a process of its own that is linked to this one;
 * the operation waits for them. Otherwise there is nothing to wait for.
 *
 * *Throws* what the dispatcher throws; `NameError` for an unknown registry.
 * Source: Elixir's `Registry.dispatch/4`.
 */
export function dispatch<K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  dispatcher: (entries: Registered<V>[]) => unknown,
  options?: Acting & { readonly parallel?: false },
): void;
export function dispatch<K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  dispatcher: (entries: Registered<V>[]) => unknown,
  options: Acting & { readonly parallel: boolean },
): Op<void>;
export function dispatch(
  registry: Registry,
  key: unknown,
  dispatcher: (entries: Registered<any>[]) => unknown,
  options: Acting & { readonly parallel?: boolean } = {},
): Op<void> {
  if (typeof dispatcher !== "function") throw expected("a function as dispatcher", dispatcher);
  const table = tableOf(registry, options);
  const id = keyOf(key, "Registry.dispatch");
  const parallel = options.parallel === true && !table.isUnique && table.partitions.length > 1;
  const helpers: Helper[] = [];
  for (const part of table.isUnique ? [undefined] : table.partitions) {
    const pairs = part === undefined ? table.pairs(id) : table.pairsIn(part, id);
    if (pairs.length === 0) continue;
    if (parallel) helpers.push(helping(options, () => dispatcher(pairs)));
    else dispatcher(pairs);
  }
  return operation(options.as, (self) => waitFor(self, helpers));
}

/** Has a linked process do a part of the work. */
function helping(options: Acting, work: () => unknown): Helper {
  const actor = actorOf(options);
  const parent = pidOf(actor);
  const pid = actor.spawnLink(function* (self: Self<unknown>): Steps<void> {
    try {
      yield* settle(work(), self);
    } catch (error) {
      helper.failed = { error };
      throw error;
    }
    // Its end is no news to a parent that traps exits.
    self.unlink(parent);
  });
  const helper: Helper = { pid };
  return helper;
}

function* waitFor(self: Self<unknown>, helpers: readonly Helper[]): Steps<void> {
  for (const { pid } of helpers) {
    const ref = self.monitor(pid);
    yield* self.receive(on(["DOWN", ref, P._, P._, P._], () => undefined));
  }
  for (const { failed } of helpers) if (failed !== undefined) throw failed.error;
}
