import * as layout from "./layout.ts";
import { EMPTY, NO_MEMORY, SEGMENT_SLOTS, TOMBSTONE, UNKNOWN, UNTAGGED, ZOMBIE } from "./layout.ts";
import { takeChunk } from "./memory.ts";
import { Process, wake } from "./process.ts";
import { state } from "./state.ts";

// A mailbox is a chain of segments of eight slots, from the slot `headAt` of its head to before `tailAt` of its tail:
//
//   head                            tail
//  ┌─────────────────┐  next       ┌─────────────────┐
//  │ · · 3 4 † 6 7 8 │ ──────────▶ │ 9 † 11 · · · · ·│      † taken from the middle: a tombstone
//  └─────────────────┘ ◀────────── └─────────────────┘
//      ▲ headAt          previous           ▲ tailAt
//
// A slot's number, `base` + its place, is the message's handle: the facade keeps the value in an array under that number, so
// nothing is copied or renumbered when a mailbox grows. A slot of the core holds only the message's tag.
//
// The head slot is a living message. A segment without one leaves the chain at once. An empty mailbox owns no segment:
// the free list is a stack, so all short mailboxes share the same few warm segments.

/** Eight messages: their tags, contiguous for scans. `live` counts those that are not tombstones. */
@unmanaged
export class Segment {
  next: Segment | null;
  previous: Segment | null;
  base: i32;
  live: i32;
  tag0: i32;
  tag1: i32;
  tag2: i32;
  tag3: i32;
  tag4: i32;
  tag5: i32;
  tag6: i32;
  tag7: i32;
}

const BYTES = layout.SEGMENT_BYTES;
const CHUNK = 64;
const RUN = 256;
if (offsetof<Segment>() !== BYTES) ERROR("layout.SEGMENT_BYTES");
if (offsetof<Segment>("tag7") - offsetof<Segment>("tag0") !== (SEGMENT_SLOTS - 1) * 4) ERROR("layout.SEGMENT_SLOTS");

function tagAt(segment: Segment, place: i32): i32 {
  return load<i32>(changetype<usize>(segment) + (place << 2), offsetof<Segment>("tag0"));
}

function setTag(segment: Segment, place: i32, tag: i32): void {
  store<i32>(changetype<usize>(segment) + (place << 2), tag, offsetof<Segment>("tag0"));
}

export function takeSegment(): Segment | null {
  let segment = state.freeSegments;
  if (segment !== null) {
    state.freeSegments = segment.next;
  } else {
    if (state.freshSegments === 0) {
      const chunk = takeChunk(CHUNK * BYTES);
      if (chunk === 0) return null;
      state.freshSegment = chunk;
      state.freshSegments = CHUNK;
    }
    segment = changetype<Segment>(state.freshSegment);
    state.freshSegment += BYTES;
    state.freshSegments--;
    segment.base = state.segments * SEGMENT_SLOTS;
    state.segments++;
  }
  segment.next = null;
  segment.live = 0;
  state.segmentsInUse++;
  return segment;
}

export function giveSegment(segment: Segment): void {
  segment.next = state.freeSegments;
  state.freeSegments = segment;
  state.segmentsInUse--;
}

/** Adds a message at the tail and returns its number, or NO_MEMORY. */
export function append(p: Process): i32 {
  let segment = p.tail;
  let place = <i32>p.tailAt;
  if (segment === null || place === SEGMENT_SLOTS) {
    const fresh = takeSegment();
    if (fresh === null) return NO_MEMORY;
    fresh.previous = segment;
    if (segment === null) {
      p.head = fresh;
      p.headAt = 0;
    } else {
      segment.next = fresh;
    }
    p.tail = fresh;
    segment = fresh;
    place = 0;
  }
  setTag(segment, place, UNTAGGED);
  segment.live++;
  p.tailAt = <u8>(place + 1);
  p.count++;
  return segment.base + place;
}

