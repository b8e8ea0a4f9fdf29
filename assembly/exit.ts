import * as edge from "./edge.ts";
import * as flight from "./flight.ts";
import * as layout from "./layout.ts";
import {
  BURIED,
  EDGE_ALIAS,
  EDGE_ALIAS_DEMONITOR,
  EDGE_ALIAS_REPLY,
  EVENT_DEAD,
  EVENT_DOOMED,
  EVENT_DOWN,
  EVENT_EXIT,
  EVENT_RELEASED,
  EVENT_TIMER_GONE,
  QUEUED,
  REASON_KILL,
  REASON_NORMAL,
  RUNNING,
  TRAP_EXIT,
  ZOMBIE,
} from "./layout.ts";
import * as mailbox from "./mailbox.ts";
import { emit, isFull } from "./outbox.ts";
import { isAlive, Process, release, wake } from "./process.ts";
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
  if (SIMULATED) flight.flush(from.slot, to.slot);
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
  if (value >= 0) emit(EVENT_EXIT, value, from.slot, to.slot);
}

/** A fatal signal has arrived. The process that runs is on the host's stack: it goes on until its slice ends. */
function condemn(p: Process): void {
  if (p === state.current && p.state === RUNNING) {
    if (p.flags & layout.DOOMED) return;
    p.flags |= <u8>layout.DOOMED;
    emit(EVENT_DOOMED, p.slot, 0, 0);
  } else if (isAlive(p)) {
    kill(p);
    emit(EVENT_DEAD, p.slot, p.count, 0);
  }
}

/** Any living state → ZOMBIE, among the graves. Its edges and timers go in the steps of the cascade. */
function kill(p: Process): void {
  p.state = <u8>ZOMBIE;
  p.save = null;
  const last = state.lastGrave;
  if (last === null) state.graves = p;
  else last.save = changetype<mailbox.Segment>(p);
  state.lastGrave = p;
  if (state.dying === null) state.dying = p;
}

/** The same for one that nobody killed: the facade closes it at once. */
export function end(p: Process): void {
  p.state = <u8>ZOMBIE;
  p.save = null;
  state.ending = p;
  cascade();
}

export function nextGrave(p: Process): Process | null {
  return changetype<Process | null>(p.save);
}

/** Goes on with the cascade. Stops early, with work left, when the outbox is full. */
export function cascade(): void {
  const ending = state.ending;
  if (ending !== null) {
    if (!letGo(ending)) return;
    state.ending = null;
  }
  let p = state.dying;
  while (p !== null) {
    if (!letGo(p)) return;
    p = nextGrave(p);
    state.dying = p;
  }
}

/** Ends the edges and timers of the dead, and tells who has to know. False when the outbox is full. */
function letGo(p: Process): bool {
  while (!isFull()) {
    if (SIMULATED && !arriveBefore(p)) return false;
    if (p.links !== null) {
      tellLinked(p, p.links!);
    } else if (p.watchers !== null) {
      tellWatcher(edge.edgeOf(p.watchers!));
    } else if (p.monitors !== null) {
      const own = edge.edgeOf(p.monitors!);
      emit(EVENT_RELEASED, edge.indexOf(own), 0, 0);
      edge.release(own);
    } else if (p.timers !== null) {
      emit(EVENT_TIMER_GONE, timer.indexOf(p.timers!), 0, 0);
      timer.release(p.timers!);
    } else {
      if (p.timeout !== null) timer.release(p.timeout!);
      return true;
    }
  }
  return false;
}

/** What it had sent to the one who is told next arrives before. False when the outbox is full. */
function arriveBefore(p: Process): bool {
  if (p.links !== null) return flight.flush(p.slot, edge.opposite(p.links!).process!.slot);
  return p.watchers === null || flight.flush(p.slot, edge.edgeOf(p.watchers!).owner!.slot);
}

/** The next of the killed, whose turn it is to be closed; the one before it has been. */
export function grave(): Process | null {
  const before = state.opened;
  const p = state.graves;
  state.opened = p;
  if (p !== null) {
    const next = nextGrave(p);
    state.graves = next;
    if (next === null) state.lastGrave = null;
    p.save = null;
  }
  if (before !== null) bury(before);
  return p;
}

/** ZOMBIE → FREE, now or when it leaves its run queue. */
export function bury(p: Process): void {
  if (CHECKED) assert(p.state === ZOMBIE, "only the dead are buried");
  if (p.flags & QUEUED) p.flags |= <u8>BURIED;
  else release(p);
}

function tellLinked(p: Process, half: edge.HalfEdge): void {
  const other = edge.opposite(half).process!;
  edge.release(edge.edgeOf(half));
  linkSignal(p, other);
}

function tellWatcher(monitor: edge.Edge): void {
  const watcher = monitor.owner!;
  const index = edge.indexOf(monitor);
  const kind = edge.kindOf(monitor);
  if (isAlive(watcher)) {
    const value = deliver(watcher);
    if (value >= 0) emit(EVENT_DOWN, value, index, watcher.slot);
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
