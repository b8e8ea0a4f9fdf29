import * as hot from "./hot/run-queue.ts";
import * as layout from "./layout.ts";
import { QUEUED } from "./layout.ts";
import { memoryHere } from "./memory.ts";
import { Process } from "./process.ts";
import { state } from "./state.ts";

// What hot/run-queue.ts does not do: the queues for those who look at them or leave them early.

/** Changes a priority. Who waits in a queue moves to the end of the other. */
export function setPriority(p: Process, priority: i32): void {
  if (<i32>p.priority === priority) return;
  const queued = p.flags & QUEUED;
  if (queued) remove(p);
  p.priority = <u8>priority;
  if (queued) hot.push(memoryHere, changetype<i32>(p), priority);
}

function remove(p: Process): void {
  const queue = (<i32>p.priority) << 2;
  let before: Process | null = null;
  let other = firstOf(p.priority);
  while (other !== p) {
    before = other;
    other = other!.next;
  }
  if (before === null) store<usize>(layout.STATE_FIRST + queue, changetype<usize>(p.next));
  else before.next = p.next;
  if (p.next === null) store<usize>(layout.STATE_LAST + queue, changetype<usize>(before));
  if (p.priority !== layout.PRIORITY_NORMAL) hot.count(memoryHere, -1);
}

/** Whether somebody waits for a turn. */
export function isEmpty(): bool {
  return state.ranked === 0 && state.first1 === null;
}

export function firstOf(priority: i32): Process | null {
  return changetype<Process | null>(load<usize>(layout.STATE_FIRST + (priority << 2)));
}

export function lastOf(priority: i32): Process | null {
  return changetype<Process | null>(load<usize>(layout.STATE_LAST + (priority << 2)));
}
