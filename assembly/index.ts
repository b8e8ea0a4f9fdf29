// The core's exports. All take and return integers, but for times, which are f64 ms: docs/core-abi.md describes each.
// A negative answer is one of layout.ts's codes.

import * as invariants from "./check.ts";
import * as edge from "./edge.ts";
import * as exits from "./exit.ts";
import * as flight from "./flight.ts";
import * as layout from "./layout.ts";
import {
  APART,
  CHECK_CLOCK,
  DOOMED,
  EDGE_ALIAS,
  EDGE_ALIAS_REPLY,
  EDGE_LINK,
  EDGE_MONITOR,
  EMPTY,
  FULL_EXIT,
  HANDED,
  HAS_MAIL,
  NO_MEMORY,
  NO_PROCESS,
  PARKED,
  RUNNING,
  TIMED_OUT,
  TRAP_EXIT,
  WAITING,
  YIELD,
  ZOMBIE,
} from "./layout.ts";
import * as mailbox from "./mailbox.ts";
import * as process from "./process.ts";
import * as runQueue from "./run-queue.ts";
import * as simulation from "./simulation.ts";
import { state } from "./state.ts";
import * as timer from "./timer.ts";

/** Makes the memory a world of at most `maxProcesses`. Once, before anything else. */
export function init(maxProcesses: i32): void {
  state.end = (__heap_base + 31) & ~(<usize>31);
  state.maxProcesses = maxProcesses;
  state.ticks = layout.TICKS;
  timer.init();
}

// ── Processes ──

/** A new process: RUNNABLE, or for the host PARKED. Its slot, or NO_PROCESS at the limit; its generation is at STATE_GENERATION. */
export function spawn(priority: i32, host: i32): i32 {
  const p = process.create(priority, host !== 0);
  if (p === null) return NO_PROCESS;
  if (SIMULATED) simulation.note(layout.RUNNABLE, p.slot, priority);
  return p.slot;
}

/** Bounds a mailbox: at `limit` messages the next one does what `overflow` says. */
export function bound(slot: i32, limit: i32, overflow: i32): void {
  const p = process.at(slot);
  p.limit = limit;
  p.overflow = <u8>overflow;
}

/** A word of a process's block, by its offset: one of PROCESS_*. */
export function read(slot: i32, offset: i32): i32 {
  return load<i32>(changetype<usize>(process.at(slot)) + offset);
}

export function slots(): i32 {
  return state.slots;
}

export function processes(): i32 {
  return state.processes;
}

export function runnable(): i32 {
  if (SIMULATED && simulation.isHalted()) return 0;
  return state.runnable;
}

export function setPriority(slot: i32, priority: i32): void {
  runQueue.setPriority(process.at(slot), priority);
}

export function setTrapping(slot: i32, on: i32): void {
  const p = process.at(slot);
  p.flags = <u8>(on ? p.flags | TRAP_EXIT : p.flags & ~TRAP_EXIT);
}

// ── The scheduler ──

/**
 * The slot whose slice begins, EMPTY when nobody can run, or CHECK_CLOCK. With HAS_MAIL: its mailbox is not empty, apart from a
 * message in hand. With APART: when it waits next, the facade may not hand it a message by itself. The facade has run slices of so many that it `handed` a
 * message.
 */
export function next(handed: i32): i32 {
  rest();
  state.sent += handed;
  state.ticks -= handed << 1;
  if (SIMULATED) {
    const slot = simulation.next();
    return slot > 0 ? slot | APART : slot;
  }
  if (state.ticks <= 0) {
    state.ticks = layout.TICKS;
    return CHECK_CLOCK;
  }
  const p = runQueue.pick();
  if (p === null) return EMPTY;
  process.begin(p);
  let answer = p.slot;
  if (p.count !== 0) answer |= HAS_MAIL;
  if (p.limit !== 0) answer |= APART;
  return answer;
}

