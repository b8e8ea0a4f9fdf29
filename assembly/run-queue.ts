import * as layout from "./layout.ts";
import { BURIED, PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_MAX, PRIORITY_NORMAL, QUEUED, RUNNABLE } from "./layout.ts";
import { Process, release } from "./process.ts";
import { State, state } from "./state.ts";

// One queue for each priority, linked through the blocks. A process that dies while it waits here is not searched for: it
// leaves when its turn comes, and its slot is free only then.

const FIRST = layout.STATE + offsetof<State>("first0");
const LAST = layout.STATE + offsetof<State>("last0");

/** Puts a process at the end of the queue of its priority. It must be in none. */
export function append(p: Process, priority: i32): void {
  p.next = null;
  const queue = priority << 2;
  const last = changetype<Process | null>(load<usize>(LAST + queue));
  if (last === null) store<usize>(FIRST + queue, changetype<usize>(p));
  else last.next = p;
  store<usize>(LAST + queue, changetype<usize>(p));
  state.runnable++;
}

/**
 * The next process to run, to be begun at once: it is in no queue any more, though QUEUED. Max goes before high, high before the others; of normal and low, one low process gets a turn for
 * every eight normal ones. Source: erts, "Scheduling"; `process_flag(priority, Level)`.
 */
export function pick(): Process | null {
  while (state.runnable !== 0) {
    const queue = nextPriority() << 2;
    const p = changetype<Process>(load<usize>(FIRST + queue));
    const next = p.next;
    store<usize>(FIRST + queue, changetype<usize>(next));
    if (next === null) store<usize>(LAST + queue, 0);
    state.runnable--;
    if (p.state === RUNNABLE) return p;
    // It died while it waited here.
    p.flags &= ~(<u8>QUEUED);
    if (p.flags & BURIED) release(p);
  }
  return null;
}

/** The queue whose turn it is. There is somebody in one. */
function nextPriority(): i32 {
  if (state.first3 !== null) return PRIORITY_MAX;
  if (state.first2 !== null) return PRIORITY_HIGH;
  if (state.first1 === null || (state.first0 !== null && state.passedOver >= layout.LOW_SHARE)) {
    state.passedOver = 0;
    return PRIORITY_LOW;
  }
  state.passedOver++;
  return PRIORITY_NORMAL;
}

/** Changes a priority. Who waits in a queue moves to the end of the other. */
export function setPriority(p: Process, priority: i32): void {
  if (<i32>p.priority === priority) return;
  const queued = p.flags & QUEUED;
  if (queued) remove(p);
  p.priority = <u8>priority;
  if (!queued) return;
  p.flags |= <u8>QUEUED;
  append(p, priority);
}

/** Takes out who waits in a queue, wherever. */
export function remove(p: Process): void {
  const queue = (<i32>p.priority) << 2;
  let before: Process | null = null;
  let other = firstOf(p.priority);
  while (other !== p) {
    before = other;
    other = other!.next;
  }
  if (before === null) store<usize>(FIRST + queue, changetype<usize>(p.next));
  else before.next = p.next;
  if (p.next === null) store<usize>(LAST + queue, changetype<usize>(before));
  p.flags &= ~(<u8>QUEUED);
  state.runnable--;
}

export function firstOf(priority: i32): Process | null {
  return changetype<Process | null>(load<usize>(FIRST + (priority << 2)));
}

export function lastOf(priority: i32): Process | null {
  return changetype<Process | null>(load<usize>(LAST + (priority << 2)));
}
