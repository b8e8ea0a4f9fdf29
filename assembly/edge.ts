import * as layout from "./layout.ts";
import { EDGE_LINK, EDGE_MONITOR, LINKS, MONITORS, WATCHERS } from "./layout.ts";
import { takeChunk } from "./memory.ts";
import { Process } from "./process.ts";
import { state } from "./state.ts";

//  half 0: the owner's                        half 1: the target's
// ┌──────────┬──────────┬─────────┬─────────┐┌──────────┬──────────┬─────────┬────────────┐
// │ next     │ previous │ process │ label   ││ next     │ previous │ process │ generation │
// └──────────┴──────────┴─────────┴─────────┘└──────────┴──────────┴─────────┴────────────┘
//  0          4          8         12         16         20         24        28
//
// label: ┌──────── index, 27 bits ────────┬─ kind, 5 bits ─┐
//
// A link stands in `links` of both processes. A monitor stands in `monitors` of its owner and in `watchers` of its target; an
// alias only in `monitors` of its owner. Both halves lie side by side, so either end leads to the other, and neither removing an
// edge nor walking those of one process searches.

/** One end of an edge, in a list of its process; `process` is null when it stands in none. */
@unmanaged
export class HalfEdge {
  next: HalfEdge | null;
  previous: HalfEdge | null;
  process: Process | null;
  meta: i32;
}

/** Both ends. `kind` bits of the label are 0 while it is free; then `ownerNext` is the free list's. */
@unmanaged
export class Edge {
  ownerNext: HalfEdge | null;
  ownerPrevious: HalfEdge | null;
  owner: Process | null;
  label: i32;
  targetNext: HalfEdge | null;
  targetPrevious: HalfEdge | null;
  target: Process | null;
  generation: i32;
}

const HALF: usize = 16;
const BYTES = 32;
const CHUNK_SHIFT = 11;
const CHUNK = 1 << CHUNK_SHIFT;
const KIND_BITS = 5;
const KIND = (1 << KIND_BITS) - 1;
if (offsetof<HalfEdge>() !== HALF || offsetof<Edge>() !== BYTES) ERROR("an edge is two halves of 16 bytes");
if (offsetof<Edge>("label") !== offsetof<HalfEdge>("meta")) ERROR("half 0 carries the label");
if (offsetof<Edge>("generation") !== HALF + offsetof<HalfEdge>("meta")) ERROR("half 1 carries the generation");
if (offsetof<Edge>("target") !== HALF + offsetof<HalfEdge>("process")) ERROR("half 1 belongs to the target");

export function at(index: i32): Edge {
  const chunk = load<usize>(layout.EDGE_DIRECTORY + ((index >>> CHUNK_SHIFT) << 2));
  return changetype<Edge>(chunk + ((index & (CHUNK - 1)) << 5));
}

/** The edge that `index` and `generation` name, if it has not ended. The index of a timer whose time has not begun is negative. */
export function find(index: i32, generation: i32): Edge | null {
  if (index < 0) return null;
  const edge = at(index);
  return edge.generation === generation && kindOf(edge) !== 0 ? edge : null;
}

export function kindOf(edge: Edge): i32 {
  return edge.label & KIND;
}

export function indexOf(edge: Edge): i32 {
  return edge.label >>> KIND_BITS;
}

export function setKind(edge: Edge, kind: i32): void {
  edge.label = (edge.label & ~KIND) | kind;
}

/** The half that stands in the owner's list. */
export function ownerHalf(edge: Edge): HalfEdge {
  return changetype<HalfEdge>(edge);
}

/** The half that stands in the target's list. */
function targetHalf(edge: Edge): HalfEdge {
  return changetype<HalfEdge>(changetype<usize>(edge) + HALF);
}

/** The edge a half belongs to: records are 32 bytes and lie at multiples of them. */
export function edgeOf(half: HalfEdge): Edge {
  return changetype<Edge>(changetype<usize>(half) & ~(<usize>BYTES - 1));
}

/** The other end of a half's edge. */
export function opposite(half: HalfEdge): HalfEdge {
  return changetype<HalfEdge>(changetype<usize>(half) ^ HALF);
}