/** WAITING in a bare receive → RUNNABLE, or RUNNING: the facade has handed it a message. */
export function hand(slot: i32, runs: i32): void {
  const p = process.at(slot);
  // Somebody has asked a receive for its next step, did without it, and went on: it is handed nothing while it runs.
  if (!process.waitsBare(p)) return;
  state.sent++;
  if (runs) process.begin(p);
  else process.hand(p);
}

/** Adds to the reductions of a process. */
export function charge(slot: i32, work: i32): void {
  process.at(slot).reductions += work;
}

/** The slice is over. Who is still RUNNING is in a receive, and came to the end of its mailbox: → WAITING, or RUNNABLE if something has come since. */
export function rest(): void {
  const p = state.current;
  if (p === null) return;
  state.current = null;
  if (p.state !== RUNNING) return;
  if (p.count === 0) process.wait(p, true);
  else if (p.save !== null && mailbox.candidate(p) === EMPTY) process.wait(p, false);
  else process.makeRunnable(p);
}

/** RUNNING or WAITING → PARKED: messages don't wake it. */
export function park(slot: i32): void {
  const p = process.at(slot);
  if ((p.state === RUNNING) | (p.state === WAITING)) p.state = <u8>PARKED;
}

/** PARKED or RUNNING → RUNNABLE: the rest of the queue goes first. */
export function giveWay(slot: i32): void {
  const p = process.at(slot);
  if ((p.state === PARKED) | (p.state === RUNNING)) process.makeRunnable(p);
}

// ── Messages ──

/**
 * The number under which to keep the message, or NO_PROCESS, FULL_*, NO_MEMORY. HANDED, if the sender `hands` it over and the receiver waits
 * in a bare receive: then its slice begins with the message.
 */
export function send(slot: i32, generation: i32, hands: i32): i32 {
  const p = process.at(slot);
  if (p.generation !== generation) return NO_PROCESS;
  if (SIMULATED) return goesUnderWay(p) ? flight.depart(state.current!, p, 0, 0) : enqueue(p);
  if (!hands || !process.waitsBare(p) || p.limit !== 0) return enqueue(p);
  process.hand(p);
  countSend();
  return HANDED;
}

if (FULL_EXIT - layout.OVERFLOW_DROP_NEWEST !== layout.FULL_DROP_NEWEST) ERROR("layout.FULL_DROP_NEWEST");
if (FULL_EXIT - layout.OVERFLOW_DROP_OLDEST !== layout.FULL_DROP_OLDEST) ERROR("layout.FULL_DROP_OLDEST");

/** Whether a message to it takes time. What a process sends to itself, or anybody into a bounded mailbox, arrives at once. */
function goesUnderWay(p: process.Process): bool {
  const from = state.current;
  if (from === null || from === p || !process.isAlive(p) || p.limit !== 0) return false;
  simulation.note(layout.EVENT_ARRIVED, from.slot, p.slot);
  if (!simulation.isDelaying()) return false;
  countSend();
  return true;
}

function enqueue(p: process.Process): i32 {
  // The doomed take nothing any more.
  if (!process.isAlive(p) || p.flags & DOOMED) return NO_PROCESS;
  countSend();
  if (p.limit !== 0 && p.count >= p.limit) return FULL_EXIT - p.overflow;
  const value = mailbox.append(p);
  if (p.state === WAITING) process.makeRunnable(p);
  return value;
}

/** A message to a living process, whatever its mailbox makes of it. */
function countSend(): void {
  state.sent++;
  const current = state.current;
  if (current !== null) current.reductions++;
}

/**
 * Sends through an alias, and answers as `send` does, but for a message in hand with HANDED - its owner's slot. A reply alias, and a monitor
 * that came with it, ends with the message. OWN_ALIAS: nothing is done, since it belongs to the `sender`.
 */
