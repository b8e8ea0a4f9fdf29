import type { From } from "./gen.ts";
import type { Ignore, NoReply, Reply, Stop } from "./result.ts";

/** What a callback may return: the result, or a generator or a promise of it. */
export type Waitable<T> = T | Generator<any, T, any> | PromiseLike<T>;

/** What `init` may return. A bare value is the state. */
export type InitResult<S> = Waitable<S | NoReply<S, unknown> | Stop<unknown, unknown> | Ignore>;

/** What the handler of a call may return. */
export type CallResult<S> = Waitable<Reply<unknown, S> | NoReply<S, unknown> | Stop<S, unknown>>;

/** What the handlers of casts, of other messages and of `continue` may return. A bare value is the new state. */
export type HandleResult<S> = Waitable<S | NoReply<S, unknown> | Stop<S, unknown>>;

/** What `formatStatus` is given, and gives back with its secrets hidden. Source: OTP's `gen_server:format_status/1`. */
export interface StatusParts<S = unknown> {
  readonly state: S;
  /** In a report: what the server was working at. */
  readonly message?: unknown;
  /** In a report: why it ends. */
  readonly reason?: unknown;
}

/**
 * A server, as Elixir's `GenServer` behaviour has it. Callbacks are plain functions, generators (`yield*` waits) or async functions; while
 * one waits, the server handles nothing else. Only `init` is needed.
 */
export interface Callbacks<S = any> {
  /** What it is called in `initialCall` and in messages; default `"GenServer"`. */
  readonly name?: string;
  init(...args: any[]): InitResult<S>;
  handleCall?(request: any, from: From, state: S): CallResult<S>;
  handleCast?(request: any, state: S): HandleResult<S>;
  /** Any other message: of timers, monitors, links, and `"timeout"`. Without it, each is logged. */
  handleInfo?(message: any, state: S): HandleResult<S>;
  /** What `{ continue: arg }` asked for, before anything else. */
  handleContinue?(arg: any, state: S): HandleResult<S>;
  /**
   * The last thing a server does when a callback stopped it or failed, or, if it traps exits, when its parent ends. What it gives is ignored. It is not
   * called for a server that is killed, nor for one that does not trap exits and is ended by a signal.
   */
  terminate?(reason: unknown, state: S): unknown;
  /** Hides parts of the state from reports and from `sys.getStatus`. */
  formatStatus?(status: StatusParts<S>): StatusParts;
}
