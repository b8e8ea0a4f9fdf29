import * as layout from "./layout.ts";
import { DIRECTORY_ENTRIES, EVENT_TIMER, PARKED, TIMED_OUT, WAITING } from "./layout.ts";
import { takeChunk } from "./memory.ts";
import { emit, isFull } from "./outbox.ts";
import { makeRunnable, Process } from "./process.ts";
import { State, state } from "./state.ts";

// A hierarchical wheel with a tick of 1 ms. It has seven levels of 64 buckets. Those of level 0 are one tick wide, one of another
// level is as wide as the whole level below: 64 ms, 4 s, 4 min, 5 h, 12 days, 2 years. What lies more than 139 years ahead waits
// in the last bucket and is placed anew when that comes. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987).
//
// A bucket is a ring of timers with the bucket itself as its sentinel: removal needs no bucket. One bit for each bucket says
// that it may hold something, so a long silence costs a few steps.
//
// When time enters a coarse bucket, its ring moves as a whole to the level's `due` ring, and from there timer by timer into
// finer buckets. `advance` does a bounded amount of work: until the rings are empty, the wheel's time stands still.

/** One timer. `process` is its target, or null when that is a name; `owned` timers are in that process's list. */
@unmanaged
export class Timer {
  next: Timer | null;
  previous: Timer | null;
  /** In ms; not before it does the timer fire. */
  deadline: i64;
  process: Process | null;
  ownNext: Timer | null;
  ownPrevious: Timer | null;
  /** Its number << 1, | 1 for the timeout of a receive. */
  label: i32;
  /** In a simulation, when it is due: others go first. */
  putOff: i32;
}

// Four more than the fields have, so that deadlines lie at multiples of eight.
const BYTES = 48;
const CHUNK_SHIFT = 10;
const CHUNK = 1 << CHUNK_SHIFT;
if (offsetof<Timer>() > <usize>BYTES) ERROR("a timer has 48 bytes");
if (offsetof<Timer>("next") !== layout.TIMER_NEXT) ERROR("layout.TIMER_NEXT");
if (offsetof<Timer>("deadline") !== layout.TIMER_DEADLINE) ERROR("layout.TIMER_DEADLINE");
if (offsetof<Timer>("process") !== layout.TIMER_PROCESS) ERROR("layout.TIMER_PROCESS");
if (offsetof<Timer>("label") !== layout.TIMER_LABEL) ERROR("layout.TIMER_LABEL");

const TIMEOUT = layout.TIMER_TIMEOUT;

// ┌────────────────────┬─────┬────────────────────┬────────────────┐
// │ level 0: 64 × 8 B  │ ... │ level 6: 64 × 8 B  │ due 0..6: 56 B │
// └────────────────────┴─────┴────────────────────┴────────────────┘
// due 0: always empty, since what is due in level 0 fires from its bucket.
const LEVELS: i32 = 7;
const SHIFT: i64 = 6;
const DUE = layout.WHEEL + LEVELS * 64 * 8;
const WHEEL_END = DUE + LEVELS * 8;
if (WHEEL_END !== layout.WHEEL + layout.WHEEL_RINGS * 8) ERROR("layout.WHEEL_RINGS");
if (WHEEL_END > layout.OUTBOX) ERROR("the wheel reaches into the outbox");

export function init(): void {
  for (let ring: usize = layout.WHEEL; ring < <usize>WHEEL_END; ring += 8) {
    store<usize>(ring, ring);
    store<usize>(ring, ring, 4);
  }
}

export function at(index: i32): Timer {
  const chunk = load<usize>(layout.TIMER_DIRECTORY + ((index >>> CHUNK_SHIFT) << 2));
  return changetype<Timer>(chunk + (index & (CHUNK - 1)) * BYTES);
}

export function indexOf(timer: Timer): i32 {
  return timer.label >>> 1;
}