export function sendAlias(index: i32, generation: i32, hands: i32, sender: i32): i32 {
  const alias = edge.find(index, generation);
  if (alias === null || !(edge.kindOf(alias) & EDGE_ALIAS)) return NO_PROCESS;
  const owner = alias.owner!;
  if (owner.slot === sender) return layout.OWN_ALIAS;
  if (SIMULATED && goesUnderWay(owner)) return flight.depart(state.current!, owner, index, generation);
  const value = SIMULATED ? enqueue(owner) : send(owner.slot, owner.generation, hands);
  if ((value >= 0 || value === HANDED) && edge.kindOf(alias) & EDGE_ALIAS_REPLY) edge.release(alias);
  return value === HANDED ? HANDED - owner.slot : value;
}

/** A message went through a reply alias by other means: ends it. */
export function replied(index: i32, generation: i32): void {
  const alias = edge.find(index, generation);
  if (alias !== null && edge.kindOf(alias) & EDGE_ALIAS_REPLY) edge.release(alias);
}

/** Puts a system message into a mailbox, whatever its bound. The number under which to keep it, or NO_MEMORY. */
export function deliver(slot: i32): i32 {
  return exits.deliver(process.at(slot));
}

/**
 * A bare receive: takes the oldest message and returns its number, and above NUMBER_BITS how many messages follow under the
 * next numbers which it may read ahead, and `settle` then: they are still in the mailbox. EMPTY: the process is WAITING now. YIELD: its slice is used
 * up and it is RUNNABLE again.
 */
export function take(slot: i32): i32 {
  const p = process.at(slot);
  if (p.count === 0 || p.flags & DOOMED) {
    process.wait(p, true);
    return EMPTY;
  }
  // What it takes of its budget counts as work when its next slice begins.
  if (!process.spend(p)) return yieldSlice(p);
  p.save = null;
  // Who gives up a message of a bounded mailbox makes room in it at once.
  const ahead = p.limit === 0 ? min(mailbox.following(p), <i32>p.budget) : 0;
  return mailbox.shift(p, 1) | (ahead << layout.NUMBER_BITS);
}

/** Takes `count` messages that have been read ahead. */
export function settle(slot: i32, count: i32): void {
  const p = process.at(slot);
  p.budget -= <u8>count;
  mailbox.shift(p, count);
}

function yieldSlice(p: process.Process): i32 {
  if ((p.state === RUNNING) | (p.state === PARKED) | (p.state === WAITING)) process.makeRunnable(p);
  return YIELD;
}

/**
 * The message that a selective receive looks at: the oldest one with `restart`, otherwise the one it stopped at. EMPTY and
 * YIELD as in `take`, but the process stays as it is: `wait` says that it waits. A doomed process gets YIELD: its slice is over.
 */
export function candidate(slot: i32, restart: i32): i32 {
  const p = process.at(slot);
  if (restart) p.save = null;
  if (p.flags & DOOMED) return YIELD;
  // Looking is work, too: who polls an empty mailbox gives way like everybody else.
  if (!process.spend(p)) return yieldSlice(p);
  return mailbox.candidate(p);
}

/** Takes the message a selective receive looks at. 0 when that is gone, since code of the program ran: look again. */
export function pick(slot: i32): i32 {
  return mailbox.pick(process.at(slot)) ? 1 : 0;
}

/** Passes over `count` messages of the run that a selective receive looks at; with 0 over all that `run` has just counted. The next one, or EMPTY. */
export function pass(slot: i32, count: i32): i32 {
  return mailbox.pass(process.at(slot), count);
}

/** How many numbers, from that of the message a selective receive looks at on, are of messages that follow it, or of taken ones. */
export function run(slot: i32): i32 {
  return mailbox.run(process.at(slot));
}

/** The same for a tag table: `tag` is what the passed message carries; TAGSET holds `size` tags; `known` strings are interned. */
export function passTagged(slot: i32, tag: i32, size: i32, known: i32): i32 {
  return mailbox.passTagged(process.at(slot), tag, size, known);
}

