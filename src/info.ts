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
import type { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
import type { NodeName, Pid, ProcessInfo } from "./types.ts";
import type { World } from "./world.ts";

/** How each item is found. */
const ITEMS: { readonly [K in keyof ProcessInfo]: (world: World, process: Process, slot: number) => ProcessInfo[K] } = {
  pid: (_, process) => process.pid,
  status: statusOf,
  registeredName: (_, process) => process.name,
  links: (world, _, slot) => peers(world, slot, LINKS),
  monitors: (world, _, slot) => monitored(world, slot),
  monitoredBy: (world, _, slot) => peers(world, slot, WATCHERS),
  messages,
  messageQueueLen: ({ core }, process, slot) => core.read(slot, PROCESS_COUNT) + (process.inHand === undefined ? 0 : 1),
  trapExit: (world, _, slot) => world.isTrapping(slot),
  priority: (world, process) => world.priorityOf(process),
  reductions: ({ core }, _, slot) =>
    (core.read(slot, PROCESS_REDUCTIONS) >>> 0) + SLICE - (core.read(slot, PROCESS_STATE) >>> 24),
  dictionary: (_, process) => new Map(process.dictionary),
  initialCall: (_, process) => process.initialCall,
};

/** What the core knows of a process, or one item of that, read when asked for. Source: `erlang:process_info/1`, `erlang:process_info/2`. */
export function info(world: World, pid: ProcessId, item: keyof ProcessInfo | undefined): unknown {
  if (item !== undefined && !Object.hasOwn(ITEMS, item)) {
    throw wrong("processInfo", `one of ${Object.keys(ITEMS).join(", ")}`, item);
  }
  if (!world.isLiving(pid)) return undefined;
  const process = world.table[pid.slot] as Process;
  const read = (name: keyof ProcessInfo) => ITEMS[name](world, process, pid.slot);
  if (item !== undefined) return read(item);
  return Object.fromEntries(Object.keys(ITEMS).map((name) => [name, read(name as keyof ProcessInfo)]));
}

function statusOf(world: World, process: Process): ProcessInfo["status"] {
  if (process === world.acting || (world.current === undefined && process.isBusy)) return "running";
  const status = world.core.read(process.slot, PROCESS_STATE) & 255;
  return status === RUNNING ? "running" : status === RUNNABLE ? "runnable" : "waiting";
}

function* halves(world: World, slot: number, list: number): Generator<number> {
  for (let half = world.core.firstHalf(slot, list); half !== 0; half = world.core.nextHalf(half)) yield half;
}

function peers(world: World, slot: number, list: number): Pid<never>[] {
  const found: Pid<never>[] = [];
  for (const half of halves(world, slot, list)) found.push(world.table[world.core.oppositeSlot(half)] as Process);
  return found;
}

function monitored(world: World, slot: number): (Pid<never> | NodeName)[] {
  const found: (Pid<never> | NodeName)[] = [];
  for (const half of halves(world, slot, MONITORS)) {
    if ((world.core.halfEdgeKind(half) & EDGE_MONITOR) === 0) continue;
    found.push(world.signals.objectOf(world.core.halfEdgeIndex(half)));
  }
  return found;
}

function messages(world: World, { slot, inHand }: Process): unknown[] {
  const { core, values } = world;
  const found: unknown[] = inHand === undefined ? [] : [inHand];
  for (let number = core.walk(slot, 1); number >= 0; number = core.walk(slot, 0)) found.push(values[number]);
  return found;
}
