import { type Clause, type Matched, on, P, type Pid, type Shape } from "../kernel.ts";
import { keyOf } from "./key.ts";
import type { Acting } from "./operation.ts";
import type { Registry } from "./registry.ts";
import { expected, type Registered, tableOf } from "./registry-table.ts";

/**
 * Who is registered under a key: `[pid, value]` of each living process, in no particular order. An empty array if nobody is.
 *
 * *Throws* `NameError` for an unknown registry.
 * Source: Elixir's `Registry.lookup/2`.
 */
export function lookup<K = any, V = any>(registry: Registry<K, V>, key: NoInfer<K>, options?: Acting): Registered<V>[] {
  const table = tableOf(registry, options);
  const id = keyOf(key, "Registry.lookup");
  if (!table.isUnique) return table.pairs(id) as Registered<V>[];
  const holder = table.holder(id);
  return holder === undefined ? [] : [holder.pair as Registered<V>];
}

/**
 * How many keys are registered, each as often as it is. In constant time, so keys of processes that have just died may count.
 *
 * Source: Elixir's `Registry.count/1`.
 */
export function count(registry: Registry, options?: Acting): number {
  return tableOf(registry, options).size;
}

/** The keys of a process, each as often as it has registered it; none when it is dead. Source: Elixir's `Registry.keys/2`. */
export function keys<K = any>(registry: Registry<K>, pid: Pid<never>, options?: Acting): K[] {
  return tableOf(registry, options)
    .of(pid)
    .map(({ key }) => key as K);
}

/** The values that a process has registered under a key. Source: Elixir's `Registry.values/3`. */
export function values<K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  pid: Pid<never>,
  options?: Acting,
): V[] {
  return tableOf(registry, options)
    .ofKey(pid, keyOf(key, "Registry.values"))
    .map(({ pair }) => pair[1] as V);
}

/** Whether the value of a registration matches a pattern and a guard. */
export function matcher(
  pattern: Shape,
  guard: ((value: never) => boolean) | undefined,
): (pair: Registered<unknown>) => boolean {
  const clause = on(guard === undefined ? pattern : P.when(pattern, guard as () => boolean), () => undefined);
  return (pair) => clause.matches(pair[1]);
}

function matching(
  registry: Registry,
  key: unknown,
  pattern: Shape,
  guard: ((value: never) => boolean) | undefined,
  options: Acting | undefined,
): Registered<unknown>[] {
  return tableOf(registry, options).pairs(keyOf(key, "Registry.match")).filter(matcher(pattern, guard));
}

/**
 * Who is registered under a key with a value that matches a pattern of the kernel, and then the guard: `[pid, value]` of each.
 *
 * *Throws* `NameError` for an unknown registry.
 * Source: Elixir's `Registry.match/4`.
 */
export function match<const Q extends Shape, K = any, V = any>(
  registry: Registry<K, V>,
  key: NoInfer<K>,
  pattern: Q,
  guard?: (value: Matched<Q>) => boolean,
  options?: Acting,
): Registered<V>[] {
  return matching(registry, key, pattern, guard, options) as Registered<V>[];
}

/** How many entries `match` would give. Source: Elixir's `Registry.count_match/4`. */
export function countMatch<const Q extends Shape, K = any>(
  registry: Registry<K>,
  key: NoInfer<K>,
  pattern: Q,
  guard?: (value: Matched<Q>) => boolean,
  options?: Acting,
): number {
  return matching(registry, key, pattern, guard, options).length;
}

/** The clause that takes an entry, or undefined, for each entry; and what it is called with. */
function* selected(
  registry: string,
  clauses: readonly Clause<unknown>[],
  options: Acting | undefined,
): Generator<[Clause<unknown>, unknown]> {
  if (!Array.isArray(clauses) || clauses.some(({ after, matches }) => after !== undefined || !matches)) {
    throw expected("an array of clauses made by on([key, pid, value], …)", clauses);
  }
  for (const { key, pair } of tableOf(registry, options).all()) {
    const row = [key, ...pair];
    const clause = clauses.find((candidate) => candidate.matches(row));
    if (clause !== undefined) yield [clause, row];
  }
}

/**
 * What the clauses make of the entries: each clause is `on([key, pid, value], …)`, and the first that matches an entry gives its result.
 *
 * *Throws* `TypeError` for what is no array of clauses; `NameError` for an unknown registry.
 * Source: Elixir's `Registry.select/2`.
 *
 * @example
 * Registry.select(rooms, [on([P.string, P._, P._], ([name]) => name)]); // all keys
 */
export function select<C extends Clause<any, any>>(
  registry: Registry,
  clauses: readonly C[],
  options?: Acting,
): (C extends Clause<infer T, infer _X> ? T : never)[] {
  return Array.from(selected(registry, clauses, options), ([clause, row]) => clause.then(row)) as never;
}

/** How many entries `select` would give; the clauses are not run. Source: Elixir's `Registry.count_select/2`. */
export function countSelect(registry: Registry, clauses: readonly Clause<unknown>[], options?: Acting): number {
  return [...selected(registry, clauses, options)].length;
}
