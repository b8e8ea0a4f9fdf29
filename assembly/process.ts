import { HalfEdge } from "./edge.ts";
import * as hot from "./hot/process.ts";
import * as layout from "./layout.ts";
import { FREE, PARKED, RUNNABLE, WAITING, ZOMBIE } from "./layout.ts";
import { Segment } from "./mailbox.ts";
import { memoryHere, takeChunk } from "./memory.ts";
import { state } from "./state.ts";
import { Timer } from "./timer.ts";

// ┌──────────┬─────┬─────┬─────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬───────┬────────┬────────┬──────┬───────┐
// │generation│state│flags│prio.│budget│ slot │ next │ head │ tail │headAt│tailAt│saveAt│overfl│ save │ count │ limit  │ edges  │timers│ ...   │
// └──────────┴─────┴─────┴─────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴───────┴────────┴────────┴──────┴───────┘
//  0          4     5     6     7      8      12     16     20     24     25     26     27     28     32      36       40..52   52     56,60
//
// FREE ──spawn──▶ RUNNABLE ──next──▶ RUNNING ──no message──▶ WAITING ──message, timeout──▶ RUNNABLE
//                    ▲                 │ │
//                    ├──slice used up──┘ └──host promise──▶ PARKED ──settled, timeout, next receive──▶ RUNNABLE, WAITING
//  any of them ──fatal signal, end of body──▶ ZOMBIE ──bury──▶ FREE
//
// A RUNNING process that a fatal signal hits is only DOOMED: its code is on the host's stack and dies when its slice ends.

/**
 * One process.
 *
 * `generation` tells the tenants of a slot apart; it changes when the slot becomes FREE.
 * `next` is the run queue's while QUEUED, the free queue's while FREE.
 * `save` is where a receive goes on scanning (null: at the head); while ZOMBIE it is the next of the dying list, since a dead
 * process receives nothing.
 */
@unmanaged
export class Process {
  generation: i32;
  state: u8;
  flags: u8;
  priority: u8;
  /** Messages it may still take in this slice. What is gone of it is not in `reductions` yet. */
  budget: u8;
  slot: i32;
  next: Process | null;
  head: Segment | null;
  tail: Segment | null;
  headAt: u8;
  tailAt: u8;
  saveAt: u8;
  overflow: u8;
  save: Segment | null;
  count: i32;
  /** Most messages the mailbox takes; 0: no bound. */
  limit: i32;
  links: HalfEdge | null;
  monitors: HalfEdge | null;
  watchers: HalfEdge | null;
  /** Timers whose target this process is. */
  timers: Timer | null;
  /** The timer of its receive or sleep. */
  timeout: Timer | null;
  reductions: u32;
}

const BYTES = 1 << layout.PROCESS_SHIFT;
const CHUNK = 1 << layout.CHUNK_SHIFT;
if (offsetof<Process>() !== BYTES) ERROR("layout.PROCESS_SHIFT");
// The hot path and the facade read these words.
if (offsetof<Process>("generation") !== layout.PROCESS_GENERATION) ERROR("layout.PROCESS_GENERATION");
if (offsetof<Process>("state") !== layout.PROCESS_STATE) ERROR("layout.PROCESS_STATE: the state");
if (offsetof<Process>("flags") !== layout.PROCESS_STATE + 1) ERROR("layout.PROCESS_STATE: the flags");
if (offsetof<Process>("priority") !== layout.PROCESS_STATE + 2) ERROR("layout.PROCESS_STATE: the priority");
if (offsetof<Process>("budget") !== layout.PROCESS_STATE + 3) ERROR("layout.PROCESS_STATE: the budget");
if (offsetof<Process>("slot") !== layout.PROCESS_SLOT) ERROR("layout.PROCESS_SLOT");
if (offsetof<Process>("next") !== layout.PROCESS_NEXT) ERROR("layout.PROCESS_NEXT");
if (offsetof<Process>("head") !== layout.PROCESS_HEAD) ERROR("layout.PROCESS_HEAD");
if (offsetof<Process>("tail") !== layout.PROCESS_TAIL) ERROR("layout.PROCESS_TAIL");
if (offsetof<Process>("headAt") !== layout.PROCESS_ENDS) ERROR("layout.PROCESS_ENDS: headAt");
if (offsetof<Process>("tailAt") !== layout.PROCESS_ENDS + 1) ERROR("layout.PROCESS_ENDS: tailAt");
if (offsetof<Process>("overflow") !== layout.PROCESS_ENDS + 3) ERROR("layout.PROCESS_ENDS: overflow");
if (offsetof<Process>("save") !== layout.PROCESS_SAVE) ERROR("layout.PROCESS_SAVE");
if (offsetof<Process>("limit") !== layout.PROCESS_LIMIT) ERROR("layout.PROCESS_LIMIT");
if (offsetof<Process>("count") !== layout.PROCESS_COUNT) ERROR("layout.PROCESS_COUNT");
if (offsetof<Process>("reductions") !== layout.PROCESS_REDUCTIONS) ERROR("layout.PROCESS_REDUCTIONS");
if (layout.MAX_PROCESSES >> layout.CHUNK_SHIFT > layout.DIRECTORY_ENTRIES) ERROR("layout.MAX_PROCESSES");

