import { inspect } from "../kernel.ts";
import { checkTimeout } from "./timeout.ts";

/**
 * What a server does next: waits so many ms for a message, after which it gets the message `"timeout"`; runs its `continue`
 * callback before it takes a message; or `"hibernate"`, which is accepted and does nothing: there is no heap of its own to shrink.
 */
export type Next = number | "hibernate" | { readonly continue: unknown };

/** Answers a call. */
export class Reply<out R = unknown, out S = unknown> {
  readonly value: R;
  readonly state: S;
  readonly next: Next | undefined;

  constructor(value: R, state: S, next: Next | undefined) {
    this.value = value;
    this.state = state;
    this.next = next;
  }
}

/** Goes on with a state. */
export class NoReply<out S = unknown, out R = never> {
  readonly state: S;
  readonly next: Next | undefined;
  /** What is answered later. */
  declare readonly later?: R;

  constructor(state: S, next: Next | undefined) {
    this.state = state;
    this.next = next;
  }
}

/** Ends the server. */
export class Stop<out S = unknown, out R = never> {
  readonly reason: unknown;
  /** An array of the state: none when the state stays what it was. */
  readonly state: readonly [] | readonly [S];
  /** An array of the answer, if there is one. */
  readonly reply: readonly [] | readonly [R];

  constructor(reason: unknown, state: readonly [] | readonly [S], reply: readonly [] | readonly [R]) {
    this.reason = reason;
    this.state = state;
    this.reply = reply;
  }
}

/** A start that is no failure, and starts nothing. */
export class Ignore {
  declare private readonly ignored: true;
}

/** What `handleInfo` may give for a message that it has no use for: it is logged. */
export const UNEXPECTED: unique symbol = /* @__PURE__ */ Symbol("unexpected");

/** `next` when it is one; else throws. */
function checkNext(next: unknown, what: string): Next | undefined {
  if (next === undefined || next === "hibernate" || (typeof next === "object" && next !== null && "continue" in next))
    return next as Next | undefined;
  if (typeof next === "number") return checkTimeout(next, what);
  throw new TypeError(`${what}: expected a time in ms, "hibernate" or { continue } as next, got ${inspect(next)}`);
}

/**
 * Answers a call with `value`, and goes on with `state`. Source: `{:reply, reply, new_state}`.
 *
 * *Throws* `TypeError` or `RangeError` when `next` is none.
 */
export function reply<R, S>(value: R, state: S, next?: Next): Reply<R, S> {
  return new Reply(value, state, checkNext(next, "reply"));
}

/** Goes on with `state`; a call is then answered by `GenServer.reply`. Source: `{:noreply, new_state}`. */
export function noReply<S, R = never>(state: S, next?: Next): NoReply<S, R> {
  return new NoReply(state, checkNext(next, "noReply"));
}

/** Init's way to go on with `state` and say what comes next. Source: `{:ok, state, {:continue, arg}}`. */
export function ok<S>(state: S, next?: Next): NoReply<S> {
  return new NoReply(state, checkNext(next, "ok"));
}

/**
 * Ends the server with `reason`, after its `terminate`. In `init` it fails the start. With `{ reply }` the call is answered first.
 * Source: `{:stop, reason, reply, new_state}`.
 */
export function stop(reason: unknown): Stop<never, never>;
export function stop<S>(reason: unknown, state: S): Stop<S, never>;
export function stop<S, R>(reason: unknown, state: S, options: { readonly reply: R }): Stop<S, R>;
export function stop(...args: [unknown, unknown?, { readonly reply: unknown }?]): Stop<unknown, unknown> {
  const [reason, state, options] = args;
  return new Stop(
    reason,
    args.length > 1 ? [state] : [],
    options !== undefined && "reply" in options ? [options.reply] : [],
  );
}

/** Init's way to start nothing, which is no failure. Source: `:ignore`. */
export function ignore(): Ignore {
  return new Ignore();
}
