import type { RunEvent } from "../testing/event.ts";

// What the observer's page and the observed program say to each other: plain data, which JSON carries unchanged. The program sends no more
// than a page shows: it sorts, filters and cuts, since there may be a million processes, each with a million messages.

/** A process, as its pid prints: `#PID<0.N.0>`. */
export type PidText = string;

/** A process with what people call it. */
export interface Named {
  readonly pid: PidText;
  /** Its registered name; else nothing. */
  readonly name?: string;
  /** What it runs: the `$initial_call` of a process of OTP, else the name of its body. */
  readonly body: string;
}

// ── Overview ──

/** The observed program, as the page's head shows it. */
export interface Program {
  readonly node: string;
  /** `"Node 24.1.0"`, `"Deno 2.9.6"`, …; the browser's user agent. */
  readonly host: string;
  /** Of beamlet. */
  readonly version: string;
  /** When the observer began, in ms since 1970. */
  readonly since: number;
  /** ms between two samples of the overview. */
  readonly interval: number;
  /** How many samples of it the program keeps. */
  readonly history: number;
}

/** What the overview shows of one moment. Rates are of the time since the sample before. */
export interface Sample {
  /** ms since 1970. */
  readonly at: number;
  readonly processes: number;
  /** Processes that could run. */
  readonly runQueue: number;
  /** Messages sent to living processes since the observer began, by whomever: the core counts them. */
  readonly sent: number;
  /** Per second. */
  readonly messages: number;
  /** Per second. */
  readonly reductions: number;
  /** Bytes. Heap: of the whole host, where it tells. */
  readonly memory: { readonly linear: number; readonly values: number; readonly heap?: number };
  readonly timers: number;
  /** Reports since the observer began. */
  readonly reports: number;
  /** Restarts that supervisors reported since the observer began. */
  readonly restarts: number;
  /** The longest time in ms by which the host's loop was late. */
  readonly delay: number;
}

// ── Processes ──

export type ProcessStatus = "running" | "runnable" | "waiting" | "parked";

/** By what the processes are sorted. `age`: the youngest first when descending is false. `rate`: reductions per second. */
export type ProcessOrder = "pid" | "mailbox" | "reductions" | "rate" | "memory" | "age";

/** Which rows the page shows. */
export interface ProcessQuery {
  readonly sort: ProcessOrder;
  readonly descending: boolean;
  /** A part of its name, its body or its pid, in any case. */
  readonly text?: string;
  readonly status?: ProcessStatus;
  /** Rows to leave out at the beginning. At most 10,000 with `limit`. */
  readonly offset: number;
  readonly limit: number;
}

/** One row of the table of processes. */
export interface ProcessRow extends Named {
  readonly status: ProcessStatus;
  readonly mailbox: number;
  readonly reductions: number;
  /** Reductions per second, of late. */
  readonly rate: number;
  /** Bytes in the core: block and mailbox. */
  readonly memory: number;
  /** ms since the observer saw it first; undefined: it is older than the observer. */
  readonly age?: number;
}

/** A page of rows. While a million processes are walked it comes again and again, and `progress` rises to 1. */
export interface ProcessPage {
  readonly rows: readonly ProcessRow[];
  /** How many processes the query matches, of those that were looked at. */
  readonly matching: number;
  readonly processes: number;
  /** How much of the walk is done: 0 to 1. */
  readonly progress: number;
}

/** So many of a longer list. */
export interface Cut<T> {
  readonly items: readonly T[];
  /** How many there are in all; `more` when only a least number is known. */
  readonly total: number;
  readonly more?: boolean;
}

/** What a monitor watches: a process, or a name on a node. */
export type Monitored = Named | { readonly name: string; readonly node: string };