// The heads of the three lists lie side by side in the block: a list is named by its number.

function headOf(p: Process, list: i32): HalfEdge | null {
  return changetype<HalfEdge | null>(load<usize>(changetype<usize>(p) + (list << 2), offsetof<Process>("links")));
}

function setHead(p: Process, list: i32, half: HalfEdge | null): void {
  store<usize>(changetype<usize>(p) + (list << 2), changetype<usize>(half), offsetof<Process>("links"));
}

if (offsetof<Process>("monitors") !== offsetof<Process>("links") + (MONITORS << 2)) ERROR("layout.MONITORS");
if (offsetof<Process>("watchers") !== offsetof<Process>("links") + (WATCHERS << 2)) ERROR("layout.WATCHERS");

export function firstOf(p: Process, list: i32): HalfEdge | null {
  return headOf(p, list);
}

function attach(half: HalfEdge, p: Process, list: i32): void {
  const first = headOf(p, list);
  half.process = p;
  half.previous = null;
  half.next = first;
  if (first !== null) first.previous = half;
  setHead(p, list, half);
}

function detach(half: HalfEdge, list: i32): void {
  const p = half.process;
  if (p === null) return;
  const previous = half.previous;
  const next = half.next;
  if (previous === null) setHead(p, list, next);
  else previous.next = next;
  if (next !== null) next.previous = previous;
  half.process = null;
}

/** Makes an edge of `kind` from `owner`; to `target` when it is one that has two ends. Null when memory is out. */
export function create(owner: Process, target: Process | null, kind: i32, generation: i32): Edge | null {
  const edge = state.freeEdges === null ? fresh() : state.freeEdges;
  if (edge === null) return null;
  const next = changetype<Edge | null>(edge.ownerNext);
  // Should the host's stack end here, it is free still.
  attach(ownerHalf(edge), owner, kind & EDGE_LINK ? LINKS : MONITORS);
  state.freeEdges = next;
  state.edgesInUse++;
  setKind(edge, kind);
  edge.generation = generation;
  edge.target = null;
  if (target !== null) attach(targetHalf(edge), target, kind & EDGE_LINK ? LINKS : WATCHERS);
  return edge;
}

/** A free one that has never been used. */
function fresh(): Edge | null {
  const index = state.edges;
  if (index === layout.DIRECTORY_ENTRIES << CHUNK_SHIFT) return null;
  const entry = layout.EDGE_DIRECTORY + ((index >>> CHUNK_SHIFT) << 2);
  if (load<usize>(entry) === 0) {
    // 16 bytes more than the records need: they lie at multiples of 32.
    const chunk = takeChunk(CHUNK * BYTES + <i32>HALF);
    if (chunk === 0) return null;
    store<usize>(entry, (chunk + (BYTES - 1)) & ~(<usize>BYTES - 1));
  }
  state.edges = index + 1;
  const edge = at(index);
  edge.label = index << KIND_BITS;
  state.freeEdges = edge;
  return edge;
}

/** Ends an edge. Its index may be used again; the references to it are stale from now on. */
export function release(edge: Edge): void {
  const linked = kindOf(edge) & EDGE_LINK;
  detach(ownerHalf(edge), linked ? LINKS : MONITORS);
  detach(targetHalf(edge), linked ? LINKS : WATCHERS);
  setKind(edge, 0);
  edge.ownerNext = changetype<HalfEdge | null>(state.freeEdges);
  state.freeEdges = edge;
  state.edgesInUse--;
}

/** Takes the monitor off an edge and leaves its alias. */
export function endMonitor(edge: Edge): void {
  detach(targetHalf(edge), WATCHERS);
  setKind(edge, kindOf(edge) & ~EDGE_MONITOR);
}

/** The link between two processes, if there is one. Walks both lists at once, so the shorter one decides how long it takes. */
export function findLink(a: Process, b: Process): Edge | null {
  let mine = a.links;
  let yours = b.links;
  while (mine !== null && yours !== null) {
    if (opposite(mine).process === b) return edgeOf(mine);
    if (opposite(yours).process === a) return edgeOf(yours);
    mine = mine.next;
    yours = yours.next;
  }
  return null;
}