/** Takes the oldest message and returns its number, and `count - 1` of those that follow it. The mailbox must have them. */
export function shift(p: Process, count: i32): i32 {
  const segment = p.head!;
  const place = <i32>p.headAt;
  const rest = count - 1;
  if (CHECKED) assert(rest === 0 || p.save === null, "what is read ahead is looked at by no receive");
  segment.live -= rest;
  p.count -= rest;
  if (p.save === null && segment.live > 1) {
    segment.live--;
    p.count--;
    advanceHead(p, segment, place + count);
  } else {
    remove(p, segment, place + rest);
  }
  return segment.base + place;
}

/** How many messages follow the oldest one in its segment, without a tombstone among them. */
export function following(p: Process): i32 {
  const segment = p.head!;
  const end = segment === p.tail ? <i32>p.tailAt : SEGMENT_SLOTS;
  const live = segment.live;
  return live === end - <i32>p.headAt ? live - 1 : 0;
}

/**
 * Takes the message at a place. What lies before and behind it keeps its order. When the save pointer stood on it, or in a
 * segment that goes, the receive begins anew at the head; if it waits, it is woken for that.
 */
function remove(p: Process, segment: Segment, place: i32): void {
  if (CHECKED) assert(tagAt(segment, place) !== TOMBSTONE, "a message is taken once");
  if (p.save === segment && (segment.live === 1 || <i32>p.saveAt === place)) {
    p.save = null;
    wake(p);
  }
  segment.live--;
  if (--p.count === 0) {
    // Tombstones may be left in other segments only between living messages, so this is the last segment.
    // (A zombie's is the dying list's.)
    if (p.state !== ZOMBIE) p.save = null;
    p.head = null;
    p.tail = null;
    giveSegment(segment);
    return;
  }
  setTag(segment, place, TOMBSTONE);
  if (segment.live === 0) unlink(p, segment);
  else if (segment === p.head && place === <i32>p.headAt) advanceHead(p, segment, place + 1);
}

function unlink(p: Process, segment: Segment): void {
  const previous = segment.previous;
  const next = segment.next;
  if (previous !== null) previous.next = next;
  if (next !== null) next.previous = previous;
  if (segment === p.tail) {
    p.tail = previous;
    p.tailAt = <u8>SEGMENT_SLOTS;
  }
  if (segment === p.head) {
    p.head = next;
    advanceHead(p, next!, 0);
  }
  giveSegment(segment);
}

function advanceHead(p: Process, segment: Segment, place: i32): void {
  while (tagAt(segment, place) === TOMBSTONE) place++;
  p.headAt = <u8>place;
}

// ── Selective receive ──
// The message under the save pointer is the candidate: `candidate` finds it, `pick` takes it, `pass` goes on to another.

/** The message at the save pointer, or EMPTY at the end of the mailbox. */
export function candidate(p: Process): i32 {
  if (p.count === 0) return EMPTY;
  if (p.save === null) {
    p.save = p.head;
    p.saveAt = p.headAt;
  }
  return settle(p, p.save!, p.saveAt);
}

/** Puts the save pointer on the first living message at or behind a place. */
function settle(p: Process, segment: Segment, place: i32): i32 {
  const number = seek(p, segment, place);
  p.save = state.cursor;
  p.saveAt = <u8>state.cursorAt;
  return number;
}

/** Puts the cursor on the first living message at or behind a place: its number, or EMPTY at the end of the mailbox. */
function seek(p: Process, segment: Segment, place: i32): i32 {
  while (true) {
    const end = segment === p.tail ? <i32>p.tailAt : SEGMENT_SLOTS;
    const next = segment.next;
    if (place >= end && next !== null) {
      segment = next;
      place = 0;
      continue;
    }
    if (place < end && tagAt(segment, place) === TOMBSTONE) {
      place++;
      continue;
    }
    state.cursor = segment;
    state.cursorAt = place;
    return place < end ? segment.base + place : EMPTY;
  }
}

