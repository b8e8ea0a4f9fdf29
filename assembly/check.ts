import * as edge from "./edge.ts";
import { nextGrave } from "./exit.ts";
import * as layout from "./layout.ts";
import {
  BURIED,
  EDGE_ALIAS,
  EDGE_LINK,
  EDGE_MONITOR,
  FREE,
  LINKS,
  MONITORS,
  QUEUED,
  RUNNABLE,
  RUNNING,
  SEGMENT_SLOTS,
  TOMBSTONE,
  WAITING,
  WATCHERS,
  ZOMBIE,
} from "./layout.ts";
import { Segment } from "./mailbox.ts";
import * as process from "./process.ts";
import { Process } from "./process.ts";
import * as runQueue from "./run-queue.ts";
import * as simulation from "./simulation.ts";
import { state } from "./state.ts";
import * as timer from "./timer.ts";
import { Timer } from "./timer.ts";

/**
 * Walks all structures. 0, or the number of the first invariant that does not hold: docs/core-abi.md lists them.
 * Between calls of the core they all hold. Takes time in proportion to everything there is.
 */
export function check(): i32 {
  let broken = checkRunQueues();
  if (broken === 0) broken = checkGraves();
  if (broken === 0) broken = checkProcesses();
  if (broken === 0) broken = checkFreeLists();
  if (broken === 0) broken = checkTimers();
  return broken;
}

function checkRunQueues(): i32 {
  let queued = 0;
  for (let priority = layout.PRIORITY_LOW; priority <= layout.PRIORITY_MAX; priority++) {
    let p = runQueue.firstOf(priority);
    let last: Process | null = null;
    while (p !== null) {
      if (!(p.flags & QUEUED)) return 101;
      if (<i32>p.priority !== priority) return 102;
      if (p.state !== RUNNABLE && p.state !== ZOMBIE) return 103;
      if (++queued > state.runnable) return 104;
      last = p;
      p = p.next;
    }
    if (runQueue.lastOf(priority) !== last) return 105;
  }
  return queued === state.runnable ? 0 : 106;
}

function checkGraves(): i32 {
  let graves = 0;
  let p = state.graves;
  let last: Process | null = null;
  while (p !== null) {
    if (p.state !== ZOMBIE || p.flags & BURIED) return 215;
    if (++graves > state.processes) return 216;
    last = p;
    p = nextGrave(p);
  }
  return last === state.lastGrave ? 0 : 217;
}

function checkProcesses(): i32 {
  let used = 0;
  let queued = 0;
  let segments = 0;
  let halves = 0;
  let edges = 0;
  for (let slot = 1; slot <= state.slots; slot++) {
    const p = process.at(slot);
    if (p.slot !== slot) return 201;
    if (<i32>p.state > ZOMBIE) return 202;
    if (p.flags & QUEUED) queued++;
    if (p.state === RUNNABLE && !(p.flags & QUEUED)) return 203;
    if (p.state === RUNNING && p !== state.current) return 204;
    if (p.flags & BURIED && p.state !== ZOMBIE) return 205;
    if (p.state === FREE) {
      if (p.count !== 0 || p.head !== null) return 206;
      if (p.links !== null || p.monitors !== null || p.watchers !== null) return 207;
      if (p.timers !== null || p.timeout !== null) return 208;
      continue;
    }
    used++;
    // Who waits bare has nothing to take, so that what comes next may be handed to it.
    if (p.state === WAITING && p.flags & layout.BARE && p.count !== 0 && !(p.flags & layout.DOOMED)) return 213;
    // A process with a message in reach does not wait for one, unless a receive has passed over it.
    if (p.state === WAITING && p.count !== 0 && p.save === null && !(p.flags & layout.DOOMED)) return 209;
    const inMailbox = checkMailbox(p);
    if (inMailbox < 0) return -inMailbox;
    segments += inMailbox;
    for (let list = LINKS; list <= WATCHERS; list++) {
      let half = edge.firstOf(p, list);
      let previous: edge.HalfEdge | null = null;
      while (half !== null) {
        if (half.process !== p) return 301;
        if (half.previous !== previous) return 302;
        const record = edge.edgeOf(half);
        const kind = edge.kindOf(record);
        const isOwner = edge.ownerHalf(record) === half;
        if (edge.at(edge.indexOf(record)) !== record) return 303;
        if (
          list === LINKS ? kind !== EDGE_LINK : (kind & (EDGE_MONITOR | EDGE_ALIAS)) === 0 || (kind & EDGE_LINK) !== 0
        )
          return 304;
        if (list === MONITORS && !isOwner) return 305;
        if (list === WATCHERS && (isOwner || !(kind & EDGE_MONITOR))) return 306;
        const other = edge.opposite(half).process;
        if (list !== MONITORS && other === null) return 307;
        if (other !== null && other.state === FREE) return 308;
        if (isOwner) edges++;
        if (++halves > state.edgesInUse * 2) return 309;
        previous = half;
        half = half.next;
      }
    }
    let own = p.timers;
    let before: Timer | null = null;
    while (own !== null) {
      if (own.process !== p || own.ownPrevious !== before) return 401;
      before = own;
      own = own.ownNext;
    }
    if (p.timeout !== null && p.timeout!.process !== p) return 402;
  }
  if (used !== state.processes) return 210;
  if (queued !== state.runnable) return 211;
  if (SIMULATED) segments += simulation.underWay();
  if (segments !== state.segmentsInUse) return 212;
  if (edges !== state.edgesInUse) return 214;
  return 0;
}

