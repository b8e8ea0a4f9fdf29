import { inspect } from "../kernel.ts";
import type { StatusParts, Waitable } from "./callbacks.ts";
import type { NoReply, Reply, Stop } from "./result.ts";

/** Removes the handler that returns it; a call is answered with `reply`. */
export class RemoveHandler<out R = unknown> {
  readonly reply: R;

  constructor(reply: R) {
    this.reply = reply;
  }
}

/** Puts another handler in the place of the one that returns it. */
export class SwapHandler<out R = unknown> {
  readonly state: unknown;
  readonly args: unknown;
  readonly handler: HandlerRef;
  readonly newArgs: unknown;
  readonly reply: R;

  constructor(state: unknown, args: unknown, handler: HandlerRef, newArgs: unknown, reply: R) {
    this.state = state;
    this.args = args;
    this.handler = handler;
    this.newArgs = newArgs;
    this.reply = reply;
  }
}

/** What `handleEvent` and `handleInfo` may return. A bare value is the new state. */
export type EventResult<S> = Waitable<S | NoReply<S, any> | RemoveHandler | SwapHandler>;

/**
 * What handles the events of a manager: its callbacks, with a state of its own. They may be plain, generator or async functions; while one
 * waits, the manager does nothing else. Source: OTP's `gen_event`, *Callback Functions*.
 */
export interface EventHandler<in out S = any, in A = any, in E = any> {
  /** What it is called in reports. */
  readonly name: string;
  /** Gives the state. `previous` is what the `terminate` of a handler gave that it takes the place of. `stop(reason)`, or an error, fails it. */
  init(args: A, previous?: unknown): Waitable<S | NoReply<S, any> | Stop<unknown, unknown>>;
  /** Each event that the manager is notified of. */
  handleEvent(event: E, state: S): EventResult<S>;
  /** A request to this handler: `reply(value, state)`. */
  handleCall?(request: any, state: S): Waitable<Reply<unknown, S> | RemoveHandler | SwapHandler>;
  /** any other message to the manager. Without it, each is logged. */
  handleInfo?(message: any, state: S): EventResult<S>;
  /**
   * The handler is removed. `reason` is what `deleteHandler` or a swap gives, `"remove_handler"` when it has removed itself, `"stop"` when the
   * manager ends, `["stop", reason]` when its supervisor has ended, `["error", reason]` when it has failed.
   */
  terminate?(reason: any, state: S): unknown;
  /** Hides parts of the state from reports and from `sys.getStatus`. */
  formatStatus?(status: StatusParts<S>): StatusParts;
}

/** A handler; `[handler, id]` where there are several of one kind. Source: OTP's `gen_event:handler()`. */
export type HandlerRef<S = any, A = any, E = any> =
  | EventHandler<S, A, E>
  | readonly [handler: EventHandler<S, A, E>, id: unknown];

/** The callbacks of a reference, and its id in an array: empty when it has none. */
export function partsOf(ref: HandlerRef): readonly [handler: EventHandler, id: readonly unknown[]] {
  const [handler, id] = Array.isArray(ref) ? [ref[0], ref.slice(1)] : [ref as EventHandler, []];
  if (typeof handler?.init === "function" && id.length < 2) return [handler, id];
  throw new TypeError(`GenEvent: expected a handler or [handler, id], got ${inspect(ref)}`);
}

/** How a handler is called in reports. */
export function nameOf(ref: HandlerRef): string {
  const [{ name }, id] = partsOf(ref);
  return id.length === 0 ? `${name}` : `[${name}, ${inspect(id[0])}]`;
}
