import * as edge from "./edge.ts";
import * as layout from "./layout.ts";
import {
  EDGE_ALIAS,
  EDGE_ALIAS_DEMONITOR,
  EDGE_ALIAS_REPLY,
  EVENT_DEAD,
  EVENT_DOOMED,
  EVENT_DOWN,
  EVENT_EXIT,
  EVENT_RELEASED,
  EVENT_TIMER_GONE,
  REASON_KILL,
  REASON_NORMAL,
  RUNNING,
  TRAP_EXIT,
  ZOMBIE,
} from "./layout.ts";
import * as mailbox from "./mailbox.ts";
import { emit, isFull } from "./outbox.ts";
import { isAlive, Process, wake } from "./process.ts";
import { state } from "./state.ts";
import * as timer from "./timer.ts";

// An exit signal acts at once, and so do its consequences: the cascade below runs until nobody is left to tell, in steps, since
// each step may add to the outbox. Only one reason travels in a cascade, so the facade keeps its value.
//
// Source: the Erlang reference manual, "Processes": "Receiving Exit Signals"; erts, `erl_proc_sig_queue`.

/** Puts a system message into a mailbox, whatever its bound, and wakes the process. The value's number. */
export function deliver(p: Process): i32 {
  const value = mailbox.append(p);
  if (value >= 0) wake(p);
  return value;
}

/** An exit signal made by `exit(pid, reason)`. */
export function signal(from: Process, to: Process, reason: i32): void {
  if (reason === REASON_KILL) return condemn(to);
  if (to.flags & TRAP_EXIT) return message(from, to);
  // Only to oneself is "normal" fatal.
  if (reason !== REASON_NORMAL || from === to) condemn(to);
}

/** An exit signal that came over a link. "kill" is no special reason here. */
function linkSignal(from: Process, to: Process): void {
  if (!isAlive(to)) return;
  if (to.flags & TRAP_EXIT) message(from, to);
  else if (state.reason !== REASON_NORMAL) condemn(to);
}

function message(from: Process, to: Process): void {
  const value = deliver(to);
  if (value >= 0) emit(EVENT_EXIT, value, from.slot, 0);
}

/** A fatal signal has arrived. The process that runs is on the host's stack: it goes on until its slice ends. */
function condemn(p: Process): void {
  if (p === state.current && p.state === RUNNING) {
    if (p.flags & layout.DOOMED) return;
    p.flags |= <u8>layout.DOOMED;
    emit(EVENT_DOOMED, p.slot, 0, 0);
  } else if (isAlive(p)) {
    die(p);
    emit(EVENT_DEAD, p.slot, p.count, 0);
  }
}

/** Any living state → ZOMBIE. Its edges and timers go in the steps of the cascade. */
export function die(p: Process): void {
  p.state = <u8>ZOMBIE;
  p.save = null;
  const last = state.lastDying;
  if (last === null) state.dying = p;
  else setNextDying(last, p);
  state.lastDying = p;
}

function nextDying(p: Process): Process | null {
  return changetype<Process | null>(p.save);
}

function setNextDying(p: Process, next: Process): void {
  p.save = changetype<mailbox.Segment>(next);
}

/** Goes on with the cascade. Stops early, with work left, when the outbox is full. */
export function cascade(): void {
  let p = state.dying;
  while (p !== null) {
    while (p.links !== null) {
      if (isFull()) return;
      tellLinked(p, p.links!);
    }
    while (p.watchers !== null) {
      if (isFull()) return;
      tellWatcher(p, edge.edgeOf(p.watchers!));
    }
    while (p.monitors !== null) {
      if (isFull()) return;
      const own = edge.edgeOf(p.monitors!);
      emit(EVENT_RELEASED, edge.indexOf(own), 0, 0);
      edge.release(own);
    }
    while (p.timers !== null) {
      if (isFull()) return;
      emit(EVENT_TIMER_GONE, timer.indexOf(p.timers!), 0, 0);
      timer.release(p.timers!);
    }
    if (p.timeout !== null) timer.release(p.timeout!);
    state.dying = nextDying(p);
    p.save = null;
    p = state.dying;
  }
  state.lastDying = null;
}

function tellLinked(p: Process, half: edge.HalfEdge): void {
  const other = edge.opposite(half).process!;
  edge.release(edge.edgeOf(half));
  linkSignal(p, other);
}

function tellWatcher(p: Process, monitor: edge.Edge): void {
  const watcher = monitor.owner!;
  const index = edge.indexOf(monitor);
  const kind = edge.kindOf(monitor);
  if (isAlive(watcher)) {
    const value = deliver(watcher);
    if (value >= 0) emit(EVENT_DOWN, value, index, p.slot);
  }
  if (outlivesMonitor(kind) && isAlive(watcher)) {
    edge.endMonitor(monitor);
  } else {
    if (!isAlive(watcher)) emit(EVENT_RELEASED, index, 0, 0);
    edge.release(monitor);
  }
}

/** Whether an edge of this kind stays as an alias when its monitor ends. */
export function outlivesMonitor(kind: i32): bool {
  return (kind & EDGE_ALIAS) !== 0 && (kind & (EDGE_ALIAS_DEMONITOR | EDGE_ALIAS_REPLY)) === 0;
}
