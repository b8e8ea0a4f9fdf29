import {
  EDGE_MONITOR,
  LINKS,
  MONITORS,
  PROCESS_COUNT,
  PROCESS_REDUCTIONS,
  PROCESS_STATE,
  RUNNABLE,
  RUNNING,
  SLICE,
  WATCHERS,
} from "../assembly/layout.ts";
import { wrong } from "./expect.ts";
import type { Process } from "./process.ts";
import type { NodeName, Pid, ProcessInfo } from "./types.ts";

/** How each item is found. */
const ITEMS: { readonly [K in keyof ProcessInfo]: (process: Process) => ProcessInfo[K] } = {
  pid: (process) => process,
  status: statusOf,
  registeredName: (process) => process.name,
  links: (process) => peers(process, LINKS),
  monitors: monitored,
  monitoredBy: (process) => peers(process, WATCHERS),
  messages,
  messageQueueLen: ({ world, slot, inHand }) => world.core.read(slot, PROCESS_COUNT) + (inHand == null ? 0 : 1),
  trapExit: (process) => process.trapExit,
  priority: (process) => process.priority,
  reductions: ({ world, slot }) => {
    const { core } = world;
    world.counted = true;
    return (core.read(slot, PROCESS_REDUCTIONS) >>> 0) + SLICE - (core.read(slot, PROCESS_STATE) >>> 24);
  },
  dictionary: (process) => new Map(process.dictionary),
  initialCall: (process) => process.initialCall,
};

const NAMES = Object.keys(ITEMS) as (keyof ProcessInfo)[];

/** What the core knows of a process, or one item of that, read when asked for. Source: `erlang:process_info/1`, `erlang:process_info/2`. */
export function info(process: Process, item: keyof ProcessInfo | undefined): unknown {
  if (item !== undefined && !NAMES.includes(item)) throw wrong("processInfo", `one of ${NAMES.join(", ")}`, item);
  if (process.isDead) return undefined;
  process.world.reading.settle();
  if (item !== undefined) return ITEMS[item](process);
  return Object.fromEntries(NAMES.map((name) => [name, ITEMS[name](process)]));
}

function statusOf(process: Process): ProcessInfo["status"] {
  const { world } = process;
  if (process === world.acting || (world.current === undefined && process.isBusy)) return "running";
  const status = world.core.read(process.slot, PROCESS_STATE) & 255;
  return status === RUNNING ? "running" : status === RUNNABLE ? "runnable" : "waiting";
}

/** The halves of a process's edges in one of its lists. */
function halves({ world: { core }, slot }: Process, list: number): number[] {
  const found: number[] = [];
  for (let half = core.firstHalf(slot, list); half !== 0; half = core.nextHalf(half)) found.push(half);
  return found;
}

function peers(process: Process, list: number): Pid<never>[] {
  const { core, table } = process.world;
  return halves(process, list).map((half) => table[core.oppositeSlot(half)] as Process);
}

function monitored(process: Process): (Pid<never> | NodeName)[] {
  const { core, signals } = process.world;
  return halves(process, MONITORS)
    .filter((half) => core.halfEdgeKind(half) & EDGE_MONITOR)
    .map((half) => signals.objectOf(core.halfEdgeIndex(half)));
}

function messages({ world: { core, values }, slot, inHand }: Process): unknown[] {
  const found: unknown[] = inHand == null ? [] : [inHand];
  for (let number = core.walk(slot, 1); number >= 0; number = core.walk(slot, 0)) found.push(values[number]);
  return found;
}
