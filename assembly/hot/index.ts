// The hot path: what happens for each message and each slice. Both compilers read this folder, asc for the core, and esbuild for
// the facade, where V8 inlines it over the core's memory: docs/architecture.md, "Two compilers". So it knows nothing but words.

import * as layout from "../layout.ts";
import {
  CHECK_CLOCK,
  EMPTY,
  FULL_EXIT,
  NO_PROCESS,
  PARKED,
  PROCESS_COUNT,
  PROCESS_STATE,
  RUNNING,
  WAITING,
  YIELD,
} from "../layout.ts";
import * as mailbox from "./mailbox.ts";
import { Memory } from "./memory.ts";
import * as process from "./process.ts";
import { BARE, BOUNDED, DOOMED } from "./process.ts";
import * as runQueue from "./run-queue.ts";

/** The process whose slice begins, EMPTY when nobody can run, or CHECK_CLOCK. */
export function next(memory: Memory): i32 {
  if (memory.read(0, layout.STATE_TICKS) <= 0) {
    memory.write(0, layout.STATE_TICKS, layout.TICKS);
    memory.write(0, layout.STATE_CURRENT, 0);
    return CHECK_CLOCK;
  }
  const p = runQueue.pick(memory);
  if (p !== 0) return p;
  memory.write(0, layout.STATE_CURRENT, 0);
  return EMPTY;
}

/** The number under which to keep the message, or NO_PROCESS, FULL_*, NO_SEGMENT. */
export function send(memory: Memory, slot: i32, generation: i32): i32 {
  const p = process.at(memory, slot);
  const word = memory.read(p, PROCESS_STATE);
  if (memory.read(p, layout.PROCESS_GENERATION) !== generation || !process.isOpen(word)) return NO_PROCESS;
  return enqueue(memory, p, word);
}

export function enqueue(memory: Memory, p: i32, word: i32): i32 {
  if (word & BOUNDED && memory.read(p, PROCESS_COUNT) >= memory.read(p, layout.PROCESS_LIMIT)) {
    return FULL_EXIT - (memory.read(p, layout.PROCESS_ENDS) >>> 24);
  }
  const number = mailbox.append(memory, p);
  if (number < 0) return number;
  if (process.stateOf(word) === WAITING) process.makeRunnable(memory, p, word);
  countSend(memory);
  return number;
}

function countSend(memory: Memory): void {
  const current = memory.follow(0, layout.STATE_CURRENT);
  if (current !== 0)
    memory.write(current, layout.PROCESS_REDUCTIONS, memory.read(current, layout.PROCESS_REDUCTIONS) + 1);
}

/** Whether the receiver, who waits in a bare receive, gets the message in hand: its slice begins with it. Otherwise `send` it. */
export function hand(memory: Memory, slot: i32, generation: i32): boolean {
  const p = process.at(memory, slot);
  const word = memory.read(p, PROCESS_STATE);
  if (memory.read(p, layout.PROCESS_GENERATION) !== generation) return false;
  if (process.stateOf(word) !== WAITING || (word & (BARE | DOOMED | BOUNDED)) !== BARE) return false;
  process.enter(memory, p, word);
  countSend(memory);
  return true;
}

/**
 * A bare receive: takes the oldest message and returns its number. EMPTY: the process is WAITING now. YIELD: its slice is used
 * up and it is RUNNABLE again.
 */
export function take(memory: Memory, p: i32): i32 {
  const word = memory.read(p, PROCESS_STATE);
  if (memory.read(p, PROCESS_COUNT) === 0 || word & DOOMED) {
    process.wait(memory, p, word);
    return EMPTY;
  }
  if (process.budgetOf(word) === 0) {
    const state = process.stateOf(word);
    if (state === RUNNING || state === PARKED || state === WAITING) process.makeRunnable(memory, p, word);
    return YIELD;
  }
  // What it takes of its budget counts as work when its next slice begins.
  process.spend(memory, p, word);
  memory.write(p, layout.PROCESS_SAVE, 0);
  return mailbox.shift(memory, p);
}

/** The block of a slot that has been used. */
export function at(memory: Memory, slot: i32): i32 {
  return process.at(memory, slot);
}
