import { Edge } from "./edge.ts";
import * as layout from "./layout.ts";
import { Segment } from "./mailbox.ts";
import { Process } from "./process.ts";
import { Timer } from "./timer.ts";

/**
 * What elsewhere would be global variables. It lies in linear memory so that the same code can serve a memory that several
 * instances share.
 */
@unmanaged
export class State {
  /** The first byte never used: chunks are taken from here. */
  end: usize;
  /** Whose slice it is; null between slices. */
  current: Process | null;

  // Process table. Free slots wait in a queue, oldest first.
  maxProcesses: i32;
  /** Slots 1 to `slots` have been used. */
  slots: i32;
  processes: i32;
  freeSlots: i32;
  freeFirst: Process | null;
  freeLast: Process | null;

  // Run queues, by priority: first and last of low, normal, high, max.
  first0: Process | null;
  first1: Process | null;
  first2: Process | null;
  first3: Process | null;
  last0: Process | null;
  last1: Process | null;
  last2: Process | null;
  last3: Process | null;
  runnable: i32;
  /** Normal picks since the last low one. */
  passedOver: i32;
  /** Counts down to the next look at the clock. */
  ticks: i32;
  /** Messages that were sent to living processes, by whomever; begins again at 0. */
  sent: u32;
  /** Which tenant of its slot the process is that was made last: the facade reads it. */
  generation: i32;

  // Mailbox segments.
  freeSegments: Segment | null;
  segments: i32;
  segmentsInUse: i32;
  /** Fresh segments left in the chunk that was taken last, and the next of them. */
  freshSegments: i32;
  freshSegment: usize;

  // Edges.
  freeEdges: Edge | null;
  edges: i32;
  edgesInUse: i32;

  // Timers.
  freeTimers: Timer | null;
  timers: i32;
  timersInUse: i32;

  // Exits.
  /** Ends by itself, and its edges are still there. */
  ending: Process | null;
  /** The killed, oldest first; from `dying` on their edges are still there. */
  graves: Process | null;
  dying: Process | null;
  lastGrave: Process | null;
  /** The grave that `grave` has answered last. */
  opened: Process | null;
  /** The reason that travels now: REASON_NORMAL or not. */
  reason: i32;
  /** Events in the outbox. */
  events: i32;

  // The cursor of `walk`.
  cursor: Segment | null;
  cursorAt: i32;
  // The end of the last `run`.
  runEnd: Segment | null;
  runEndAt: i32;

  /** The time up to which timers have fired, in ms. */
  time: i64;
  occupied0: u64;
  occupied1: u64;
  occupied2: u64;
  occupied3: u64;
  occupied4: u64;
  occupied5: u64;
  occupied6: u64;
}

if (layout.STATE + offsetof<State>("ticks") !== layout.STATE_TICKS) ERROR("layout.STATE_TICKS");
if (layout.STATE + offsetof<State>("sent") !== layout.STATE_SENT) ERROR("layout.STATE_SENT");
if (layout.STATE + offsetof<State>("generation") !== layout.STATE_GENERATION) ERROR("layout.STATE_GENERATION");
if (layout.STATE + offsetof<State>() > layout.SIMULATION) ERROR("the state reaches into SIMULATION");
if (layout.TIMER_DIRECTORY + layout.DIRECTORY_ENTRIES * 4 > layout.MEMORY_BASE)
  ERROR("the directories reach into static data");

export const state = changetype<State>(layout.STATE);