/** Sets a timer. For a timeout, `process` is whose receive it ends. Null when memory is out. */
export function create(process: Process | null, deadline: i64, timeout: bool): Timer | null {
  const timer = state.freeTimers === null ? fresh() : state.freeTimers;
  if (timer === null) return null;
  const next = timer.next;
  timer.deadline = max(deadline, state.time);
  // Should the host's stack end here, it is free still.
  place(timer);
  state.freeTimers = next;
  state.timersInUse++;
  timer.label = (timer.label & ~TIMEOUT) | (timeout ? TIMEOUT : 0);
  if (SIMULATED) timer.putOff = 0;
  timer.process = process;
  if (process !== null) {
    if (timeout) {
      process.timeout = timer;
    } else {
      const first = process.timers;
      timer.ownPrevious = null;
      timer.ownNext = first;
      if (first !== null) first.ownPrevious = timer;
      process.timers = timer;
    }
  }
  return timer;
}

/** A free one that has never been used. */
function fresh(): Timer | null {
  const index = state.timers;
  if (index === DIRECTORY_ENTRIES << CHUNK_SHIFT) return null;
  const entry = layout.TIMER_DIRECTORY + ((index >>> CHUNK_SHIFT) << 2);
  if (load<usize>(entry) === 0) {
    const chunk = takeChunk(CHUNK * BYTES);
    if (chunk === 0) return null;
    store<usize>(entry, chunk);
  }
  state.timers = index + 1;
  const timer = at(index);
  timer.label = index << 1;
  timer.next = null;
  state.freeTimers = timer;
  return timer;
}

/** Ends a timer: takes it off the wheel and from its process. */
export function release(timer: Timer): void {
  unring(timer);
  const process = timer.process;
  if (process !== null) {
    if (timer.label & TIMEOUT) {
      process.timeout = null;
    } else {
      const previous = timer.ownPrevious;
      const next = timer.ownNext;
      if (previous === null) process.timers = next;
      else previous.ownNext = next;
      if (next !== null) next.ownPrevious = previous;
    }
  }
  timer.next = state.freeTimers;
  state.freeTimers = timer;
  state.timersInUse--;
}

function place(timer: Timer): void {
  const deadline = timer.deadline;
  let distance = <u64>(deadline - state.time) >> SHIFT;
  let level = 0;
  let shift: i64 = 0;
  while (distance !== 0 && level < LEVELS - 1) {
    distance >>= SHIFT;
    shift += SHIFT;
    level++;
  }
  // Beyond the last level: its last bucket, to be placed anew from there.
  const bucket = (distance === 0 ? <i32>(deadline >> shift) : <i32>(state.time >> shift) - 1) & 63;
  mark(OCCUPIED + (level << 3), bucket);
  append(ringOf(level, bucket), timer);
}

const OCCUPIED = layout.STATE + offsetof<State>("occupied0");
if (offsetof<State>("occupied6") - offsetof<State>("occupied0") !== 48) ERROR("seven words of bits lie side by side");

function mark(word: usize, bucket: i32): void {
  store<u64>(word, load<u64>(word) | ((<u64>1) << (bucket & 63)));
}

function unmark(word: usize, bucket: i32): void {
  store<u64>(word, load<u64>(word) & ~((<u64>1) << (bucket & 63)));
}

// ── Rings ──

function ringOf(level: i32, bucket: i32): usize {
  return ringAt((level << 6) + bucket);
}

function isEmpty(ring: usize): bool {
  return load<usize>(ring) === ring;
}

function append(ring: usize, timer: Timer): void {
  const last = load<usize>(ring, 4);
  timer.next = changetype<Timer>(ring);
  timer.previous = changetype<Timer>(last);
  store<usize>(last, changetype<usize>(timer));
  store<usize>(ring, changetype<usize>(timer), 4);
}

function unring(timer: Timer): void {
  const previous = changetype<usize>(timer.previous);
  const next = changetype<usize>(timer.next);
  store<usize>(previous, next);
  store<usize>(next, previous, 4);
}

/** Moves all timers of a ring to the end of another. */
function splice(from: usize, to: usize): void {
  if (isEmpty(from)) return;
  const first = load<usize>(from);
  const last = load<usize>(from, 4);
  const before = load<usize>(to, 4);
  store<usize>(before, first);
  store<usize>(first, before, 4);
  store<usize>(last, to);
  store<usize>(to, last, 4);
  store<usize>(from, from);
  store<usize>(from, from, 4);
}

// ── Time ──

const NEVER: i64 = i64.MAX_VALUE;