/** A receive found nothing: → WAITING. */
export function wait(slot: i32): void {
  process.wait(process.at(slot), false);
}

/** A receive is given up: back to PARKED, scanning starts anew. */
export function abandon(slot: i32): void {
  const p = process.at(slot);
  p.save = null;
  if (p.state === WAITING) p.state = <u8>PARKED;
  clearTimeout(slot);
}

/** Takes the oldest message of a mailbox, whoever asks: for burying, and for a bound that drops the oldest. EMPTY when none. */
export function drop(slot: i32): i32 {
  const p = process.at(slot);
  return p.count === 0 ? EMPTY : mailbox.shift(p, 1);
}

export function walk(slot: i32, restart: i32): i32 {
  return mailbox.walk(process.at(slot), restart !== 0);
}

export function removeAtCursor(slot: i32): void {
  mailbox.removeAtCursor(process.at(slot));
}

// ── Links, monitors, aliases ──

/** 1, or NO_MEMORY. Both processes must be alive. Linking twice makes one link. */
export function link(a: i32, b: i32, fresh: i32): i32 {
  const p = process.at(a);
  const q = process.at(b);
  if (!fresh && edge.findLink(p, q) !== null) return 1;
  return edge.create(p, q, EDGE_LINK, 0) === null ? NO_MEMORY : 1;
}

/** Whether there was a link. */
export function unlink(a: i32, b: i32): i32 {
  const found = edge.findLink(process.at(a), process.at(b));
  if (found === null) return 0;
  edge.release(found);
  return 1;
}

/** A monitor of `target`, an alias (`target` 0), or both in one, by `kind`. Its index, or NO_MEMORY. */
export function createEdge(owner: i32, target: i32, kind: i32, generation: i32): i32 {
  const created = edge.create(process.at(owner), target === 0 ? null : process.at(target), kind, generation);
  return created === null ? NO_MEMORY : edge.indexOf(created);
}

/** The slot of the process that an edge belongs to; 0 when it has ended. */
export function ownerOf(index: i32): i32 {
  const owner = edge.at(index).owner;
  return owner === null ? 0 : owner.slot;
}

/** The kind of an edge that belongs to `owner`, or 0 when it has ended. */
export function edgeKind(owner: i32, index: i32, generation: i32): i32 {
  const found = edge.find(index, generation);
  return found !== null && found.owner === process.at(owner) ? edge.kindOf(found) : 0;
}

/** Ends a monitor, and with it an alias that does not outlive it. */
export function demonitor(index: i32): void {
  const found = edge.at(index);
  if (exits.outlivesMonitor(edge.kindOf(found))) edge.endMonitor(found);
  else edge.release(found);
}

/** Ends an alias; a monitor it came with stays. */
export function unalias(index: i32): void {
  const found = edge.at(index);
  if (edge.kindOf(found) & EDGE_MONITOR) edge.setKind(found, EDGE_MONITOR);
  else edge.release(found);
}

/** Walks a list of edges: the first half-edge of a process's LINKS, MONITORS or WATCHERS, as a handle; 0 at the end. */
export function firstHalf(slot: i32, list: i32): i32 {
  return <i32>(changetype<usize>(edge.firstOf(process.at(slot), list)) >>> 4);
}

export function nextHalf(half: i32): i32 {
  return <i32>(changetype<usize>(changetype<edge.HalfEdge>((<usize>half) << 4).next) >>> 4);
}

/** The slot of the process at the other end, or 0. */
export function oppositeSlot(half: i32): i32 {
  const other = edge.opposite(changetype<edge.HalfEdge>((<usize>half) << 4)).process;
  return other === null ? 0 : other.slot;
}

export function halfEdgeIndex(half: i32): i32 {
  return edge.indexOf(edge.edgeOf(changetype<edge.HalfEdge>((<usize>half) << 4)));
}

