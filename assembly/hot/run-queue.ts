import * as layout from "../layout.ts";
import {
  PRIORITY_HIGH,
  PRIORITY_LOW,
  PRIORITY_MAX,
  PRIORITY_NORMAL,
  PROCESS_NEXT,
  PROCESS_STATE,
  RUNNABLE,
  STATE_FIRST,
  STATE_LAST,
  STATE_RANKED,
} from "../layout.ts";
import { Memory } from "./memory.ts";
import { begin, QUEUED, release, stateOf } from "./process.ts";

// One queue for each priority, linked through the blocks. A process that dies while it waits here is not searched for: it
// leaves when its turn comes, and its slot is free only then.

/** To the end of its queue. Whoever pushes sets QUEUED. */
export function push(memory: Memory, p: i32, priority: i32): void {
  memory.write(p, PROCESS_NEXT, 0);
  const queue = memory.behind(0, priority);
  const last = memory.follow(queue, STATE_LAST);
  if (last === 0) memory.point(queue, STATE_FIRST, p);
  else memory.point(last, PROCESS_NEXT, p);
  memory.point(queue, STATE_LAST, p);
  if (priority !== PRIORITY_NORMAL) count(memory, 1);
}

/** Somebody of another priority than normal came to a queue, or left it. */
export function count(memory: Memory, more: i32): void {
  memory.write(0, STATE_RANKED, memory.read(0, STATE_RANKED) + more);
}

/**
 * The next process to run, which begins its slice, or 0. Max goes before high, high before the others; of normal and low, one low
 * process gets a turn for every eight normal ones. Source: erts, "Scheduling"; `process_flag(priority, Level)`.
 */
export function pick(memory: Memory): i32 {
  while (true) {
    // Hardly a program uses another priority than normal.
    const priority = memory.read(0, STATE_RANKED) === 0 ? PRIORITY_NORMAL : nextPriority(memory);
    const queue = memory.behind(0, priority);
    const p = memory.follow(queue, STATE_FIRST);
    if (p === 0) return 0;
    const next = memory.read(p, PROCESS_NEXT);
    memory.write(queue, STATE_FIRST, next);
    if (next === 0) memory.write(queue, STATE_LAST, 0);
    if (priority !== PRIORITY_NORMAL) count(memory, -1);
    const word = memory.read(p, PROCESS_STATE);
    if (stateOf(word) === RUNNABLE) {
      begin(memory, p, word);
      return p;
    }
    // It died while it waited here.
    memory.write(p, PROCESS_STATE, word & ~QUEUED);
    if (word & (layout.BURIED << 8)) release(memory, p);
  }
}

/** The queue whose turn it is, when one of the others than normal has somebody. */
function nextPriority(memory: Memory): i32 {
  if (memory.read(memory.behind(0, PRIORITY_MAX), STATE_FIRST) !== 0) return PRIORITY_MAX;
  if (memory.read(memory.behind(0, PRIORITY_HIGH), STATE_FIRST) !== 0) return PRIORITY_HIGH;
  const passedOver = memory.read(0, layout.STATE_PASSED_OVER);
  if (memory.read(memory.behind(0, PRIORITY_NORMAL), STATE_FIRST) === 0 || passedOver >= layout.LOW_SHARE) {
    memory.write(0, layout.STATE_PASSED_OVER, 0);
    return PRIORITY_LOW;
  }
  memory.write(0, layout.STATE_PASSED_OVER, passedOver + 1);
  return PRIORITY_NORMAL;
}
