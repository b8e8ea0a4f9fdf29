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
  /** The same, for at most `timeout.after` ms. Messages that no clause takes do not restart the time. */
  <H extends Cases<X>, T>(cases: H & Known<H, X>, timeout: Timeout<T>): Op<Results<H> | Result<T>>;
  /** Takes the oldest message that matches any clause; the order of the clauses breaks ties for one message only. */
  // biome-ignore lint/suspicious/noExplicitAny: a clause may take any message
  <C extends Clause<any, any>[]>(...clauses: C): Op<C[number] extends Clause<infer T, any> ? Result<T> : never>;
}

/** Receive by a tag table that must be complete, for a mailbox of `X`. */
export interface ReceiveAll<X> {
  /** Takes the oldest message; the table must name every tag of the mailbox's type. */
  <H extends AllCases<X>>(cases: H & Known<H, X>): Op<Results<H>>;
  /** The same, for at most `timeout.after` ms. */
  <H extends AllCases<X>, T>(cases: H & Known<H, X>, timeout: Timeout<T>): Op<Results<H> | Result<T>>;
}

/** Who goes first; see `Self.priority`. */
export type Priority = "low" | "normal" | "high" | "max";

/** What a full mailbox does: its process ends, the new message is lost, or the oldest one is. EXIT and DOWN messages are never lost. */
export type Overflow = "exit" | "dropNewest" | "dropOldest";