/** The block of a slot that has been used. */
export function at(slot: i32): Process {
  return changetype<Process>(hot.at(memoryHere, slot));
}

/** The process that `slot` and `generation` name, if it is alive. */
export function find(slot: i32, generation: i32): Process | null {
  const p = at(slot);
  return p.generation === generation && p.state !== FREE && p.state !== ZOMBIE ? p : null;
}

export function isAlive(p: Process): bool {
  return p.state !== FREE && p.state !== ZOMBIE;
}

/** FREE → PARKED. Null at the limit, which is not asked about the `host`'s process, and when no memory is left. */
export function create(priority: i32, host: bool): Process | null {
  if (!host && state.processes >= state.maxProcesses) return null;
  let p: Process | null = null;
  // A slot rests before it is used again: a fresh one is preferred while few are free. Its block is as cheap as a cold one.
  if (state.freeSlots <= layout.FREE_RESERVE && state.slots < layout.MAX_PROCESSES) p = fresh();
  if (p === null) {
    p = state.freeFirst;
    if (p === null) return null;
    state.freeFirst = p.next;
    if (p.next === null) state.freeLast = null;
    state.freeSlots--;
  }
  state.processes++;
  p.state = <u8>PARKED;
  p.flags = 0;
  p.priority = <u8>priority;
  p.next = null;
  p.budget = <u8>layout.SLICE;
  p.limit = 0;
  p.reductions = 0;
  return p;
}

function fresh(): Process | null {
  const slot = state.slots + 1;
  const entry = layout.PROCESS_DIRECTORY + ((slot >>> layout.CHUNK_SHIFT) << 2);
  if (load<usize>(entry) === 0) {
    const chunk = takeChunk(CHUNK * BYTES);
    if (chunk === 0) return null;
    store<usize>(entry, chunk);
  }
  state.slots = slot;
  const p = at(slot);
  p.slot = slot;
  return p;
}

/** ZOMBIE → FREE. */
export function release(p: Process): void {
  if (CHECKED) assert(p.state === ZOMBIE && p.count === 0, "only an emptied zombie is released");
  hot.release(memoryHere, changetype<i32>(p));
}

/** RUNNING, WAITING or PARKED → RUNNABLE. */
export function makeRunnable(p: Process): void {
  if (CHECKED) assert(isAlive(p) && p.state !== RUNNABLE, "a process that can become runnable");
  hot.makeRunnable(memoryHere, changetype<i32>(p), wordOf(p));
}

/** WAITING → RUNNABLE. False when there was nothing to wake. */
export function wake(p: Process): bool {
  if (p.state !== WAITING) return false;
  makeRunnable(p);
  return true;
}

/** State, flags, priority and budget, as the hot path takes them. */
export function wordOf(p: Process): i32 {
  return load<i32>(changetype<usize>(p), offsetof<Process>("state"));
}