/** No timer needs anything before this time, in ms; NEVER when there is none. */
export function nextEvent(): i64 {
  let earliest = NEVER;
  for (let level = 0; level < LEVELS; level++) {
    if (!isEmpty(DUE + (level << 3))) return state.time;
    earliest = min(earliest, nextBucket(level));
  }
  return earliest;
}

function nextBucket(level: i32): i64 {
  const word = OCCUPIED + (level << 3);
  const shift = <i64>level * SHIFT;
  // The bucket of now holds what is due in level 0. In another it is empty, or holds what is a whole turn ahead.
  const first = (state.time >> shift) + <i64>(level !== 0);
  while (true) {
    const bits = load<u64>(word);
    if (bits === 0) return NEVER;
    const coarse = first + <i64>ctz(rotr<u64>(bits, first & 63));
    const bucket = <i32>coarse & 63;
    if (!isEmpty(ringOf(level, bucket))) return coarse << shift;
    unmark(word, bucket);
  }
}

/**
 * Lets time come up to `now` and fires what is due, in order of deadline. Does at most `work` steps, and stops when the outbox
 * is full. Whether something that is due is left.
 */
export function advance(now: i64, work: i32): bool {
  while (true) {
    const time = nextEvent();
    if (time > now) {
      if (now > state.time) state.time = now;
      return false;
    }
    if (time > state.time) enter(time);
    for (let level = LEVELS - 1; level > 0; level--) {
      const due = DUE + (level << 3);
      while (!isEmpty(due)) {
        if (--work < 0) return true;
        const timer = changetype<Timer>(load<usize>(due));
        unring(timer);
        place(timer);
      }
    }
    const bucket = ringOf(0, <i32>time & 63);
    while (!isEmpty(bucket)) {
      if (--work < 0 || isFull()) return true;
      fire(changetype<Timer>(load<usize>(bucket)));
    }
  }
}

// ── For simulations, in which timers that are due together fire one by one, in an order that is drawn ──

/** Lets time come up to the next moment at which a timer is due, but not over `until`. */
export function pass(until: i64): void {
  while (true) {
    const time = nextEvent();
    if (time > until) return;
    if (time > state.time) enter(time);
    for (let level = LEVELS - 1; level > 0; level--) {
      const due = DUE + (level << 3);
      while (!isEmpty(due)) {
        const timer = changetype<Timer>(load<usize>(due));
        unring(timer);
        place(timer);
      }
    }
    if (!isEmpty(dueRing())) return;
  }
}

/** What lies in the bucket of this moment is due. */
function dueRing(): usize {
  return ringOf(0, <i32>state.time & 63);
}

export function dueCount(): i32 {
  const ring = dueRing();
  let count = 0;
  for (let at = load<usize>(ring); at !== ring; at = load<usize>(at)) count++;
  return count;
}

/** Writes down the timers that are due, in their order. */
export function gatherDue(to: usize): void {
  const ring = dueRing();
  for (let at = load<usize>(ring); at !== ring; at = load<usize>(at), to += 4) store<usize>(to, at);
}

export function dueAt(index: i32): Timer {
  let at = load<usize>(dueRing());
  while (index-- > 0) at = load<usize>(at);
  return changetype<Timer>(at);
}

/** Time moves to `time`; the coarse buckets that begin there become due. Those in between are empty. */
function enter(time: i64): void {
  state.time = time;
  for (let level = 1; level < LEVELS; level++) {
    const shift = <i64>level * SHIFT;
    if ((time & (((<i64>1) << shift) - 1)) !== 0) return;
    splice(ringOf(level, <i32>(time >> shift) & 63), DUE + (level << 3));
  }
}

export function fire(timer: Timer): void {
  const process = timer.process;
  const index = indexOf(timer);
  const timeout = timer.label & TIMEOUT;
  release(timer);
  if (!timeout) {
    emit(EVENT_TIMER, index, 0, 0);
  } else if (process !== null) {
    process.flags |= <u8>TIMED_OUT;
    if (process.state === WAITING || process.state === PARKED) makeRunnable(process);
  }
}

/** The rings of the wheel: 64 for each level, then the due rings. */
export function ringAt(index: i32): usize {
  return layout.WHEEL + (index << 3);
}

export const RINGS = LEVELS * 64 + LEVELS;
