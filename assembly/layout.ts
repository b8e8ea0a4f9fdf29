// The shape of the core's memory: the one file that both compilers read. Nothing here but integer literals; the records
// in this folder are checked against it when the core is compiled, so drift stops the build.
//
//  0        1 KiB      2 KiB    3 KiB     8 KiB     76 KiB       140 KiB      204 KiB       268 KiB
//  ┌────────┬──────────┬────────┬─────────┬─────────┬────────────┬────────────┬─────────────┬──────────────────────
//  │ unused │ state    │ tagset │ wheel   │ outbox  │ process    │ edge       │ timer       │ static data, then
//  │        │          │        │         │         │ directory  │ directory  │ directory   │ chunks, growing →
//  └────────┴──────────┴────────┴─────────┴─────────┴────────────┴────────────┴─────────────┴──────────────────────
// unused: Binaryen takes addresses below 1,024 for impossible and may fold them away.

export const STATE = 1024;
export const TAGSET = 2048;
export const WHEEL = 3072;
export const OUTBOX = 8192;
export const PROCESS_DIRECTORY = 77824;
export const EDGE_DIRECTORY = 143360;
export const TIMER_DIRECTORY = 208896;
/** Where asc may place static data (`memoryBase` in asconfig.json); the first chunk follows it. */
export const MEMORY_BASE = 274432;

/** Entries of each directory: chunks of 1,024 processes, 2,048 edges, 1,024 timers. */
export const DIRECTORY_ENTRIES = 16384;
export const MAX_PROCESSES = 16000000;
/** A tag table may have so many tags; TAGSET holds them. */
export const TAGSET_CAPACITY = 256;

// What a receive, `next` or a send answers when it is not a slot or a value index.
export const EMPTY = -1;
export const YIELD = -2;
export const CHECK_CLOCK = -2;
export const NO_PROCESS = -1;
export const FULL_EXIT = -2;
export const FULL_DROP_NEWEST = -3;
export const FULL_DROP_OLDEST = -4;
export const NO_MEMORY = -5;
/** No free segment: `addSegments`, then again. */
export const NO_SEGMENT = -6;

// A message's tag. Positive: an interned string. Below TOMBSTONE: no string that was interned when the tag was looked at;
// `UNKNOWN - n` says that n strings were, so that the answer can be seen to be out of date.
export const UNTAGGED = 0;
export const TOMBSTONE = -1;
export const UNKNOWN = -2;

// States of a process.
export const FREE = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;
export const WAITING = 3;
export const PARKED = 4;
export const ZOMBIE = 5;

// Flags of a process.
export const TRAP_EXIT = 1;
export const DOOMED = 2;
export const TIMED_OUT = 4;
export const QUEUED = 8;
export const BURIED = 16;
/** WAITING: in a bare receive. RUNNABLE: with a message in hand. */
export const BARE = 32;
/** The mailbox has a limit. */
export const BOUNDED = 64;

export const PRIORITY_LOW = 0;
export const PRIORITY_NORMAL = 1;
export const PRIORITY_HIGH = 2;
export const PRIORITY_MAX = 3;

// What a full mailbox does.
export const OVERFLOW_EXIT = 0;
export const OVERFLOW_DROP_NEWEST = 1;
export const OVERFLOW_DROP_OLDEST = 2;

// Exit reasons, as far as the core must tell them apart.
export const REASON_NORMAL = 0;
export const REASON_KILL = 1;
export const REASON_OTHER = 2;

// Kinds of edge: bits of a half-edge's meta. An edge is a link, or a monitor, an alias, or both of these.
export const EDGE_LINK = 1;
export const EDGE_MONITOR = 2;
export const EDGE_ALIAS = 4;
/** With EDGE_ALIAS: the alias ends with the monitor. */
export const EDGE_ALIAS_DEMONITOR = 8;
/** With EDGE_ALIAS: the first message through it ends alias and monitor. */
export const EDGE_ALIAS_REPLY = 16;

// The three lists of edges of a process.
export const LINKS = 0;
export const MONITORS = 1;
export const WATCHERS = 2;

// Events: what the core tells the facade to do, 16 bytes each: kind, and up to three operands.
export const EVENT_BYTES = 16;
export const OUTBOX_CAPACITY = 4096;
/** slot: this process has died of a signal; bury it. */
export const EVENT_DEAD = 1;
/** slot: the running process got a fatal signal; it dies when its slice ends. */
export const EVENT_DOOMED = 2;
/** value, from: an exit signal became a message. */
export const EVENT_EXIT = 3;
/** value, edge, from: a monitor fired. */
export const EVENT_DOWN = 4;
/** edge: a monitor or alias ended with its owner. */
export const EVENT_RELEASED = 5;
/** timer: is due. */
export const EVENT_TIMER = 6;
/** timer: ended with its target. */
export const EVENT_TIMER_GONE = 7;

/** Messages a process takes before others get their turn. */
export const SLICE = 64;
/** Messages and slices between two looks at the clock. */
export const TICKS = 512;
/** Slots that must be free before one is used again, so that numbers of processes keep rising for a while. */
export const FREE_RESERVE = 1024;
/** Picks of normal processes for each pick of a low one. */
export const LOW_SHARE = 8;
/** A slot whose generation got here is never used again. */
export const LAST_GENERATION = 1073741823;

// Words of the state, by address, that the hot path and the facade read.
export const STATE_CURRENT = 1028;
export const STATE_PROCESSES = 1040;
export const STATE_FREE_SLOTS = 1044;
export const STATE_FREE_FIRST = 1048;
export const STATE_FREE_LAST = 1052;
/** Four words each, by priority. */
export const STATE_FIRST = 1056;
export const STATE_LAST = 1072;
export const STATE_RANKED = 1088;
export const STATE_PASSED_OVER = 1092;
export const STATE_TICKS = 1096;
export const STATE_FREE_SEGMENTS = 1100;
export const STATE_SEGMENTS_IN_USE = 1104;

// A process's block: its size and the words that the hot path and the facade read, by offset. 2 ** CHUNK_SHIFT are in a chunk.
export const PROCESS_SHIFT = 6;
export const CHUNK_SHIFT = 10;
export const PROCESS_GENERATION = 0;
/** Four bytes: state, flags, priority, budget. */
export const PROCESS_STATE = 4;
export const PROCESS_SLOT = 8;
export const PROCESS_NEXT = 12;
export const PROCESS_HEAD = 16;
export const PROCESS_TAIL = 20;
/** Four bytes: headAt, tailAt, saveAt, overflow. */
export const PROCESS_ENDS = 24;
export const PROCESS_SAVE = 28;
export const PROCESS_COUNT = 32;
export const PROCESS_LIMIT = 36;
export const PROCESS_REDUCTIONS = 60;

// A segment's words, by offset.
export const SEGMENT_NEXT = 0;
export const SEGMENT_PREVIOUS = 4;
export const SEGMENT_BASE = 8;
export const SEGMENT_LIVE = 12;
export const SEGMENT_TAGS = 16;
export const SEGMENT_SLOTS = 8;
export const MEMORY_PAGE = 65536;
