import { inspect } from "../kernel.ts";
import { REDUCTIONS_WORD } from "./core-memory.ts";
import { detailOf } from "./detail.ts";
import { KeySearch } from "./keys.ts";
import { namePage, timerPage } from "./lists.ts";
import { neighbourhood } from "./neighbourhood.ts";
import type { Observation } from "./observation.ts";
import { processOf } from "./people.ts";
import type { ProcessPage, ProcessQuery, Topic, Topics, TreeQuery } from "./protocol.ts";
import { Search } from "./search.ts";
import { forest } from "./trees.ts";

/** What a subscription gets its data from. */
export interface Feed {
  /** ms between two looks. */
  readonly every: number;
  /** What is new; undefined: nothing. */
  next(now: number): unknown;
  readonly isSearching?: boolean;
  close?(): void;
}

type Openers = { readonly [T in Topic]: (observation: Observation, query: Topics[T]["query"]) => Feed };

const OPENERS: Openers = {
  overview(observation) {
    let sent = 0;
    let hasBegun = false;
    return {
      every: 0,
      next: () => {
        const { samples } = observation.history;
        const last = samples[samples.length - 1]?.at ?? 0;
        const isFirst = !hasBegun;
        hasBegun = true;
        const fresh = isFirst ? [...samples] : samples.filter(({ at }) => at > sent);
        sent = last;
        return fresh.length === 0 && !isFirst ? undefined : { samples: fresh, reset: isFirst };
      },
    };
  },

  processes(observation, query) {
    const { machine, memory, scan } = observation;
    const search = new Search(machine, memory, scan, query as ProcessQuery);
    scan.add(search);
    let shown: ProcessPage | undefined;
    return {
      every: 400,
      get isSearching() {
        return search.page === undefined;
      },
      next: () => {
        const { page } = search;
        // Until the first pass is over, what it has found so far.
        if (page === undefined) return search.hasBegun ? search.found(scan.progress) : undefined;
        if (page === shown) return undefined;
        shown = page;
        return page;
      },
      close: () => scan.remove(search),
    };
  },

  process(observation, { pid, messages }) {
    let before: { readonly at: number; readonly reductions: number } | undefined;
    return {
      every: 500,
      next: (now) => {
        const process = processOf(observation.machine, pid);
        if (process === undefined) return { alive: false, pid: String(pid) };
        const reductions = observation.memory.word(process.slot, REDUCTIONS_WORD) >>> 0;
        const rate =
          before === undefined ? 0 : ((reductions - before.reductions) * 1000) / Math.max(1, now - before.at);
        before = { at: now, reductions };
        return detailOf(observation, process, rate, whole(messages, "messages"));
      },
    };
  },

  trees(observation, query) {
    return { every: 500, next: () => forest(observation, query as TreeQuery) };
  },

  neighbourhood(observation, { pid, distance, limit }) {
    return {
      every: 1000,
      next: () => {
        const process = processOf(observation.machine, pid);
        if (process === undefined) return { alive: false, pid: String(pid) };
        return neighbourhood(observation, process, whole(distance, "distance"), whole(limit, "limit"));
      },
    };
  },

  names(observation, { text = "", registry, offset, limit }) {
    const wanted = String(text);
    const from = whole(offset, "offset") ?? 0;
    const most = whole(limit, "limit") ?? 100;
    if (registry === undefined) return { every: 1000, next: () => namePage(observation, wanted, from, most) };
    const search = new KeySearch(observation, String(registry), wanted, from, most);
    return { every: 0, next: (now) => search.step(now) };
  },

  timers(observation, { limit }) {
    return { every: 500, next: () => timerPage(observation, whole(limit, "limit") ?? 100) };
  },

  trace(observation, { last = 1000 }) {
    const { trace } = observation;
    let sent = 0;
    let starts = -1;
    let shown = "";
    return {
      every: 0,
      next: () => {
        const isNew = trace.starts !== starts;
        if (isNew) sent = 0;
        starts = trace.starts;
        const { events, gap } = trace.after(sent, whole(last, "last") ?? 1000);
        const { state } = trace;
        sent = trace.count;
        const now = `${state.running} ${state.seen} ${state.lost}`;
        if (!isNew && events.length === 0 && now === shown) return undefined;
        shown = now;
        return { state, events, reset: isNew || gap };
      },
    };
  },

  alarms(observation) {
    let version = -1;
    return {
      every: 0,
      next: () => {
        const { alarms } = observation;
        if (alarms.version === version) return undefined;
        version = alarms.version;
        return { alarms: alarms.list };
      },
    };
  },
};

/** *Throws* `TypeError` or `RangeError` for a topic or a query that is none. */
export function openFeed(observation: Observation, topic: unknown, query: unknown): Feed {
  if (typeof topic !== "string" || !Object.hasOwn(OPENERS, topic))
    throw new TypeError(`expected one of ${Object.keys(OPENERS).join(", ")} as topic, got ${inspect(topic)}`);
  if (typeof query !== "object" || query === null)
    throw new TypeError(`${topic}: expected an object as query, got ${inspect(query)}`);
  return OPENERS[topic as Topic](observation, query as never);
}

function whole(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= 0) return value as number;
  throw new RangeError(`expected a whole number as ${name}, got ${inspect(value)}`);
}
