import * as layout from "../layout.ts";
import {
  NO_SEGMENT,
  PROCESS_COUNT,
  PROCESS_ENDS,
  PROCESS_HEAD,
  PROCESS_TAIL,
  SEGMENT_LIVE,
  SEGMENT_NEXT,
  SEGMENT_PREVIOUS,
  SEGMENT_SLOTS,
  SEGMENT_TAGS,
  STATE_FREE_SEGMENTS,
  TOMBSTONE,
  UNTAGGED,
} from "../layout.ts";
import { Memory } from "./memory.ts";

// The two ends of a mailbox; assembly/mailbox.ts draws it and does all that happens in its middle.
// The word PROCESS_ENDS of a block holds, a byte each, headAt, tailAt, saveAt and the overflow.

/** Adds a message at the tail and returns its number, or NO_SEGMENT. */
export function append(memory: Memory, p: i32): i32 {
  let segment = memory.follow(p, PROCESS_TAIL);
  let ends = memory.read(p, PROCESS_ENDS);
  let place = (ends >>> 8) & 255;
  if (segment === 0 || place === SEGMENT_SLOTS) {
    const fresh = memory.follow(0, STATE_FREE_SEGMENTS);
    if (fresh === 0) return NO_SEGMENT;
    memory.write(0, STATE_FREE_SEGMENTS, memory.read(fresh, SEGMENT_NEXT));
    memory.write(0, layout.STATE_SEGMENTS_IN_USE, memory.read(0, layout.STATE_SEGMENTS_IN_USE) + 1);
    memory.write(fresh, SEGMENT_NEXT, 0);
    memory.point(fresh, SEGMENT_PREVIOUS, segment);
    memory.write(fresh, SEGMENT_LIVE, 0);
    if (segment === 0) {
      memory.point(p, PROCESS_HEAD, fresh);
      ends &= ~255;
    } else {
      memory.point(segment, SEGMENT_NEXT, fresh);
    }
    memory.point(p, PROCESS_TAIL, fresh);
    segment = fresh;
    place = 0;
  }
  memory.write(memory.behind(segment, place), SEGMENT_TAGS, UNTAGGED);
  memory.write(segment, SEGMENT_LIVE, memory.read(segment, SEGMENT_LIVE) + 1);
  memory.write(p, PROCESS_ENDS, (ends & ~(255 << 8)) | ((place + 1) << 8));
  memory.write(p, PROCESS_COUNT, memory.read(p, PROCESS_COUNT) + 1);
  return memory.read(segment, layout.SEGMENT_BASE) + place;
}

/** Takes the oldest message. The mailbox must not be empty, and the save pointer must not stand in it. */
export function shift(memory: Memory, p: i32): i32 {
  let segment = memory.follow(p, PROCESS_HEAD);
  const ends = memory.read(p, PROCESS_ENDS);
  let place = ends & 255;
  const number = memory.read(segment, layout.SEGMENT_BASE) + place;
  const count = memory.read(p, PROCESS_COUNT) - 1;
  memory.write(p, PROCESS_COUNT, count);
  if (count === 0) {
    memory.write(p, PROCESS_HEAD, 0);
    memory.write(p, PROCESS_TAIL, 0);
    giveSegment(memory, segment);
    return number;
  }
  const live = memory.read(segment, SEGMENT_LIVE) - 1;
  if (live === 0) {
    const next = memory.follow(segment, SEGMENT_NEXT);
    memory.write(next, SEGMENT_PREVIOUS, 0);
    memory.point(p, PROCESS_HEAD, next);
    giveSegment(memory, segment);
    segment = next;
    place = 0;
  } else {
    memory.write(segment, SEGMENT_LIVE, live);
    place++;
  }
  while (memory.read(memory.behind(segment, place), SEGMENT_TAGS) === TOMBSTONE) place++;
  memory.write(p, PROCESS_ENDS, (ends & ~255) | place);
  return number;
}

export function giveSegment(memory: Memory, segment: i32): void {
  memory.write(segment, SEGMENT_NEXT, memory.read(0, STATE_FREE_SEGMENTS));
  memory.point(0, STATE_FREE_SEGMENTS, segment);
  memory.write(0, layout.STATE_SEGMENTS_IN_USE, memory.read(0, layout.STATE_SEGMENTS_IN_USE) - 1);
}
