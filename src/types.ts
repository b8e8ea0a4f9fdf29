import type { ExitError } from "./errors.ts";
import type { Clause, Matched } from "./pattern.ts";
import type { PID_BRAND } from "./pid.ts";
import type { Ref } from "./ref.ts";
import type { Report } from "./report.ts";

declare const message: unique symbol;
declare const named: unique symbol;

/**
 * The address of a process. `Msg` is what it may be sent; a pid is contravariant in it, so a pid that takes
 * `"a" | "b"` may stand where a pid that takes `"a"` is asked for, and not the other way round.
 *
 * One process has one pid object: `===` compares processes. It prints as `#PID<0.N.0>`.
 */
export interface Pid<in Msg = never> {
  // Without it any value would do: all of them have a toString.
  readonly [PID_BRAND]: true;
  readonly [message]?: (msg: Msg) => void;
  toString(): string;
}

/** A registered name on a node: `["count", "nonode@nohost"]`. */
export type NodeName = readonly [name: string, node: string];

/** Whatever a message may be sent to. */
export type Destination = Pid<never> | Ref | string | NodeName;

/** What a suspended operation yields to the scheduler. Only Beamlet makes one. */
export interface Suspend {
  readonly [named]: "suspend";
}

/**
 * An operation that may have to wait. It does nothing until it is yielded (`yield* op`, in a generator body) or awaited
 * (`await op`, in an async body or in the main process).
 */
export interface Op<out T> extends PromiseLike<T> {
  [Symbol.iterator](): Iterator<Suspend, T, unknown>;
}

/** The tag of a message: a bare string, the first element of a tuple, or the `type` of an object. */
export type Tag<X> = X extends string
  ? X
  : X extends readonly [infer T extends string, ...unknown[]]
    ? T
    : X extends { readonly type: infer T extends string }
      ? T
      : never;

/** The messages of `X` that carry the tag `T`. */
export type ByTag<X, T> = X extends T
  ? X
  : X extends readonly [T, ...unknown[]]
    ? X
    : X extends { readonly type: T }
      ? X
      : never;

/** A tag table: one function for each tag it takes; `_` takes any other message. */
export type Cases<X> = { [K in Tag<X>]?: (message: ByTag<X, K>) => unknown } & { _?: (message: X) => unknown };

/** Messages that no tag reaches, such as numbers. */
export type Untagged<X> = X extends unknown ? ([Tag<X>] extends [never] ? X : never) : never;

/** A tag table that names every tag of `X`, and has `_` if there are messages without one. */
export type AllCases<X> = { [K in Tag<X>]-?: (message: ByTag<X, K>) => unknown } & ([Untagged<X>] extends [never]
  ? { _?: (message: X) => unknown }
  : { _: (message: Untagged<X>) => unknown });

/** Refuses a tag that no message of `X` carries: such a clause would wait for ever. */
// Not `{}` when there is none: that would let in things that are no table at all.
export type Known<H, X> = [Exclude<keyof H, Tag<X> | "_">] extends [never]
  ? unknown
  : { [K in Exclude<keyof H, Tag<X> | "_">]: never };

/** What `receive` gives for a clause that returns `R`: generators and promises are run to their result. */
// biome-ignore lint/suspicious/noExplicitAny: the yield and next types of a clause's generator do not matter here
export type Result<R> = R extends Generator<any, infer T, any> ? T : Awaited<R>;

/** The union of the results of a tag table. */
// biome-ignore lint/suspicious/noExplicitAny: only the result type of each clause is looked at
export type Results<H> = { [K in keyof H]: H[K] extends (...args: any[]) => infer R ? Result<R> : never }[keyof H];

/** The second argument of `receive(cases, timeout)`: after `after` ms without a match, `then` gives the result. */
export interface Timeout<T> {
  /** ms; 0 polls, `Infinity` never fires. */
  readonly after: number;
  readonly then: () => T;
}

/** The three forms of receive, for a mailbox of `X`. */
export interface Receive<X> {
  /** Takes the oldest message. */
  (): Op<X>;
  /** Takes the oldest message whose tag is in the table. */
  <H extends Cases<X>>(cases: H & Known<H, X>): Op<Results<H>>;
  <H extends Cases<X>, T>(cases: H & Known<H, X>, timeout: Timeout<T>): Op<Results<H> | Result<T>>;
  /** Takes the oldest message that matches any clause; the order of the clauses breaks ties for one message only. */
  // biome-ignore lint/suspicious/noExplicitAny: a clause may take any message
  <C extends Clause<any, any>[]>(...clauses: C): Op<C[number] extends Clause<infer T, any> ? Result<T> : never>;
}

export interface ReceiveAll<X> {
  /** Takes the oldest message; the table must name every tag of the mailbox's type. */
  <H extends AllCases<X>>(cases: H & Known<H, X>): Op<Results<H>>;
  <H extends AllCases<X>, T>(cases: H & Known<H, X>, timeout: Timeout<T>): Op<Results<H> | Result<T>>;
}