/** Options of `spawnOpt`, after Erlang's `spawn_opt`. */
export interface SpawnOptions<A extends readonly unknown[] = unknown[]> {
  /** Arguments of the body, after `self`. */
  readonly args?: A;
  /** Links the process to this one. */
  readonly link?: boolean;
  /** Monitors the process. */
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

/** When an alias ends: by `unalias` only, or also with the first message that comes through it. Always with its process. */
export type AliasMode = "explicitUnalias" | "reply";

/** Options of `monitor`. Source: `erlang:monitor/3`. */
export interface MonitorOptions {
  /** Makes the reference an alias as well; see `erlang:monitor/3`. */
  readonly alias?: "explicitUnalias" | "demonitor" | "replyDemonitor";
  /** Stands in place of `"DOWN"` in the message. */
  readonly tag?: unknown;
}

/** Options of `demonitor`. Source: `erlang:demonitor/2`. */
export interface DemonitorOptions {
  /** Also removes the monitor's message if it has already arrived. */
  readonly flush?: boolean;
  /** Makes the result tell whether the monitor still existed. */
  readonly info?: boolean;
}

/** What `processInfo` tells of a process. Source: `erlang:process_info/2`, whose items these are. */
export interface ProcessInfo {
  readonly pid: Pid<never>;
  readonly status: "running" | "runnable" | "waiting";
  readonly registeredName: string | undefined;
  readonly links: Pid<never>[];
  /** What it monitors: names where it did so by name. */
  readonly monitors: (Pid<never> | NodeName)[];
  /** Who monitors it; twice when twice. */
  readonly monitoredBy: Pid<never>[];
  /** The mailbox, oldest first. */
  readonly messages: unknown[];
  readonly messageQueueLen: number;
  readonly trapExit: boolean;
  readonly priority: Priority;
  /** Messages taken and sent, and slices begun: a measure of work. Who only exchanges messages is counted from when somebody first asks in its runtime. */
  readonly reductions: number;
  /** A copy of the process dictionary. */
  readonly dictionary: ReadonlyMap<unknown, unknown>;
  /** The name of the function the process was spawned with. */
  readonly initialCall: string;
}

/** What `processFlag` sets. */
export interface ProcessFlags {
  /** See `Self.trapExit`. */
  trapExit: boolean;
  /** See `Self.priority`. */
  priority: Priority;
}

/**
 * What acts for one process: the methods of `Self`, and the free functions on behalf of the current process.
 *
 * *Throws*, all of them: `TypeError` or `RangeError` for an argument of the wrong kind; `ForeignError`, which is a `TypeError`, for a pid or
 * reference of another runtime. All but `spawn` and `send`: `ExitError` when the process is dead, `UsageError` when its `self` is used by code
 * that is not its own.
 */
export interface ProcessFunctions {
  /**
   * Starts a process that runs an export of a module, as `body(self, ...args)`. A module or export that is not there is the process's crash.
   *
   * *Throws* `SystemLimitError` when there are `maxProcesses` already, `UsageError` when the runtime was stopped.
   * Source: `erlang:spawn/3`.
   */
  spawn(module: string | URL, exportName: string, ...args: unknown[]): Pid<unknown>;
  /**
   * Starts a process that runs `body(self, ...args)`, and returns its pid at once: the body never runs synchronously. It ends when the body does.
   *
   * *Throws* `SystemLimitError` when there are `maxProcesses` already, `UsageError` when the runtime was stopped.
   * Source: `erlang:spawn/1`.
   */
  spawn<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): Pid<X>;
  /** Like `spawn` of a module's export, and links the process to this one. Source: `erlang:spawn_link/3`. */
  spawnLink(module: string | URL, exportName: string, ...args: unknown[]): Pid<unknown>;
  /** Like `spawn`, and links the process to this one before it can run. Source: `erlang:spawn_link/1`. */
  spawnLink<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): Pid<X>;
  /** Like `spawn` of a module's export, and monitors the process. Source: `erlang:spawn_monitor/3`. */
  spawnMonitor(module: string | URL, exportName: string, ...args: unknown[]): [Pid<unknown>, Ref];
  /** Like `spawn`, and monitors the process before it can run. Source: `erlang:spawn_monitor/1`. */
  spawnMonitor<X, A extends readonly unknown[]>(body: Body<X, A>, ...args: A): [Pid<X>, Ref];
  /**
   * Like `spawn`, with options; with `monitor: true` the result is `[pid, ref]`. Everything is checked before anything is made.
   *
   * *Throws* `NameError` when the name can't be given.
   * Source: `erlang:spawn_opt/2`.
   */
  spawnOpt<X, A extends readonly unknown[]>(
    body: Body<X, A>,
    options: SpawnOptions<A> & NeededArgs<A> & { monitor: true },
  ): [Pid<X>, Ref];
  /** Like `spawn`, with options. See above. */
  spawnOpt<X, A extends readonly unknown[]>(body: Body<X, A>, options: SpawnOptions<A> & NeededArgs<A>): Pid<X>;
  /** Like `spawn` of a module's export, with options. Source: `erlang:spawn_opt/4`. */
  spawnOpt(module: string | URL, exportName: string, options: SpawnOptions & { monitor: true }): [Pid<unknown>, Ref];
  /** Like `spawn` of a module's export, with options. Source: `erlang:spawn_opt/4`. */
  spawnOpt(module: string | URL, exportName: string, options: SpawnOptions): Pid<unknown>;

  /**
   * Sends a message to a process and returns it. If the process is dead, the message is lost silently.
   *
   * *Ordering*: all signals from one process to another (messages, exits, monitors) arrive in the order they were sent.
   *
   * *Throws* `TypeError` for a message that can't be copied, with `messages: "clone"`. A full mailbox does what its `overflow` says.
   * Source: `erlang:send/2`.
   */
  send<X>(to: Pid<X>, message: NoInfer<X>): NoInfer<X>;
  /**
   * Sends a message to a name, to `[name, node]` or to an alias, and returns it. Lost silently are messages to an alias that has ended, to a
   * node that is not there, and to `[name, node]` when nobody there has the name.
   *
   * *Throws* `NameError` when nobody has the bare name.
   * Source: `erlang:send/2`.
   */
  send<const T>(to: Ref | string | NodeName, message: T): T;

  /**
   * Links this process and another: when one ends, the other gets an exit signal. Two processes have one link at most.
   *
   * *Throws* `NoProcessError` when the other is dead; a process that traps exits gets `["EXIT", pid, "noproc"]` instead.
   * Source: `erlang:link/1`.
   */
  link(pid: Pid<never>): true;
  /** Removes the link to a process, if there is one. An EXIT message that has arrived stays. Source: `erlang:unlink/1`. */
  unlink(pid: Pid<never>): true;
  /**
   * Asks for a message, once, when a process ends: `["DOWN", ref, "process", pid, reason]`. By name, the message has `[name, node]` in place of
   * the pid. If there is no such process the message comes at once, with reason `"noproc"`, or `"noconnection"` for an unknown node.
   *
   * Source: `erlang:monitor/2`, `erlang:monitor/3`.
   */
  monitor(target: Pid<never> | string | NodeName, options?: MonitorOptions): Ref;
  /** Ends a monitor of this process. `true`; with `info`, whether it still existed. Source: `erlang:demonitor/2`. */
  demonitor(ref: Ref, options?: DemonitorOptions): boolean;
  /** Makes a reference that messages to this process can be sent to until it ends. Default mode: `"explicitUnalias"`. Source: `erlang:alias/1`. */
  alias(options?: { readonly mode?: AliasMode }): Ref;
  /** Ends an alias: what is sent to it from now on is lost. Whether `ref` was an active alias of this process. Source: `erlang:unalias/1`. */
  unalias(ref: Ref): boolean;

  /**
   * Ends this process with `reason`: throws an `ExitError`, which the body may catch, as in Erlang. No report is made.
   *
   * Source: `erlang:exit/1`.
   */
  exit(reason: unknown): never;
  /**
   * Sends an exit signal. Abnormal reasons end the other process; `"kill"` ends any process, with reason `"killed"`; `"normal"`
   * ends only the process that sends it to itself. Who traps exits gets `["EXIT", sender, reason]` instead, unless it is `"kill"`.
   *
   * *Throws* `ExitError` when the signal has ended the process that sends it.
   * Source: `erlang:exit/2`.
   */
  exit(pid: Pid<never>, reason: unknown): true;

  /** Waits for `ms` milliseconds, or a little longer; `Infinity` for ever. Messages wait meanwhile. Source: `timer:sleep/1`. */
  sleep(ms: number): Op<void>;
  /** Waits for a promise of the host, and gives or throws what it is settled with. Messages wait meanwhile. */
  until<T>(promise: PromiseLike<T>): Op<T>;

  /** Sets a key of this process's dictionary, and returns the old value. Source: `erlang:put/2`. */
  put(key: unknown, value: unknown): unknown;
  /** The value of a key of this process's dictionary. Source: `erlang:get/1`. */
  get(key: unknown): unknown;
  /** Removes a key of this process's dictionary, and returns its value. Source: `erlang:erase/1`. */
  erase(key: unknown): unknown;
  /** Sets a flag of this process, and returns its old value. Source: `erlang:process_flag/2`. */
  processFlag<K extends keyof ProcessFlags>(flag: K, value: ProcessFlags[K]): ProcessFlags[K];
}