export function halfEdgeKind(half: i32): i32 {
  return edge.kindOf(edge.edgeOf(changetype<edge.HalfEdge>((<usize>half) << 4)));
}

// ── Exits ──
// Each returns how many events wait in the outbox; `resume` goes on once the facade has seen to them.

/** `exit(pid, reason)`, `reason` one of REASON_*. */
export function signal(from: i32, to: i32, generation: i32, reason: i32): i32 {
  const target = process.find(to, generation);
  if (target === null) return 0;
  if (SIMULATED) simulation.note(layout.EVENT_DEAD, from, to);
  state.reason = reason;
  exits.signal(process.at(from), target, reason);
  exits.cascade();
  return state.events;
}

/** The process ends by itself, or of the doom it got while it ran. Its mailbox has been emptied. */
export function end(slot: i32, reason: i32): i32 {
  const p = process.at(slot);
  if (SIMULATED) simulation.note(layout.EVENT_DOOMED, slot, reason);
  state.reason = reason;
  exits.end(p);
  return state.events;
}

/** `end` and `bury` in one, when there is nobody to tell and no message left. Whether it did: most processes end so. */
export function endQuietly(slot: i32): i32 {
  const p = process.at(slot);
  if (p.count !== 0 || !process.isAlone(p)) return 0;
  p.state = <u8>ZOMBIE;
  exits.bury(p);
  return 1;
}

/** The events have been seen to. Goes on with what they interrupted. */
export function resume(): i32 {
  state.events = 0;
  exits.cascade();
  return state.events;
}

/** ZOMBIE → FREE, now or when it leaves its run queue. Its mailbox has been emptied. */
export function bury(slot: i32): void {
  exits.bury(process.at(slot));
}

/** The slot of the next process that a signal killed and that is to be closed, or EMPTY. Buries the one that it answered before. */
export function grave(): i32 {
  const p = exits.grave();
  return p === null ? EMPTY : p.slot;
}

// ── Time, in ms since the runtime began ──

/** The timer's index, or NO_MEMORY. `slot` 0: the target is a name. */
export function setTimer(slot: i32, deadline: f64): i32 {
  const created = timer.create(slot === 0 ? null : process.at(slot), <i64>deadline, false);
  return created === null ? NO_MEMORY : timer.indexOf(created);
}

export function cancelTimer(index: i32): void {
  timer.release(timer.at(index));
}

/** Sets the timeout of a process's receive or sleep. 0, or NO_MEMORY. */
export function setTimeout(slot: i32, deadline: f64): i32 {
  const p = process.at(slot);
  clearTimeout(slot);
  return timer.create(p, <i64>deadline, true) === null ? NO_MEMORY : 0;
}

/** The receive is over: no timeout any more. */
export function clearTimeout(slot: i32): void {
  const p = process.at(slot);
  if (p.timeout !== null) timer.release(p.timeout!);
  p.flags &= ~(<u8>TIMED_OUT);
}

/** Fires what is due. Events in the low bits; bit 30 says that more is due: call again after `resume`. */
export function advance(now: f64, work: i32): i32 {
  if (SIMULATED) {
    simulation.advance();
    return state.events;
  }
  const more = timer.advance(<i64>now, work);
  return state.events | (more ? 1 << 30 : 0);
}

/** Nothing is due before this time; -1: there is no timer. */
export function nextDeadline(): f64 {
  const time = timer.nextEvent();
  return time === i64.MAX_VALUE ? -1 : <f64>time;
}

/** 0, or the number of the first broken invariant. The release core does not look: it answers 0. */
export function check(): i32 {
  return CHECKED ? invariants.check() : 0;
}

// ── Counts, for tests and inspection ──

export function edgesInUse(): i32 {
  return state.edgesInUse;
}

export function timersInUse(): i32 {
  return state.timersInUse;
}

export function segmentsInUse(): i32 {
  return state.segmentsInUse;
}