export type Priority = "low" | "normal" | "high" | "max";

export type Overflow = "exit" | "dropNewest" | "dropOldest";

/** Options of `spawnOpt`, after Erlang's `spawn_opt`. */
export interface SpawnOptions<A extends readonly unknown[] = unknown[]> {
  /** Arguments of the body, after `self`. */
  readonly args?: A;
  readonly link?: boolean;
  readonly monitor?: boolean;
  /** Registered before `spawnOpt` returns. */
  readonly name?: string;
  /** Default `"normal"`. */
  readonly priority?: Priority;
  /** Bounds the mailbox: `limit` messages; `overflow` (default `"exit"`) says what happens to the next one. */
  readonly mailbox?: { readonly limit: number; readonly overflow?: Overflow };
}

/** Asks for `args` when the body can't do without. */
export type NeededArgs<A extends readonly unknown[]> = [] extends A ? unknown : { readonly args: A };

/**
 * What `spawn` runs: called as `body(self, ...args)`. A generator is run to its end, and a promise waited for. Any other result, such as that of
 * `() => send(parent, "hello")`, means that the process is done.
 */
export type Body<X, A extends readonly unknown[] = []> = (self: Self<X>, ...args: A) => unknown;

/** The message a process that traps exits gets for an exit signal. */
export type Exit = readonly ["EXIT", pid: Pid<never>, reason: unknown];

/** The message of a monitor. `object` is `[name, node]` when the monitor was made by name. */
export type Down = readonly ["DOWN", ref: Ref, type: "process", object: Pid<never> | NodeName, reason: unknown];

export type AliasMode = "explicitUnalias" | "reply";

export interface MonitorOptions {
  /** Makes the reference an alias as well; see `erlang:monitor/3`. */
  readonly alias?: "explicitUnalias" | "demonitor" | "replyDemonitor";
  /** Stands in place of `"DOWN"` in the message. */
  readonly tag?: unknown;
}

export interface DemonitorOptions {
  /** Also removes the monitor's message if it has already arrived. */
  readonly flush?: boolean;
  /** Makes the result tell whether the monitor still existed. */
  readonly info?: boolean;
}

/** What `processInfo` tells of a process. */
export interface ProcessInfo {
  readonly pid: Pid<never>;
  readonly status: "running" | "runnable" | "waiting";
  readonly registeredName: string | undefined;
  readonly links: Pid<never>[];
  readonly monitors: (Pid<never> | NodeName)[];
  readonly monitoredBy: Pid<never>[];
  /** The mailbox, oldest first. */
  readonly messages: unknown[];
  readonly messageQueueLen: number;
  readonly trapExit: boolean;
  readonly priority: Priority;
  /** Messages taken and sent, and slices begun: a measure of work. */
  readonly reductions: number;
  readonly dictionary: ReadonlyMap<unknown, unknown>;
  /** The name of the function the process was spawned with. */
  readonly initialCall: string;
}

export interface ProcessFlags {
  trapExit: boolean;
  priority: Priority;
}

/** What acts for one process: the methods of `Self`, and the free functions on behalf of the current process. */
export interface ProcessFunctions {
  /** `spawn(moduleUrl, exportName, ...args)` runs an export of a module. Returns at once; the body never runs synchronously. */
  spawn(module: string | URL, exportName: string, ...args: unknown[]): Pid<unknown>;
  spawn<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): Pid<X>;
  spawnLink(module: string | URL, exportName: string, ...args: unknown[]): Pid<unknown>;
  spawnLink<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): Pid<X>;
  spawnMonitor(module: string | URL, exportName: string, ...args: unknown[]): [Pid<unknown>, Ref];
  spawnMonitor<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): [Pid<X>, Ref];
  /** With `monitor: true` the result is `[pid, ref]`. */
  spawnOpt<X, A extends readonly unknown[]>(
    body: Body<X, A>,
    options: SpawnOptions<A> & NeededArgs<A> & { monitor: true },
  ): [Pid<X>, Ref];
  spawnOpt<X, A extends readonly unknown[]>(body: Body<X, A>, options: SpawnOptions<A> & NeededArgs<A>): Pid<X>;
  spawnOpt(module: string | URL, exportName: string, options: SpawnOptions & { monitor: true }): [Pid<unknown>, Ref];
  spawnOpt(module: string | URL, exportName: string, options: SpawnOptions): Pid<unknown>;

  /** Sends a message and returns it. Sending to a dead pid succeeds silently; to an unknown name throws. */
  send<X>(to: Pid<X>, message: NoInfer<X>): NoInfer<X>;
  send<const T>(to: Ref | string | NodeName, message: T): T;

  link(pid: Pid<never>): true;
  unlink(pid: Pid<never>): true;
  monitor(target: Pid<never> | string | NodeName, options?: MonitorOptions): Ref;
  /** `true`; with `info`, whether the monitor still existed. */
  demonitor(ref: Ref, options?: DemonitorOptions): boolean;
  alias(options?: { readonly mode?: AliasMode }): Ref;
  /** Whether `ref` was an active alias of the process. */
  unalias(ref: Ref): boolean;

  /** Ends the process: throws an `ExitError`, which a body may catch, as in Erlang. */
  exit(reason: unknown): never;
  /** Sends an exit signal. */
  exit(pid: Pid<never>, reason: unknown): true;

  sleep(ms: number): Op<void>;
  /** Waits for a host promise; the mailbox stays closed meanwhile. */
  until<T>(promise: PromiseLike<T>): Op<T>;

  /** The process dictionary; returns the old value. */
  put(key: unknown, value: unknown): unknown;
  get(key: unknown): unknown;
  erase(key: unknown): unknown;
  /** Sets a flag of the process and returns its old value. */
  processFlag<K extends keyof ProcessFlags>(flag: K, value: ProcessFlags[K]): ProcessFlags[K];
}