/** Takes the candidate. False when it is gone: looking at it ran code of the program. */
export function pick(p: Process): bool {
  const segment = p.save;
  if (segment === null) return false;
  const previous = segment.previous;
  const isLast = segment.live === 1;
  remove(p, segment, p.saveAt);
  // What lay before it still does: whoever looks for the same again goes on here.
  p.save = p.count === 0 ? null : isLast ? previous : segment;
  if (isLast) p.saveAt = <u8>SEGMENT_SLOTS;
  return true;
}

/** Passes over the candidate and those behind it, `count` slots of its run, or with 0 all of it: the next message of whatever tag becomes it. */
export function pass(p: Process, count: i32): i32 {
  let segment = p.save;
  if (segment === null) return candidate(p);
  if (count === 0) return settle(p, state.runEnd!, state.runEndAt);
  let place = <i32>p.saveAt + count;
  while (place >= SEGMENT_SLOTS && segment.next !== null) {
    place -= SEGMENT_SLOTS;
    segment = segment.next!;
  }
  return settle(p, segment, place);
}

/** How many slots, from the candidate on, have numbers that follow each other: those of its segment, and of segments taken right after that. */
export function run(p: Process): i32 {
  let segment = p.save!;
  const first = segment.base + <i32>p.saveAt;
  while (true) {
    const end = segment.base + (segment === p.tail ? <i32>p.tailAt : SEGMENT_SLOTS);
    const next = segment.next;
    if (next === null || next.base !== end || end - first > RUN) {
      state.runEnd = segment;
      state.runEndAt = end - segment.base;
      return end - first;
    }
    segment = next;
  }
}

/**
 * Passes over the candidate, whose tag turned out to be `tag`, up to the next message whose tag is one of the first `size`
 * of TAGSET, or whose tag must be looked at first: a message is tagged when a receive first passes over it, so that what is
 * taken in order of arrival never pays for it.
 *
 * `known` is how many strings are interned: a tag that was unknown when there were fewer must be looked at again.
 */
export function passTagged(p: Process, tag: i32, size: i32, known: i32): i32 {
  if (p.save === null) return candidate(p);
  let segment = p.save!;
  let place = <i32>p.saveAt;
  setTag(segment, place, tag);
  place++;
  const stale = UNKNOWN - known;
  const first = load<i32>(layout.TAGSET);
  while (true) {
    const end = segment === p.tail ? <i32>p.tailAt : SEGMENT_SLOTS;
    while (place < end) {
      const other = tagAt(segment, place);
      if (
        other === first ||
        other === UNTAGGED ||
        (other <= UNKNOWN && other > stale) ||
        (other > 0 && size > 1 && isInSet(other, size))
      ) {
        p.save = segment;
        p.saveAt = <u8>place;
        return segment.base + place;
      }
      place++;
    }
    const next = segment.next;
    if (next === null) break;
    segment = next;
    place = 0;
  }
  p.save = segment;
  p.saveAt = <u8>place;
  return EMPTY;
}

function isInSet(tag: i32, size: i32): bool {
  for (let i = 1; i < size; i++) {
    if (load<i32>(layout.TAGSET + (i << 2)) === tag) return true;
  }
  return false;
}

// ── Walking, for inspection and for `demonitor` with flush: the cursor does not touch the save pointer ──

/** The first (`restart`) or next message, or EMPTY. */
export function walk(p: Process, restart: bool): i32 {
  const segment = restart ? p.head : state.cursor;
  if (segment === null) return EMPTY;
  const number = seek(p, segment, restart ? <i32>p.headAt : state.cursorAt + 1);
  if (number === EMPTY) state.cursor = null;
  return number;
}

/** Takes the message at the cursor and ends the walk. */
export function removeAtCursor(p: Process): void {
  remove(p, state.cursor!, state.cursorAt);
  state.cursor = null;
}
