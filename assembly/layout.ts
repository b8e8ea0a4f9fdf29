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
// Of the state, for those who look at the core from without: see src/observer and src/telemetry.
/** What is left of TICKS. */
export const STATE_TICKS = 1096;
/** Messages sent to living processes; unsigned, and begins again at 0. */
export const STATE_SENT = 1100;
/** The generation of the process that was made last. */
export const STATE_GENERATION = 1104;
/** What the core of simulations has more. */
export const SIMULATION = 1536;
export const TAGSET = 2048;
export const WHEEL = 3072;
/** Rings of the wheel, two words each: the first and the last timer, or the ring itself. Those of finer levels come first. */
export const WHEEL_RINGS = 455;
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
/** The receiver gets the message in hand. Of `sendAlias`, less the receiver's slot. */
export const HANDED = -6;
/** The alias belongs to the sender. */
export const OWN_ALIAS = -6;

/** What `take` answers: a message's number, and above so many bits how many messages have the numbers that follow. */
export const NUMBER_BITS = 27;
export const NUMBER_MASK = 134217727;

// Bits of what `next` answers, above all slots.
export const HAS_MAIL = 16777216;
/** Its mailbox has a bound, or this is a simulation: only the core hands it messages. */
export const APART = 33554432;

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
/** RUNNABLE, in a simulation: others go first. */
export const PUT_OFF = 64;

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
/** slot, messages: this process has died of a signal; bury it. */
export const EVENT_DEAD = 1;
/** slot: the running process got a fatal signal; it dies when its slice ends. */
export const EVENT_DOOMED = 2;
/** value, from, to: an exit signal became a message. */
export const EVENT_EXIT = 3;
/** value, edge, to: a monitor fired. */
export const EVENT_DOWN = 4;
/** edge: a monitor or alias ended with its owner. */
export const EVENT_RELEASED = 5;
/** timer: is due. */
export const EVENT_TIMER = 6;
/** timer: ended with its target. */
export const EVENT_TIMER_GONE = 7;
/** value, number, slot: a message under way has arrived, and has another number now; the same, when there is nobody to get it. Only in simulations. */
export const EVENT_ARRIVED = 8;

// How the next of several choices is drawn in a simulation.
/** As the ordinary scheduler does: what is under way arrives at once, who runs goes on, the others in the order in which they became runnable. */
export const STRATEGY_FIRST = 0;
/** All choices are equally likely. */
export const STRATEGY_RANDOM = 1;
/** Who can run with the highest priority; priorities are drawn, and change at `depth` - 1 steps that are drawn. */
export const STRATEGY_PCT = 2;
/** In turns, one message each. */
export const STRATEGY_ROUND_ROBIN = 3;
/** Change points of STRATEGY_PCT at most. */
export const MAX_DEPTH = 16;
/** In the trace of a run: choices above the bit, the chosen one below. */
export const CHOICE_SHIFT = 16;

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

/** Bytes of a process's block, and log2 of the blocks in a chunk. */
export const PROCESS_BYTES = 64;
export const PROCESS_CHUNK_SHIFT = 10;

// Words of a process's block that the facade reads, by offset.
export const PROCESS_GENERATION = 0;
/** Four bytes: state, flags, priority, budget. */
export const PROCESS_STATE = 4;
export const PROCESS_COUNT = 32;
export const PROCESS_REDUCTIONS = 60;

// What the observer reads besides.
export const PROCESS_SLOT = 8;
export const TIMER_NEXT = 0;
/** Eight bytes. */
export const TIMER_DEADLINE = 8;
/** The address of its target's block, or 0. */
export const TIMER_PROCESS = 16;
/** Its number << 1, and TIMER_TIMEOUT. */
export const TIMER_LABEL = 28;
/** It ends a receive. */
export const TIMER_TIMEOUT = 1;

export const SEGMENT_BYTES = 48;
export const SEGMENT_SLOTS = 8;
export const MEMORY_PAGE = 65536;