/** All that is known of one process. */
export interface ProcessDetail extends ProcessRow {
  readonly alive: true;
  readonly priority: "low" | "normal" | "high" | "max";
  readonly trapExit: boolean;
  /** What it waits for: `"receive"`, `"sleep or promise"`; undefined when it does not. */
  readonly waitsFor?: string;
  readonly ancestors: readonly (Named | string)[];
  readonly links: Cut<Named>;
  readonly monitors: Cut<Monitored>;
  readonly monitoredBy: Cut<Named>;
  /** Its first messages, inspected and cut. */
  readonly messages: Cut<string>;
  /** Keys and values, inspected and cut. */
  readonly dictionary: Cut<readonly [key: string, value: string]>;
  /** The function its body is, as `initialCall` of `processInfo` names it. */
  readonly initialCall: string;
  /** The stack of where it was spawned, the innermost line first, when that was noted. */
  readonly spawnedAt?: readonly string[];
  /** In whose slice, when it was in one: what an async body does after an `await` is the host's. */
  readonly spawnedBy?: Named;
  /**
   * Why it is not known where it was spawned: it is the main process; in production nothing is noted unless asked for; nothing was to be noted; it was
   * spawned before; or that, or among too many. Or the stack has no line of the program's: it was spawned in the slice of a supervisor or the like, or by
   * what async code awaited, which the host began later.
   */
  readonly spawnUnknown?: "main" | "production" | "off" | "early" | "crowd" | "inside" | "awaited";
  /** Whether `sys` can ask and suspend it: it is a behaviour of OTP. */
  readonly behaviour: boolean;
  readonly supervisor: boolean;
  /** Restarts it has reported since the observer began, when it is a supervisor; and the last few of them, the newest first. */
  readonly restarts?: number;
  readonly restarted?: readonly Restarted[];
}

/** The detail of a process that has ended meanwhile. */
export interface Ended {
  readonly alive: false;
  readonly pid: PidText;
}

/** What `sys` told of a behaviour: `formatStatus` may have hidden some of it. */
export interface BehaviourState {
  readonly behaviour: string;
  readonly name: string;
  readonly status: "running" | "suspended";
  /** Inspected, and cut. */
  readonly state: string;
}

// ── Trees and graphs ──

/** A child that was to be restarted. */
export interface Restarted {
  /** Of its specification, inspected and cut. Children of a DynamicSupervisor have none. */
  readonly id?: string;
  /** Of the process that ended. */
  readonly pid: PidText;
  /** ms since 1970. */
  readonly at: number;
}

/** A process in a supervision tree. */
export interface TreeNode extends Named {
  readonly supervisor: boolean;
  readonly mailbox: number;
  readonly status: ProcessStatus;
  /** Of a supervisor: its children, the oldest first. Left out where the query goes no deeper. */
  readonly children?: Cut<TreeNode>;
  /** Of a supervisor: restarts it has reported since the observer began, and when the last one was (ms since 1970). */
  readonly restarts?: number;
  readonly restartedAt?: number;
  /** The last few of them, the newest first. */
  readonly restarted?: readonly Restarted[];
}

/** Which trees, and how much of them. */
export interface TreeQuery {
  /** A supervisor; undefined: all that have no supervisor above them. */
  readonly root?: PidText;
  /** Levels below the roots; default 4. */
  readonly depth?: number;
  /** Children shown of each supervisor; default 50. */
  readonly children?: number;
}

export interface Forest {
  readonly roots: readonly TreeNode[];
  readonly supervisors: number;
  /** See `ProcessPage`. */
  readonly progress: number;
}

/** Who is linked to a process, and who to those. */
export interface Neighbourhood {
  readonly center: PidText;
  /** At most `limit`, the nearest first. `distance`: links from the center. */
  readonly nodes: readonly (Named & {
    readonly distance: number;
    readonly supervisor: boolean;
    readonly mailbox: number;
    readonly status: ProcessStatus;
  })[];
  /** A monitor is from its owner to what it watches. */
  readonly edges: readonly { readonly kind: "link" | "monitor"; readonly from: PidText; readonly to: PidText }[];
  /** Whether processes were left out. */
  readonly more: boolean;
}

// ── Names and timers ──

export interface NameRow extends Named {
  /** The registered name; of a key of a registry: inspected, and cut. */
  readonly name: string;
  /** What is registered under the key besides the pid, inspected and cut, unless it is undefined. */
  readonly value?: string;
  readonly mailbox: number;
  readonly status: ProcessStatus;
}

/** A `Registry` of OTP. */
export interface RegistryInfo {
  readonly name: string;
  readonly keys: "unique" | "duplicate";
  /** How many keys are registered, each as often as it is. */
  readonly entries: number;
}

export interface NamePage {
  /** In the order of the names, or of the keys as they are printed. */
  readonly rows: readonly NameRow[];
  readonly matching: number;
  /** Of how many: registered names, or keys of living processes in the registry that was asked for. */
  readonly names: number;
  /** The registries that run, in the order of their names. */
  readonly registries: readonly RegistryInfo[];
  /** See `ProcessPage`. */
  readonly progress: number;
}

