import { EDGE_MONITOR, LINKS, MONITORS, PARKED, WAITING, WATCHERS } from "../../assembly/layout.ts";
import { inspect, type NodeName } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { spawnedOf } from "./births.ts";
import { type CoreMemory, STATE_WORD } from "./core-memory.ts";
import { inHandOf } from "./hand.ts";
import { cut, isBehaviour, isSupervisor, named, type Process, resolved } from "./people.ts";
import type { Cut, Monitored, Named, ProcessDetail } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import type { Scan } from "./scan.ts";
import { rowOf } from "./search.ts";

/** Of each list, so many are shown, and no more than so many counted. */
const SHOWN = 100;
const COUNTED = 10_000;
const MESSAGES = 20;
const MOST_MESSAGES = 200;
/** Of a mailbox that is longer, only what lies in the core is looked at: the kernel's own list of it would be as long. */
const WHOLE = 1000;
const WIDTH = 500;

/** Where the details of processes are found. */
export interface Known {
  readonly machine: Machine;
  readonly memory: CoreMemory;
  readonly scan: Scan;
  readonly reports: Reports;
}

/** All that is known of a living process. `rate`: its reductions per second. */
export function detailOf(known: Known, process: Process, rate: number, messages: number = MESSAGES): ProcessDetail {
  const { machine, memory, reports } = known;
  const { slot } = process;
  const row = rowOf(machine, memory, known.scan, process, rate);
  const state = memory.word(slot, STATE_WORD) & 255;
  // Which receive it is only the kernel knows, and it keeps no name of it.
  const waitsFor = state === PARKED ? "sleep or promise" : state === WAITING ? "receive" : undefined;
  const isSup = isSupervisor(process);
  const restarts = reports.restartsOf(process);
  const call = process.dictionary?.get("$initial_call");
  return {
    ...row,
    alive: true,
    priority: machine.processInfo(process as never, "priority") ?? "normal",
    trapExit: machine.processInfo(process as never, "trapExit") ?? false,
    ...(waitsFor !== undefined && { waitsFor }),
    ancestors: ancestorsOf(machine, process),
    links: neighbours(machine, slot, LINKS),
    monitors: monitorsOf(machine, process),
    monitoredBy: neighbours(machine, slot, WATCHERS),
    messages: messagesOf(machine, process, row.mailbox, Math.min(messages, MOST_MESSAGES)),
    dictionary: dictionaryOf(process),
    initialCall: typeof call === "string" ? call : process.initialCall,
    ...spawnedOf(machine, process),
    behaviour: isBehaviour(process),
    supervisor: isSup,
    ...(isSup && { restarts: restarts?.count ?? 0 }),
    ...(restarts !== undefined && { restarted: [...restarts.children] }),
  };
}

function ancestorsOf(machine: Machine, process: Process): (Named | string)[] {
  const ancestors = process.dictionary?.get("$ancestors");
  if (!Array.isArray(ancestors)) return [];
  return ancestors.slice(0, SHOWN).map((each: unknown) => {
    const found = resolved(machine, each);
    return found === undefined ? String(each) : named(machine, found);
  });
}

/** The slots at the other ends of a process's edges, each once for each edge, and at most `most`. */
export function ends(machine: Machine, slot: number, list: number, most: number): number[] {
  const { core } = machine;
  const found: number[] = [];
  for (let half = core.firstHalf(slot, list); half !== 0 && found.length < most; half = core.nextHalf(half)) {
    const other = core.oppositeSlot(half);
    if (other !== 0) found.push(other);
  }
  return found;
}

function neighbours(machine: Machine, slot: number, list: number): Cut<Named> {
  const slots = ends(machine, slot, list, COUNTED);
  const items: Named[] = [];
  for (const each of slots.slice(0, SHOWN)) {
    const process = machine.table[each];
    if (process !== undefined) items.push(named(machine, process));
  }
  return { items, total: slots.length, ...(slots.length === COUNTED && { more: true }) };
}

function monitorsOf(machine: Machine, process: Process): Cut<Monitored> {
  const { core } = machine;
  let total = 0;
  for (let half = core.firstHalf(process.slot, MONITORS); half !== 0 && total < COUNTED; half = core.nextHalf(half)) {
    if (core.halfEdgeKind(half) & EDGE_MONITOR) total++;
  }
  const more = total === COUNTED;
  // Which of them are names only the kernel knows; it makes the whole list.
  const watched = more
    ? ends(machine, process.slot, MONITORS, SHOWN).map((slot) => machine.table[slot])
    : (machine.processInfo(process as never, "monitors") ?? []).slice(0, SHOWN);
  const items = watched.flatMap((each): Monitored[] => {
    if (each === undefined) return [];
    if (Array.isArray(each)) {
      const [name, node] = each as unknown as NodeName;
      return [{ name, node }];
    }
    return [named(machine, each as Process)];
  });
  return { items, total, ...(more && { more }) };
}

/** The first messages of a mailbox, and what stands in its process's hand. */
function messagesOf(machine: Machine, process: Process, total: number, most: number): Cut<string> {
  const { core, values } = machine;
  const show = (message: unknown) => cut(inspect(message), WIDTH);
  if (total <= WHOLE) {
    const messages = machine.processInfo(process as never, "messages") ?? [];
    return { items: messages.slice(0, most).map(show), total: messages.length };
  }
  const first = inHandOf(process);
  const items = first === undefined ? [] : [show(first)];
  let number = core.walk(process.slot, 1);
  while (number >= 0 && items.length < most) {
    items.push(show(values[number]));
    number = core.walk(process.slot, 0);
  }
  return { items, total };
}

function dictionaryOf(process: Process): ProcessDetail["dictionary"] {
  const { dictionary } = process;
  if (dictionary === undefined) return { items: [], total: 0 };
  const items: [string, string][] = [];
  for (const [key, value] of dictionary) {
    if (items.length === SHOWN) break;
    items.push([cut(inspect(key), WIDTH), cut(inspect(value), WIDTH)]);
  }
  return { items, total: dictionary.size };
}
