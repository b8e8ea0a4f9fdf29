import { type Actor, HOST, type Key } from "./cast.ts";
import type { Row } from "./rows.ts";

/** From the first to the last row that shows it. */
interface Span {
  first: number;
  last: number;
}

/** Which participant is drawn where. */
export interface Lanes {
  /** The lane of each that has one. A lane that death has freed is given to another. */
  readonly of: ReadonlyMap<Key, number>;
  readonly spans: ReadonlyMap<Key, Readonly<Span>>;
  /** How many there are, the one for others included. */
  readonly count: number;
  /** The last lane, when it stands for all that have none of their own. */
  readonly others: number | undefined;
  /** How many those are. */
  readonly left: number;
}

/** Gives lanes to as many of those asked for as `most` lanes can hold, to the first before others. */
export function lanesFor(
  rows: readonly Row[],
  cast: ReadonlyMap<Key, Actor>,
  byWeight: readonly Key[],
  most: number,
): Lanes {
  const spans = spansOf(rows, cast);
  const candidates = byWeight.filter((key) => spans.has(key));
  const all = place(candidates, spans, cast, most);
  const whole = all.size === candidates.length;
  const of = whole ? all : place(candidates, spans, cast, Math.max(1, most - 1));
  const own = Math.max(0, ...[...of.values()].map((lane) => lane + 1));
  const left = candidates.length - of.size;
  return { of, spans, count: whole ? own : own + 1, others: whole ? undefined : own, left };
}

/** Each process for as long as it is seen: until its end, or that of the chart. The host has no lane: its arrows come from outside. */
function spansOf(rows: readonly Row[], cast: ReadonlyMap<Key, Actor>): Map<Key, Span> {
  const spans = new Map<Key, Span>();
  for (const [index, { at, to }] of rows.entries()) {
    for (const key of to === undefined ? [at] : [at, to]) {
      if (key === HOST) continue;
      const span = spans.get(key);
      if (span === undefined) {
        const stays = cast.get(key)?.died === undefined;
        spans.set(key, { first: index, last: stays ? rows.length - 1 : index });
      } // What is sent to the dead does not keep their lanes.
      else if (key === at || cast.get(key)?.died === undefined) span.last = Math.max(span.last, index);
    }
  }
  return spans;
}

/** Takes one after the other into `count` lanes, and leaves out whoever finds none free; then lays them out in the order in which they come. */
function place(
  keys: readonly Key[],
  spans: ReadonlyMap<Key, Span>,
  cast: ReadonlyMap<Key, Actor>,
  count: number,
): Map<Key, number> {
  const taken: Key[] = [];
  for (const key of keys) {
    if (widest([...taken, key], spans) <= count) taken.push(key);
  }
  const chosen = new Set(taken);
  const inOrder = [...cast.keys()].filter((key) => chosen.has(key));
  const lanes = new Map<Key, number>();
  const free: number[] = [];
  for (const key of inOrder) {
    const span = spans.get(key);
    if (span === undefined) continue;
    let lane = 0;
    while ((free[lane] ?? 0) > span.first) lane++;
    free[lane] = span.last + 1;
    lanes.set(key, lane);
  }
  return lanes;
}

/** How many are there at once, at most. */
function widest(keys: readonly Key[], spans: ReadonlyMap<Key, Span>): number {
  const changes: [number, number][] = [];
  for (const key of keys) {
    const span = spans.get(key);
    if (span !== undefined) changes.push([span.first, 1], [span.last + 1, -1]);
  }
  changes.sort(([a, x], [b, y]) => a - b || x - y);
  let now = 0;
  let most = 0;
  for (const [, change] of changes) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
