import type { Pid } from "../kernel.ts";
import { keyOf } from "./key.ts";
import type { Via } from "./name.ts";
import { type Acting, actorOf, pidOf } from "./operation.ts";
import { AlreadyRegisteredError, register, unregister, unregisterMatch, updateValue } from "./registration.ts";
import { dispatch } from "./registry-dispatch.ts";
import { count, countMatch, countSelect, keys, lookup, match, select, values } from "./registry-query.ts";
import { child, startLink } from "./registry-start.ts";
import { expected, tableOf } from "./registry-table.ts";

export { AlreadyRegisteredError } from "./registration.ts";
export type { RegistryOptions } from "./registry-start.ts";
export type { Registered } from "./registry-table.ts";

declare const entry: unique symbol;

/**
 * The name of a registry, which may say what its keys and values are: `const rooms: Registry<string, Room> = "rooms"`. any string will do
 * where nothing needs to be known of them.
 */
export type Registry<K = any, V = any> = string & { readonly [entry]?: (held: readonly [K, V]) => readonly [K, V] };

/** What was stored in a registry under a key of its metadata; undefined when nothing is. Source: Elixir's `Registry.meta/2`. */
function meta(registry: Registry, key: unknown, options?: Acting): unknown {
  return tableOf(registry, options).meta.get(keyOf(key, "Registry.meta"));
}

/** Stores metadata in a registry, until that ends. Source: Elixir's `Registry.put_meta/3`. */
function putMeta(registry: Registry, key: unknown, value: unknown, options?: Acting): void {
  tableOf(registry, options).meta.set(keyOf(key, "Registry.putMeta"), value);
}

/** Removes metadata of a registry. Source: Elixir's `Registry.delete_meta/2`. */
function deleteMeta(registry: Registry, key: unknown, options?: Acting): void {
  tableOf(registry, options).meta.delete(keyOf(key, "Registry.deleteMeta"));
}

/**
 * A name for a server: its process registers itself under a unique key, with a value (default undefined), and can be called, cast to and
 * supervised by that name. Source: Elixir's `{:via, Registry, {registry, key, value}}`.
 */
function via<K = any, V = any>(registry: Registry<K, V>, key: NoInfer<K>, value?: NoInfer<V>): Via {
  return ["via", Registry, value === undefined ? [registry, key] : [registry, key, value]];
}

function registerName(
  [registry, key, value]: readonly [registry: string, key: unknown, value?: unknown],
  pid: Pid<never>,
  options?: Acting,
): boolean {
  if (pid !== pidOf(actorOf(options))) throw expected("the calling process to be the one that is named", pid);
  try {
    register(registry, key, value, options);
    return true;
  } catch (error) {
    if (error instanceof AlreadyRegisteredError) return false;
    throw error;
  }
}

function whereisName(
  [registry, key]: readonly [registry: string, key: unknown, value?: unknown],
  options?: Acting,
): Pid<any> | undefined {
  const table = tableOf(registry, options);
  if (!table.isUnique) throw new TypeError("Registry.via is not supported for duplicate registries");
  return table.holder(keyOf(key, "Registry.via"))?.pair[0];
}

function unregisterName(
  [registry, key]: readonly [registry: string, key: unknown, value?: unknown],
  options?: Acting,
): void {
  unregister(registry, key, options);
}

/**
 * Finds processes by keys: a key-value store, local to its runtime, of which each entry belongs to a process and vanishes with that. Keys are
 * unique or not. To look up is a plain, synchronous read. All functions act for the calling process; the last argument may say for
 * which, `{ as }`. Source: Elixir's `Registry`.
 */
export const Registry = {
  startLink: startLink as typeof startLink,
  child: child as typeof child,
  register: register as typeof register,
  unregister: unregister as typeof unregister,
  unregisterMatch: unregisterMatch as typeof unregisterMatch,
  lookup: lookup as typeof lookup,
  dispatch: dispatch as typeof dispatch,
  match: match as typeof match,
  countMatch: countMatch as typeof countMatch,
  select: select as typeof select,
  countSelect: countSelect as typeof countSelect,
  count: count as typeof count,
  keys: keys as typeof keys,
  values: values as typeof values,
  updateValue: updateValue as typeof updateValue,
  meta: meta as typeof meta,
  putMeta: putMeta as typeof putMeta,
  deleteMeta: deleteMeta as typeof deleteMeta,
  via: via as typeof via,
  registerName: registerName as typeof registerName,
  unregisterName: unregisterName as typeof unregisterName,
  whereisName: whereisName as typeof whereisName,
};
