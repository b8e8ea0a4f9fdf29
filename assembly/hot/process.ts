import * as layout from "../layout.ts";
import { FREE, PROCESS_STATE, RUNNABLE, RUNNING, SLICE, WAITING, ZOMBIE } from "../layout.ts";
import { Memory } from "./memory.ts";
import * as runQueue from "./run-queue.ts";

// The word PROCESS_STATE of a block, which is read and written whole here:
//
//  0        8        16         24
//  ┌────────┬────────┬──────────┬────────┐
//  │ state  │ flags  │ priority │ budget │
//  └────────┴────────┴──────────┴────────┘

const STATE: i32 = 255;
export const DOOMED: i32 = layout.DOOMED << 8;
export const QUEUED: i32 = layout.QUEUED << 8;
export const BARE: i32 = layout.BARE << 8;
export const BOUNDED: i32 = layout.BOUNDED << 8;
const BUDGET_SHIFT: i32 = 24;

/** The block of a slot that has been used. */
export function at(memory: Memory, slot: i32): i32 {
  const chunk = memory.follow(memory.behind(0, slot >>> layout.CHUNK_SHIFT), layout.PROCESS_DIRECTORY);
  return memory.behind(chunk, (slot & ((1 << layout.CHUNK_SHIFT) - 1)) << (layout.PROCESS_SHIFT - 2));
}

export function stateOf(word: i32): i32 {
  return word & STATE;
}

export function priorityOf(word: i32): i32 {
  return (word >>> 16) & 255;
}

export function budgetOf(word: i32): i32 {
  return word >>> BUDGET_SHIFT;
}

/** Takes messages in: alive, and not told to die. */
export function isOpen(word: i32): boolean {
  const state = word & STATE;
  return state !== FREE && state !== ZOMBIE && (word & DOOMED) === 0;
}

/** RUNNING, WAITING or PARKED → RUNNABLE. */
export function makeRunnable(memory: Memory, p: i32, word: i32): void {
  enter(memory, p, word & ~BARE);
}

/** → RUNNABLE. With BARE: with a message in hand, as `begin` sees by it. */
export function enter(memory: Memory, p: i32, word: i32): void {
  memory.write(p, PROCESS_STATE, (word & ~STATE) | RUNNABLE | QUEUED);
  if ((word & QUEUED) === 0) runQueue.push(memory, p, priorityOf(word));
}

/** RUNNABLE → RUNNING, with a new budget. */
export function begin(memory: Memory, p: i32, word: i32): void {
  const budget = word & BARE ? SLICE - 1 : SLICE;
  const kept = word & ~(STATE | BARE | QUEUED | (255 << BUDGET_SHIFT));
  memory.write(p, PROCESS_STATE, kept | RUNNING | (budget << BUDGET_SHIFT));
  // What its last slice used up, and the beginning of this one.
  const work = SLICE + 1 - budgetOf(word);
  memory.write(p, layout.PROCESS_REDUCTIONS, memory.read(p, layout.PROCESS_REDUCTIONS) + work);
  memory.write(0, layout.STATE_TICKS, memory.read(0, layout.STATE_TICKS) - work);
  memory.point(0, layout.STATE_CURRENT, p);
}

/** → WAITING in a bare receive. */
export function wait(memory: Memory, p: i32, word: i32): void {
  memory.write(p, PROCESS_STATE, (word & ~STATE) | WAITING | BARE);
}

/** It has taken one more message of its slice. */
export function spend(memory: Memory, p: i32, word: i32): void {
  memory.write(p, PROCESS_STATE, word - (1 << BUDGET_SHIFT));
}

/** ZOMBIE → FREE. The next tenant gets another generation; the last generation is the slot's end. */
export function release(memory: Memory, p: i32): void {
  memory.write(p, PROCESS_STATE, 0);
  memory.write(p, layout.PROCESS_SAVE, 0);
  memory.write(0, layout.STATE_PROCESSES, memory.read(0, layout.STATE_PROCESSES) - 1);
  const generation = memory.read(p, layout.PROCESS_GENERATION);
  if (generation === layout.LAST_GENERATION) return;
  memory.write(p, layout.PROCESS_GENERATION, generation + 1);
  memory.write(p, layout.PROCESS_NEXT, 0);
  const last = memory.follow(0, layout.STATE_FREE_LAST);
  if (last === 0) memory.point(0, layout.STATE_FREE_FIRST, p);
  else memory.point(last, layout.PROCESS_NEXT, p);
  memory.point(0, layout.STATE_FREE_LAST, p);
  memory.write(0, layout.STATE_FREE_SLOTS, memory.read(0, layout.STATE_FREE_SLOTS) + 1);
}