/**
 * A dictionary that any number of processes begin with: none of them has one of its own before it changes something. It is its own `dictionary`, so that it
 * can stand in place of an object that holds one.
 *
 * @internal
 */
export interface Inheritance extends Map<unknown, unknown> {
  dictionary?: Inheritance;
}

/**
 * A process that has no dictionary yet.
 *
 * @internal
 */
export interface Heir {
  inherit(inheritance: Inheritance): void;
}

/** A process's view of itself, given to its body. */
export interface Self<X = unknown> extends ProcessFunctions {
  /** The process itself: what others send to. */
  readonly pid: Pid<X>;
  /** Aborted when the process exits; its reason is the `ExitError`. */
  readonly signal: AbortSignal;
  readonly runtime: Runtime;
  /** Whether exit signals arrive as messages `["EXIT", pid, reason]`; default false. Source: `process_flag(trap_exit, …)`. */
  trapExit: boolean;
  /** Max goes before high, high before the others; low has one turn for eight of normal. Source: `process_flag(priority, …)`. */
  priority: Priority;
  /**
   * Waits for a message. The oldest one that any clause takes wins; the others keep their places. A process does one receive at a time.
   *
   * *Throws*, where it stands, what its clause throws; `UsageError` for another process's mailbox, and for two receives at once.
   */
  readonly receive: Receive<X>;
  /** `receive` by a tag table that names every tag of the mailbox's type. */
  readonly receiveAll: ReceiveAll<X>;
}

/** The functions that act for the current process: those of an explicit runtime, and the module's own for the default one. */
export interface RuntimeFunctions extends ProcessFunctions {
  /** The pid of the current process; outside of any, that of the main process. Source: `erlang:self/0`. */
  // biome-ignore lint/suspicious/noExplicitAny: the free functions do not know whose pid it is
  self(): Pid<any>;
  /** Waits for a message of the current process. See `Self.receive`. */
  // biome-ignore lint/suspicious/noExplicitAny: the free functions do not know whose mailbox they read
  readonly receive: Receive<any>;
  /** `receive` by a tag table that names every tag. */
  // biome-ignore lint/suspicious/noExplicitAny: the free functions do not know whose mailbox they read
  readonly receiveAll: ReceiveAll<any>;

