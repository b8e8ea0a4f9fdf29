import { inspect, type Matched, type Pid, type Shape } from "../kernel.ts";
import { keyOf } from "./key.ts";
import { type Acting, actorOf, pidOf } from "./operation.ts";
import type { Registry } from "./registry.ts";
import { matcher } from "./registry-query.ts";
import { Entry, type Table, tableOf } from "./registry-table.ts";

/** A unique key is another living process's, or the caller's own. Elixir's `{:error, {:already_registered, pid}}`. */
export class AlreadyRegisteredError extends Error {
  declare readonly name: "AlreadyRegisteredError";
  readonly registry: string;
  readonly key: unknown;
  /** Whose it is. */
  readonly pid: Pid<any>;

  constructor(registry: string, key: unknown, pid: Pid<any>) {
    super(`the key ${inspect(key)} of the registry ${inspect(registry)} is registered by ${pid}`);
    Object.defineProperty(this, "name", { value: "AlreadyRegisteredError", configurable: true, writable: true });
    this.registry = registry;
    this.key = key;
    this.pid = pid;
  }

  /** Elixir's reason. */
  get reason(): readonly ["already_registered", pid: Pid<any>] {
    return ["already_registered", this.pid];
  }
}

/**
 * Registers the calling process under a key, with a value, and links it to its partition, whose pid it gives. The entry vanishes with the
 * process; should the partition crash, the process gets an exit signal.
 *
 * *Throws* `AlreadyRegisteredError` when the key is unique and a living process has it; `NameError` for an unknown registry; `TypeError`
 * for what can't be a key: `undefined`, `NaN`, plain objects; `NoProcessError` while the partition is being restarted.
 * Source: Elixir's `Registry.register/3`.
 */
export function register<K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  value: NoInfer<V>,
  options?: Acting,
): Pid<any> {
  const actor = actorOf(options);
  const table = tableOf(registry, options);
  const id = keyOf(key, "Registry.register");
  const pid = pidOf(actor);
  const { owner } = table.livingPartitionOf(pid);
  actor.link(owner);
  const holder = table.isUnique ? table.holder(id) : undefined;
  if (holder !== undefined) {
    if (table.of(pid).length === 0) actor.unlink(owner);
    throw new AlreadyRegisteredError(registry, key, holder.pair[0]);
  }
  table.add(pid, new Entry(key, id, [pid, value]));
  table.tell(["register", registry, key, pid, value]);
  return owner;
}

/** Removes entries of the calling process, and its link when it has none left. */
function withdraw(table: Table, entries: readonly Entry[], options: Acting | undefined): void {
  const actor = actorOf(options);
  const pid = pidOf(actor);
  const { owner } = table.partitionOf(pid);
  table.remove(pid, entries);
  if (table.of(pid).length === 0) actor.unlink(owner);
}

/**
 * Removes all entries of the calling process under a key, and its link when it has no others. The listeners are told in any case.
 *
 * *Throws* `NameError` for an unknown registry.
 * Source: Elixir's `Registry.unregister/2`.
 */
export function unregister<K = any>(registry: Registry<K>, key: NoInfer<K>, options?: Acting): void {
  const table = tableOf(registry, options);
  const pid = pidOf(actorOf(options));
  withdraw(table, table.ofKey(pid, keyOf(key, "Registry.unregister")), options);
  table.tell(["unregister", registry, key, pid]);
}

/**
 * Removes the entries of the calling process under a key whose values match, as `Registry.match` does. The listeners are told when none
 * is left under the key.
 *
 * *Throws* `NameError` for an unknown registry.
 * Source: Elixir's `Registry.unregister_match/4`.
 */
export function unregisterMatch<const Q extends Shape, K = any>(
  registry: Registry<K>,
  key: NoInfer<K>,
  pattern: Q,
  guard?: (value: Matched<Q>) => boolean,
  options?: Acting,
): void {
  const table = tableOf(registry, options);
  const pid = pidOf(actorOf(options));
  const all = table.ofKey(pid, keyOf(key, "Registry.unregisterMatch"));
  const matches = matcher(pattern, guard);
  const found = all.filter(({ pair }) => matches(pair));
  if (found.length === 0 && all.length > 0) return;
  withdraw(table, found, options);
  if (found.length === all.length) table.tell(["unregister", registry, key, pid]);
}

/**
 * Puts what `update` makes of the calling process's value under a unique key in its place: `[new, old]`, or undefined when the key
 * is not its own.
 *
 * *Throws* what `update` throws; `TypeError` when the keys are not unique; `NameError` for an unknown registry.
 * Source: Elixir's `Registry.update_value/3`.
 */
export function updateValue<K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  update: (value: V) => NoInfer<V>,
  options?: Acting,
): [value: V, old: V] | undefined {
  const table = tableOf(registry, options);
  if (!table.isUnique) throw new TypeError("Registry.updateValue is not supported for duplicate registries");
  const held = table.holder(keyOf(key, "Registry.updateValue"));
  const pid = pidOf(actorOf(options));
  if (held?.pair[0] !== pid) return undefined;
  const old = held.pair[1] as V;
  const value = update(old);
  held.pair = [pid, value];
  return [value, old];
}