/** A process's view of itself, given to its body. */
export interface Self<X = unknown> extends ProcessFunctions {
  readonly pid: Pid<X>;
  /** Aborted when the process exits; its reason is the `ExitError`. */
  readonly signal: AbortSignal;
  readonly runtime: Runtime;
  trapExit: boolean;
  priority: Priority;
  readonly receive: Receive<X>;
  readonly receiveAll: ReceiveAll<X>;
}

/** The functions that act for the current process: those of an explicit runtime, and the module's own for the default one. */
export interface RuntimeFunctions extends ProcessFunctions {
  /** The pid of the current process; outside of any, that of the main process. */
  self(): Pid<any>;
  // biome-ignore lint/suspicious/noExplicitAny: the free functions do not know whose mailbox they read
  readonly receive: Receive<any>;
  readonly receiveAll: ReceiveAll<any>;

  isAlive(pid: Pid<never>): boolean;
  processInfo(pid: Pid<never>): ProcessInfo | undefined;
  processInfo<K extends keyof ProcessInfo>(pid: Pid<never>, item: K): ProcessInfo[K] | undefined;
  processes(): Pid<never>[];

  register(pid: Pid<never>, name: string): true;
  unregister(name: string): true;
  whereis(name: string): Pid<any> | undefined;
  registered(): string[];

  /** Sends `message` after `ms`. The timer ends with its target when that is a pid; a name is looked up when it fires. */
  sendAfter(to: Pid<never> | string, message: unknown, ms: number): Ref;
  /** Like `sendAfter`, but the message is `["timeout", ref, message]`. */
  startTimer(to: Pid<never> | string, message: unknown, ms: number): Ref;
  /** The ms that were left, or `false` when there was no such timer any more. */
  cancelTimer(timer: Ref): number | false;
  readTimer(timer: Ref): number | false;

  /** Runs everything that can run now, synchronously, until all processes wait. */
  run(): void;
  /** Spawns a process and promises its return value; rejects with `ExitError` when it ends abnormally. */
  run<X, A extends readonly unknown[], T>(
    // biome-ignore lint/suspicious/noExplicitAny: the types of a body's own generator do not matter to its runner
    body: (self: Self<X>, ...args: A) => Generator<any, T, any> | PromiseLike<T> | T,
    ...args: A
  ): Promise<T>;
}

/** One world of processes. */
export interface Runtime extends RuntimeFunctions, AsyncDisposable {
  /** The name of this node; default `"nonode@nohost"`. */
  readonly node: string;
  /** Ends all processes with `reason` (default `"shutdown"`); those that trap it are killed. */
  stop(reason?: unknown): Promise<void>;
}

export interface RuntimeOptions {
  readonly node?: string;
  /** Gets every report. Default: prints Elixir's text to stderr. */
  readonly logger?: (report: Report) => void;
  /** Default 2^20 = 1,048,576; at most 10^7. */
  readonly maxProcesses?: number;
  /** How messages are handed over: by reference (default), deep-frozen, or copied. */
  readonly messages?: "share" | "freeze" | "clone";
  /**
   * The time in ms, never going back. Default: the host's monotonic clock. With a clock of its own the runtime arms no host
   * timer: whoever moves the clock calls `run()`.
   */
  readonly clock?: () => number;
  /** Told of the main process's abnormal end. Default: prints Elixir's EXIT text to stderr and sets exit code 1. */
  readonly onMainExit?: (error: ExitError, pid: Pid<never>) => void;
  /** Warns of operations never yielded or awaited. Default: true unless `NODE_ENV` is `"production"`. */
  readonly development?: boolean;
}

export type { Clause, Matched };