  /** Whether a process has not ended. Source: `erlang:is_process_alive/1`. */
  isAlive(pid: Pid<never>): boolean;
  /** What is known of a process; undefined when it is dead. Source: `erlang:process_info/1`. */
  processInfo(pid: Pid<never>): ProcessInfo | undefined;
  /** One item of what is known of a process; undefined when it is dead. Source: `erlang:process_info/2`. */
  processInfo<K extends keyof ProcessInfo>(pid: Pid<never>, item: K): ProcessInfo[K] | undefined;
  /** The pids of all living processes, the main process included. Source: `erlang:processes/0`. */
  processes(): Pid<never>[];

  /**
   * Gives a process a name, until it ends or `unregister` takes it away. A process has one name at most.
   *
   * *Throws* `NameError` when the name is taken, when the process has one or is dead, and for `""` and `"undefined"`.
   * Source: `erlang:register/2`.
   */
  register(pid: Pid<never>, name: string): true;
  /** Takes a name away. *Throws* `NameError` when nobody has it. Source: `erlang:unregister/1`. */
  unregister(name: string): true;
  /** Who has a name; undefined when nobody does. Source: `erlang:whereis/1`. */
  // biome-ignore lint/suspicious/noExplicitAny: a name does not tell what may be sent to it
  whereis(name: string): Pid<any> | undefined;
  /** All names that processes have. Source: `erlang:registered/0`. */
  registered(): string[];

  /**
   * Sends `message` after `ms` milliseconds, never early. The timer ends with its target when that is a pid; a name is looked up when it fires,
   * and then it is no mistake if nobody has it.
   *
   * *Throws* `RangeError` when `ms` is negative, NaN or Infinity, `UsageError` when the runtime was stopped.
   * Source: `erlang:send_after/3`.
   */
  sendAfter(to: Pid<never> | string, message: unknown, ms: number): Ref;
  /** Like `sendAfter`, but the message is `["timeout", timer, message]`. Source: `erlang:start_timer/3`. */
  startTimer(to: Pid<never> | string, message: unknown, ms: number): Ref;
  /** Ends a timer. The ms that were left, or `false` when it had fired or ended before. Source: `erlang:cancel_timer/1`. */
  cancelTimer(timer: Ref): number | false;
  /** The ms that are left, or `false` when the timer has fired or ended. Source: `erlang:read_timer/1`. */
  readTimer(timer: Ref): number | false;

  /**
   * Runs everything that can run now, synchronously, until all processes wait. What an async body does after an `await` is the host's to run.
   *
   * *Throws* `UsageError` inside a process.
   */
  run(): void;
  /**
   * Spawns a process and promises what its body returns. The promise rejects with `ExitError` when the process ends abnormally; the crash is
   * reported as well.
   *
   * *Throws* as `spawn` does, by rejecting.
   */
  run<X, A extends readonly unknown[], T>(
    // biome-ignore lint/suspicious/noExplicitAny: the types of a body's own generator do not matter to its runner
    body: (self: Self<X>, ...args: A) => Generator<any, T, any> | PromiseLike<T> | T,
    ...args: A
  ): Promise<T>;
}

/** One world of processes, with names and timers of its own. Made by `createRuntime`. Disposing of it stops it. */
export interface Runtime extends RuntimeFunctions, AsyncDisposable {
  /** The name of this node; default `"nonode@nohost"`. */
  readonly node: string;
  /** Whether mistakes are looked for: see `RuntimeOptions.development`. */
  readonly development: boolean;
  /** The time in ms by this runtime's clock, from when it was made; it never goes back. Source: `erlang:monotonic_time/1`. */
  now(): number;
  /**
   * Gets every report. It may be replaced while the runtime runs, as the tests' `captureLog` does.
   *
   * *Throws* `TypeError` for what is no function.
   */
  logger: (report: Report) => void;
  /** Hands a report to the logger. What the logger throws is reported in its turn, and not thrown here. */
  log(report: Report): void;
  /** Has `stop` call `task` and wait for its promise before it ends processes; the task that was given last comes first. */
  onStop(task: (reason: unknown) => unknown): void;
  /**
   * Ends all processes with `reason` (default `"shutdown"`), the youngest first; those that are left then are killed. Nothing can be spawned
   * afterwards. Once is enough, more do nothing.
   *
   * *Throws* `UsageError`, by rejecting, inside a process.
   */
  stop(reason?: unknown): Promise<void>;
}

/** Options of `createRuntime`, which throws `TypeError` or `RangeError` for a wrong one. */
export interface RuntimeOptions {
  /** The name of the node; default `"nonode@nohost"`. */
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