export interface NameQuery {
  /** A part of the name, or of the key as it is printed, in any case. */
  readonly text?: string;
  /** The registry whose keys are shown; default: the registered names. */
  readonly registry?: string;
  /** Rows to leave out at the beginning. Of a registry's keys the first 10,000 can be had. */
  readonly offset: number;
  readonly limit: number;
}

export interface TimerRow {
  /** ms from now. */
  readonly left: number;
  /** `"message"`: of sendAfter or startTimer; `"timeout"`: of a receive or a sleep. */
  readonly kind: "message" | "timeout";
  /** Whom it is for; undefined: a name, which is looked up when it fires. */
  readonly target?: Named;
  /** That name. */
  readonly name?: string;
  /** What it sends, inspected and cut. */
  readonly message?: string;
}

export interface TimerPage {
  /** The next one first. */
  readonly rows: readonly TimerRow[];
  readonly timers: number;
  readonly progress: number;
}

// ── Trace ──

export type TraceKind = "send" | "receive" | "spawn" | "exit" | "link" | "call";

/** What is traced. */
export interface TraceOptions {
  /** Undefined: all processes. An event is traced when it is about one of them. */
  readonly pids?: readonly PidText[];
  /** Also the processes that they spawn, and those spawn. Default true. */
  readonly children?: boolean;
  readonly events: readonly TraceKind[];
  /** Events a second that are kept; others are counted, and lost. Default 2,000, at most 20,000. */
  readonly rate?: number;
  /** Events kept for the file; then the oldest are lost. Default 20,000, at most 100,000. */
  readonly keep?: number;
  /** Characters of a message; default 200, at most 2,000. */
  readonly width?: number;
  /** ms after which it ends by itself; default 60,000, at most 600,000. */
  readonly duration?: number;
}

export interface TraceState {
  readonly running: boolean;
  /** Of the trace that runs, or ran last. */
  readonly options?: TraceOptions;
  /** ms since 1970. */
  readonly since?: number;
  /** Events seen, kept now, and lost to the limits. */
  readonly seen: number;
  readonly kept: number;
  readonly lost: number;
  /** Why it ended: `"stopped"`, `"duration"`, `"no watcher"`, `"runtime stopped"`. */
  readonly ended?: string;
}

/** What a subscription to the trace gets: first all that is kept, as much of it as `last` says, then what has come since. */
export interface TraceBatch {
  readonly state: TraceState;
  readonly events: readonly RunEvent[];
  /** The events follow a gap: what the page has is to be forgotten. */
  readonly reset: boolean;
}

// ── Alarms ──

export interface Alarm {
  /** One alarm keeps its id while it lasts. */
  readonly id: string;
  readonly kind: "mailbox" | "restarts" | "slice" | "delay";
  /** ms since 1970. */
  readonly since: number;
  /** When it was last true; `active` until some seconds later. */
  readonly last: number;
  readonly active: boolean;
  readonly process?: Named;
  /** A sentence: `Mailbox has grown for 12 s, to 4,711 messages`. */
  readonly text: string;
  /** Messages, restarts, or ms. */
  readonly value: number;
}

// ── The two ways to ask ──

/** What can be subscribed to: what is asked for, and what comes, at once and then whenever there is something new. */
export interface Topics {
  /** First the history, then one sample at a time. */
  readonly overview: {
    query: Record<string, never>;
    data: { readonly samples: readonly Sample[]; readonly reset: boolean };
  };
  readonly processes: { query: ProcessQuery; data: ProcessPage };
  readonly process: { query: { readonly pid: PidText; readonly messages?: number }; data: ProcessDetail | Ended };
  readonly trees: { query: TreeQuery; data: Forest };
  readonly neighbourhood: {
    /** Default: 2 links far, 60 processes. */
    query: { readonly pid: PidText; readonly distance?: number; readonly limit?: number };
    data: Neighbourhood | Ended;
  };
  readonly names: { query: NameQuery; data: NamePage };
  readonly timers: { query: { readonly limit: number }; data: TimerPage };
  readonly trace: { query: { readonly last?: number }; data: TraceBatch };
  /** All alarms that are active, or were of late; the newest first. */
  readonly alarms: { query: Record<string, never>; data: { readonly alarms: readonly Alarm[] } };
}

export type Topic = keyof Topics;

