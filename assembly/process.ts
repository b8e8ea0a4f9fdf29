import { HalfEdge } from "./edge.ts";
import * as layout from "./layout.ts";
import { BARE, DOOMED, FREE, PARKED, QUEUED, RUNNABLE, RUNNING, WAITING, ZOMBIE } from "./layout.ts";
import { Segment } from "./mailbox.ts";
import { takeChunk } from "./memory.ts";
import * as runQueue from "./run-queue.ts";
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

/** In a simulation each receive is a point where another may go on. */
const SLICE = SIMULATED ? 1 : layout.SLICE;

const BYTES = layout.PROCESS_BYTES;
const CHUNK_SHIFT = layout.PROCESS_CHUNK_SHIFT;
const CHUNK = 1 << CHUNK_SHIFT;
if (offsetof<Process>() !== BYTES) ERROR("layout.PROCESS_BYTES");
// The facade reads these words.
if (offsetof<Process>("generation") !== layout.PROCESS_GENERATION) ERROR("layout.PROCESS_GENERATION");
if (offsetof<Process>("state") !== layout.PROCESS_STATE) ERROR("layout.PROCESS_STATE: the state");
if (offsetof<Process>("flags") !== layout.PROCESS_STATE + 1) ERROR("layout.PROCESS_STATE: the flags");
if (offsetof<Process>("priority") !== layout.PROCESS_STATE + 2) ERROR("layout.PROCESS_STATE: the priority");
if (offsetof<Process>("budget") !== layout.PROCESS_STATE + 3) ERROR("layout.PROCESS_STATE: the budget");
if (offsetof<Process>("slot") !== layout.PROCESS_SLOT) ERROR("layout.PROCESS_SLOT");
if (offsetof<Process>("count") !== layout.PROCESS_COUNT) ERROR("layout.PROCESS_COUNT");
if (offsetof<Process>("timeout") !== offsetof<Process>("links") + 16) ERROR("isAlone");
if (offsetof<Process>("reductions") !== layout.PROCESS_REDUCTIONS) ERROR("layout.PROCESS_REDUCTIONS");
if (layout.MAX_PROCESSES >= layout.HAS_MAIL) ERROR("layout.HAS_MAIL");
if (layout.MAX_PROCESSES >> CHUNK_SHIFT > layout.DIRECTORY_ENTRIES) ERROR("layout.MAX_PROCESSES");

// State, flags, priority and budget as one word: the way of a message asks and changes several of them at a time.
const STATE = 0xff;
const FLAGS = 8;
const PRIORITY = 16;
const BUDGET = 24;

function word(p: Process): i32 {
  return load<i32>(changetype<usize>(p), layout.PROCESS_STATE);
}

function setWord(p: Process, word: i32): void {
  store<i32>(changetype<usize>(p), word, layout.PROCESS_STATE);
}

/** The block of a slot that has been used. */
export function at(slot: i32): Process {
  const chunk = load<usize>(layout.PROCESS_DIRECTORY + ((slot >>> CHUNK_SHIFT) << 2));
  return changetype<Process>(chunk + ((slot & (CHUNK - 1)) << 6));
}

/** The process that `slot` and `generation` name, if it is alive. */
export function find(slot: i32, generation: i32): Process | null {
  const p = at(slot);
  return p.generation === generation && p.state !== FREE && p.state !== ZOMBIE ? p : null;
}

export function isAlive(p: Process): bool {
  return p.state !== FREE && p.state !== ZOMBIE;
}

/** Whether it has neither edges nor timers. */
export function isAlone(p: Process): bool {
  // Two fields at a time.
  const at = changetype<usize>(p);
  return !(
    load<i64>(at, offsetof<Process>("links")) |
    load<i64>(at, offsetof<Process>("watchers")) |
    <i64>load<u32>(at, offsetof<Process>("timeout"))
  );
}

/** FREE → RUNNABLE, or for the host PARKED. Null at the limit, which is not asked about the `host`'s process, and when no memory is left. */
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
  state.generation = p.generation;
  p.limit = 0;
  p.reductions = 0;
  // In one store: a load of the word would otherwise wait until four of bytes have left the processor's buffer.
  const begun = (priority << PRIORITY) | (SLICE << BUDGET);
  if (host) setWord(p, begun | PARKED);
  else enter(p, begun | RUNNABLE);
  return p;
}

function fresh(): Process | null {
  const slot = state.slots + 1;
  const entry = layout.PROCESS_DIRECTORY + ((slot >>> CHUNK_SHIFT) << 2);
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

/** ZOMBIE → FREE. The next tenant gets another generation; the last generation is the slot's end. */
export function release(p: Process): void {
  if (CHECKED) assert(p.state === ZOMBIE && p.count === 0, "only an emptied zombie is released");
  p.state = <u8>FREE;
  p.flags = 0;
  p.save = null;
  state.processes--;
  if (p.generation === layout.LAST_GENERATION) return;
  p.generation++;
  p.next = null;
  const last = state.freeLast;
  if (last === null) state.freeFirst = p;
  else last.next = p;
  state.freeLast = p;
  state.freeSlots++;
}

/** RUNNING, WAITING or PARKED → RUNNABLE. */
export function makeRunnable(p: Process): void {
  if (CHECKED) assert(isAlive(p) && p.state !== RUNNABLE, "a process that can become runnable");
  enter(p, (word(p) & ~(STATE | (BARE << FLAGS))) | RUNNABLE);
}

/** Whether it is WAITING in a bare receive, which nobody has hit or put into a queue. */
export function waitsBare(p: Process): bool {
  return (word(p) & (STATE | ((BARE | DOOMED | QUEUED) << FLAGS))) === (WAITING | (BARE << FLAGS));
}

/** WAITING → RUNNABLE, with a message in hand: BARE stays, and `begin` sees it. */
export function hand(p: Process): void {
  if (CHECKED) assert(p.state === WAITING && p.count === 0, "nothing is older than a message in hand");
  enter(p, word(p) + (RUNNABLE - WAITING));
}

/** Into its run queue, where it may be still. */
function enter(p: Process, word: i32): void {
  // In this order: should the host's stack end on the way, it is in no queue, and does not say that it was.
  if (!(word & (QUEUED << FLAGS))) runQueue.append(p, (word >>> PRIORITY) & 0xff);
  setWord(p, word | (QUEUED << FLAGS));
}

/** → WAITING, in a bare receive or in another. */
export function wait(p: Process, isBare: bool): void {
  setWord(p, (word(p) & ~(STATE | (BARE << FLAGS))) | (isBare ? WAITING | (BARE << FLAGS) : WAITING));
}

/** WAITING → RUNNABLE. False when there was nothing to wake. */
export function wake(p: Process): bool {
  if (p.state !== WAITING) return false;
  makeRunnable(p);
  return true;
}

/** Takes one of the messages that it may still take in this slice. False when there is none left. */
export function spend(p: Process): bool {
  const before = word(p);
  if (before >>> BUDGET === 0) return false;
  setWord(p, before - (1 << BUDGET));
  return true;
}

/** RUNNABLE → RUNNING, out of its queue, with a new budget. */
export function begin(p: Process): void {
  const before = word(p);
  // What its last slice used up, and the beginning of this one.
  const work = SLICE + 1 - (before >>> BUDGET);
  p.reductions += work;
  state.ticks -= work;
  // What it has in hand is the first message of the slice.
  const budget = before & (BARE << FLAGS) ? SLICE - 1 : SLICE;
  setWord(p, (before & ~(STATE | ((BARE | QUEUED) << FLAGS) | (0xff << BUDGET))) | RUNNING | (budget << BUDGET));
  state.current = p;
}