/** How many segments a mailbox has, or an invariant's number, negated. */
function checkMailbox(p: Process): i32 {
  let segments = 0;
  let living = 0;
  let saved = p.save === null || p.state === ZOMBIE;
  let previous: Segment | null = null;
  let segment = p.head;
  if ((p.count === 0) !== (segment === null)) return -220;
  while (segment !== null) {
    segments++;
    if (segment.previous !== previous) return -221;
    if (segment === p.save) saved = true;
    const end = segment === p.tail ? <i32>p.tailAt : SEGMENT_SLOTS;
    let place = segment === p.head ? <i32>p.headAt : 0;
    let live = 0;
    if (
      segment === p.head &&
      load<i32>(changetype<usize>(segment) + (place << 2), offsetof<Segment>("tag0")) === TOMBSTONE
    )
      return -222;
    for (; place < end; place++) {
      if (load<i32>(changetype<usize>(segment) + (place << 2), offsetof<Segment>("tag0")) !== TOMBSTONE) live++;
    }
    if (live === 0 || live !== segment.live) return -223;
    living += live;
    previous = segment;
    segment = segment.next;
  }
  if (previous !== p.tail && p.count !== 0) return -224;
  if (living !== p.count) return -225;
  return saved || p.count === 0 ? segments : -226;
}

function checkFreeLists(): i32 {
  let free = 0;
  let p = state.freeFirst;
  while (p !== null) {
    if (p.state !== FREE) return 501;
    if (++free > state.freeSlots) return 502;
    if (p.next === null && p !== state.freeLast) return 503;
    p = p.next;
  }
  if (free !== state.freeSlots) return 504;
  let segments = 0;
  let segment = state.freeSegments;
  while (segment !== null) {
    segments++;
    segment = segment.next;
  }
  if (segments + state.segmentsInUse !== state.segments) return 505;
  let edges = 0;
  let record = state.freeEdges;
  while (record !== null) {
    if (edge.kindOf(record) !== 0) return 506;
    edges++;
    record = changetype<edge.Edge | null>(record.ownerNext);
  }
  if (edges + state.edgesInUse !== state.edges) return 507;
  return 0;
}

function checkTimers(): i32 {
  let set = 0;
  for (let i = 0; i < timer.RINGS; i++) {
    const ring = timer.ringAt(i);
    let at = load<usize>(ring);
    let previous = ring;
    while (at !== ring) {
      const t = changetype<Timer>(at);
      if (changetype<usize>(t.previous) !== previous) return 601;
      if (t.deadline < state.time) return 602;
      if (timer.at(timer.indexOf(t)) !== t) return 603;
      if (++set > state.timersInUse) return 604;
      previous = at;
      at = changetype<usize>(t.next);
    }
  }
  return set === state.timersInUse ? 0 : 605;
}
