import type { RunEvent } from "../event.ts";
import { type Actor, type Key, participants } from "./cast.ts";
import type { Lanes } from "./lanes.ts";
import type { Row } from "./rows.ts";

/** The pids that a text mentions, as they print. */
function mentioned(text: string, cast: ReadonlyMap<Key, Actor>): Key[] {
  return (text.match(/#PID<[\d.]+>/g) ?? []).filter((pid) => cast.has(pid));
}

/** Those whom the end of a run is about: who failed, and whom the failure names. */
export function failing(events: readonly RunEvent[], cast: ReadonlyMap<Key, Actor>): Key[] {
  const found = new Set<Key>();
  for (const event of events) {
    if (event.kind !== "failure") continue;
    if (event.pid !== undefined) found.add(event.pid);
    for (const key of mentioned(event.text, cast)) found.add(key);
  }
  return [...found];
}

/**
 * All participants, those that matter most first: the ones in focus, then whoever dealt with them last before the end, and so on outwards; at last by how much
 * they did.
 */
export function byWeight(focus: readonly Key[], events: readonly RunEvent[], cast: ReadonlyMap<Key, Actor>): Key[] {
  const partners = partnersOf(events);
  const order = new Set<Key>(focus);
  // A process put in while the loop runs is looked at in its turn.
  for (const key of order) {
    for (const partner of partners.get(key) ?? []) order.add(partner);
  }
  const deeds = new Map<Key, number>();
  for (const event of events) {
    for (const key of participants(event)) deeds.set(key, (deeds.get(key) ?? 0) + 1);
  }
  const rest = [...cast.keys()].filter((key) => !order.has(key));
  rest.sort((a, b) => (deeds.get(b) ?? 0) - (deeds.get(a) ?? 0));
  return [...order, ...rest];
}

/** With whom each has dealt, the last first. */
function partnersOf(events: readonly RunEvent[]): Map<Key, Set<Key>> {
  const partners = new Map<Key, Set<Key>>();
  const add = (key: Key, partner: Key) => {
    const known = partners.get(key);
    if (known === undefined) partners.set(key, new Set([partner]));
    else known.add(partner);
  };
  for (const event of [...events].reverse()) {
    const [a, b] = participants(event);
    if (a === undefined || b === undefined || a === b) continue;
    add(a, b);
    add(b, a);
  }
  return partners;
}

/** The keys that pids, registered names and bodies stand for. */
export function named(
  caller: string,
  names: readonly string[],
  events: readonly RunEvent[],
  cast: ReadonlyMap<Key, Actor>,
): Key[] {
  return names.flatMap((name) => {
    const keys = [...cast.values()]
      .filter(({ key, label, body }) => [key, label, body].includes(name))
      .map(({ key }) => key);
    for (const event of events) if (event.kind === "register" && event.name === name) keys.push(event.pid);
    if (keys.length === 0) {
      throw new TypeError(
        `${caller}: expected pids and names of the run's processes as focus, got ${JSON.stringify(name)}`,
      );
    }
    return keys;
  });
}

/** Those in focus, and with whom they deal. */
export function partnersIn(rows: readonly Row[], focus: readonly Key[]): Set<Key> {
  const chosen = new Set(focus);
  const found = new Set(focus);
  for (const { at, to } of rows) {
    if (to === undefined || !(chosen.has(at) || chosen.has(to))) continue;
    found.add(at);
    found.add(to);
  }
  return found;
}

/** Whether a row is about someone in view; with a focus, about someone in focus. */
export function keep(focus: readonly Key[], lanes: Lanes): (row: Row) => boolean {
  const sees = focus.length > 0 ? (key: Key) => focus.includes(key) : (key: Key) => lanes.of.has(key);
  return ({ at, to, kind }) => sees(at) || (to !== undefined && sees(to)) || kind === "report";
}

/** A row, or how many of them were left out in its place. */
export type Shown = { readonly row: Row; readonly index: number } | { readonly elided: number; readonly index: number };

/** Slices without anything in them are left out where there are more than this one after another. */
const IDLE_RUNS = 2;

/** Leaves out rows that tell nothing of those in view, and then those in the middle if there are more than `most`. */
export function shown(rows: readonly Row[], keep: (row: Row) => boolean, most: number): Shown[] {
  const kept = rows.map(keep);
  for (const [first, last] of idleStretches(rows)) if (last - first >= IDLE_RUNS) kept.fill(false, first, last + 1);
  const indexes = [...rows.keys()].filter((index) => kept[index]);
  if (indexes.length > most) {
    // How it began, and above all how it ended.
    const head = Math.floor(most / 4);
    for (const index of indexes.slice(head, indexes.length - (most - head))) kept[index] = false;
  }
  const result: Shown[] = [];
  for (const [index, row] of rows.entries()) {
    const last = result.at(-1);
    // In the place of one that is left out it stands as well itself.
    const alone = kept[index - 1] !== false && kept[index + 1] !== false;
    if (kept[index] || alone) result.push({ row, index });
    else if (last !== undefined && "elided" in last) result[result.length - 1] = { elided: last.elided + 1, index };
    else result.push({ elided: 1, index });
  }
  return result;
}

function* idleStretches(rows: readonly Row[]): Generator<[first: number, last: number]> {
  for (let first = 0; first < rows.length; first++) {
    if (rows[first]?.kind !== "run") continue;
    let last = first;
    while (rows[last + 1]?.kind === "run") last++;
    yield [first, last];
    first = last;
  }
}
