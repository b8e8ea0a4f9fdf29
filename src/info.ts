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
import type { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
import type { NodeName, Pid, ProcessInfo } from "./types.ts";
import type { World } from "./world.ts";

/** What the core knows of a process, read when asked for. Source: `erlang:process_info/1`. */
export function info(world: World, pid: ProcessId): ProcessInfo | undefined {
  const { core } = world;
  if (!world.isLiving(pid)) return undefined;
  const { slot } = pid;
  const process = world.process(slot) as Process;
  return {
    pid,
    status: statusOf(world, process),
    registeredName: process.name,
    links: peers(world, slot, LINKS),
    monitors: monitored(world, slot),
    monitoredBy: peers(world, slot, WATCHERS),
    messages: messages(world, process),
    messageQueueLen: core.read(slot, PROCESS_COUNT) + (process.inHand === undefined ? 0 : 1),
    trapExit: world.isTrapping(slot),
    priority: world.priorityOf(process),
    reductions: (core.read(slot, PROCESS_REDUCTIONS) >>> 0) + SLICE - (core.read(slot, PROCESS_STATE) >>> 24),
    dictionary: new Map(process.dictionary),
    initialCall: process.initialCall,
  };
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
  for (const half of halves(world, slot, list)) found.push(world.pidAt(world.core.oppositeSlot(half)));
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