/** What can be asked for once, or done. */
export interface Requests {
  readonly program: { params: Record<string, never>; answer: Program };
  /** Asks a behaviour for its state, for half a second. Asks nobody else: who is none would find a stranger's message. */
  readonly state: { params: { readonly pid: PidText }; answer: BehaviourState };
  /** An exit signal `"kill"`, or `reason`. */
  readonly kill: { params: { readonly pid: PidText; readonly reason?: string }; answer: { readonly killed: boolean } };
  /** `sys.suspend`: only behaviours can be. */
  readonly suspend: { params: { readonly pid: PidText }; answer: { readonly status: "suspended" } };
  readonly resume: { params: { readonly pid: PidText }; answer: { readonly status: "running" } };
  readonly startTrace: { params: TraceOptions; answer: TraceState };
  readonly stopTrace: { params: Record<string, never>; answer: TraceState };
  /** What is kept of the trace: one `RunEvent` a line. The simulation tools read it. */
  readonly traceFile: { params: Record<string, never>; answer: { readonly name: string; readonly text: string } };
}

export type RequestName = keyof Requests;

/** `closed`: the program ended it, or `close` was called; a source over the wire goes on trying (`connecting`). */
export type SourceStatus = "connecting" | "open" | "closed";

/** A subscription. */
export interface Subscription<T extends Topic> {
  /** Asks for something else; what comes then is of the new query. */
  update(query: Topics[T]["query"]): void;
  close(): void;
}

/**
 * Where a page gets its data: over the wire (`wireSource` in wire-source.ts), or in the same program (`localSource` in local-source.ts).
 *
 * When the connection is lost, the status is `"connecting"` until the program is there again: then `program` is a new one (its `since` differs if it was started
 * anew), and all subscriptions go on by themselves, each beginning as a new one does.
 */
export interface Source {
  readonly status: SourceStatus;
  /** Told of each change of the status, with what is known of why. Gives a function that ends that. */
  onStatus(listener: (status: SourceStatus, why?: string) => void): () => void;
  subscribe<T extends Topic>(
    topic: T,
    query: Topics[T]["query"],
    listener: (data: Topics[T]["data"]) => void,
    /** Told when the program refuses: a wrong query. */
    onError?: (error: Error) => void,
  ): Subscription<T>;
  /** *Throws*, by rejecting, an `Error` whose message is for the user: the process has ended, does not answer, … */
  request<R extends RequestName>(name: R, params: Requests[R]["params"]): Promise<Requests[R]["answer"]>;
  /** Ends all subscriptions. */
  close(): void;
}

// ── The wire ──
// The page lies at `/TOKEN/`, and asks for nothing else than these, relative to itself:
//
//   POST stream   answers with one ServerLine a line, for as long as the page is there; the first one is `hello`
//   POST call     a Call; answers with one Answer
//
// Both are made with the header `content-type: application/json`, which a page of another origin may not send unasked. There is no WebSocket: whatever
// asks for one is refused, and a stream read by `fetch` needs nothing but what browsers, Node, Deno and Bun all have.

/** A line of a stream. */
export type ServerLine =
  | { readonly kind: "hello"; readonly session: string; readonly program: Program }
  | { readonly kind: "data"; readonly id: number; readonly data: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly message: string }
  /** So that a dead connection is noticed: every five seconds. */
  | { readonly kind: "beat" }
  /** The observer or the runtime ends. */
  | { readonly kind: "bye"; readonly why: string };

/** What a page asks for. `id`: the page's own number of the subscription, which takes the place of the one that it `replaces`. */
export type Call =
  | {
      readonly kind: "subscribe";
      readonly session: string;
      readonly id: number;
      readonly replaces?: number;
      readonly topic: Topic;
      readonly query: unknown;
    }
  | { readonly kind: "unsubscribe"; readonly session: string; readonly id: number }
  | { readonly kind: "request"; readonly name: RequestName; readonly params: unknown };

export type Answer = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly message: string };

// ── The page ──

/**
 * Draws the page into `element`, in a shadow root of its own, and gives a function that takes it away: what src/observer/page/ exports. The page that is served
 * calls it with `wireSource(document.URL)`, the one in a browser program with `localSource(runtime)`.
 */
export type View = (element: ElementLike, source: Source) => () => void;

/** An element of the page: what is said of it here has to do without the DOM's types. */
export interface ElementLike {
  readonly ownerDocument: unknown;
  attachShadow(options: { mode: "open" }): unknown;
}
