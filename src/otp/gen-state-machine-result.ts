import type { From } from "./gen.ts";
import type { Callbacks } from "./gen-state-machine-callbacks.ts";

/** ms; `"cancel"`; or `"update"`, which changes the content and leaves the time. Infinity cancels, too. */
export type TimeoutTime = number | "cancel" | "update";

/** A timeout that brings `content`. With `abs`, `ms` is a time of `runtime.now()`. */
export interface TimeoutOptions {
  readonly ms: TimeoutTime;
  readonly content?: any;
  readonly abs?: boolean;
}

/**
 * Things to do with a transition, in the order of their keys. Source: OTP's `gen_statem:action()`.
 */
export interface ActionTable {
  /** Whether to keep the event, and to handle it again when the state has changed. */
  readonly postpone?: boolean;
  /** Accepted, and does nothing: there is no heap of its own to shrink. */
  readonly hibernate?: boolean;
  /** Answers a call: the one that is the event, or that of `to`. */
  readonly reply?: any;
  /** The client, as `GenStateMachine.from()` or an event type `["call", from]` gave it. */
  readonly to?: From;
  /** An event to handle before any other that waits: `["internal", content]`. The first of several comes first. */
  readonly nextEvent?: readonly [type: EventType, content: any];
  /** An event of type `"timeout"`, unless another event comes before; with a `name`, one of type `["timeout", name]`, whatever comes before. */
  readonly timeout?: TimeoutTime | (TimeoutOptions & { readonly name?: unknown });
  /** An event of type `"stateTimeout"`, unless the state changes before. */
  readonly stateTimeout?: TimeoutTime | TimeoutOptions;
  /** Other callbacks for all later events. */
  readonly changeCallbackModule?: Machinery;
  /** The same, until `"popCallbackModule"`. */
  readonly pushCallbackModule?: Machinery;
}

/** One thing to do, or several. A bare number is an event timeout of so many ms, which brings that number. */
export type Action = "postpone" | "hibernate" | "popCallbackModule" | number | ActionTable;

/** What is done with a transition. Of timeouts of one kind the last counts. */
export type Actions = Action | readonly Action[];

/** Callbacks, or what `define` made of them. */
export type Machinery = Callbacks | { readonly callbacks: Callbacks };

/** What kind of event a state is to handle. Source: OTP's `gen_statem:event_type()`. */
export type EventType =
  | readonly ["call", from: From]
  | "cast"
  | "info"
  | "internal"
  | "timeout"
  | "stateTimeout"
  | readonly ["timeout", name: unknown];

/** An event that waits, or is handled. */
export type MachineEvent = readonly [type: EventType, content: unknown];

/** Goes on with a state and its data. */
export class Transition<out S = unknown, out D = unknown, out A = unknown> {
  /** Whether the state's enter call is made again, though it stays. */
  readonly isRepeated: boolean;
  /** An array of the state: none when it stays. */
  readonly state: readonly [] | readonly [S];
  /** An array of the data: none when they stay what they were. */
  readonly data: readonly [] | readonly [D];
  readonly actions: A | undefined;

  constructor(isRepeated: boolean, state: readonly [] | readonly [S], data: readonly [] | readonly [D], actions?: A) {
    this.isRepeated = isRepeated;
    this.state = state;
    this.data = data;
    this.actions = actions;
  }
}

/** Answers calls and ends. */
export class StopAndReply<out D = unknown, out A = unknown> {
  readonly reason: unknown;
  readonly replies: A;
  readonly data: readonly [] | readonly [D];

  constructor(reason: unknown, replies: A, data: readonly [] | readonly [D]) {
    this.reason = reason;
    this.replies = replies;
    this.data = data;
  }
}

/** Goes on in `state` with `data`; what `init` returns, too. Source: `{:next_state, state, data, actions}`, `{:ok, state, data, actions}`. */
export function nextState<const S, D>(state: S, data: D): Transition<S, D, never>;
export function nextState<const S, D, const A extends Actions>(state: S, data: D, actions: A): Transition<S, D, A>;
export function nextState(state: unknown, data: unknown, actions?: Actions): Transition<any, any, any> {
  return new Transition(false, [state], [data], actions);
}

/** Stays in the state, with `data`. Source: `{:keep_state, data, actions}`. */
export function keepState<D>(data: D): Transition<never, D, never>;
export function keepState<D, const A extends Actions>(data: D, actions: A): Transition<never, D, A>;
export function keepState(data: unknown, actions?: Actions): Transition<any, any, any> {
  return new Transition(false, [], [data], actions);
}

/** Stays in the state, with its data; so does a handler that returns nothing. Source: `{:keep_state_and_data, actions}`. */
export function keepStateAndData(): Transition<never, never, never>;
export function keepStateAndData<const A extends Actions>(actions: A): Transition<never, never, A>;
export function keepStateAndData(actions?: Actions): Transition<any, any, any> {
  return new Transition(false, [], [], actions);
}

/** Stays in the state, with `data`, and makes its enter call again. Source: `{:repeat_state, data, actions}`. */
export function repeatState<D>(data: D): Transition<never, D, never>;
export function repeatState<D, const A extends Actions>(data: D, actions: A): Transition<never, D, A>;
export function repeatState(data: unknown, actions?: Actions): Transition<any, any, any> {
  return new Transition(true, [], [data], actions);
}

/** Stays in the state, with its data, and makes its enter call again. Source: `{:repeat_state_and_data, actions}`. */
export function repeatStateAndData(): Transition<never, never, never>;
export function repeatStateAndData<const A extends Actions>(actions: A): Transition<never, never, A>;
export function repeatStateAndData(actions?: Actions): Transition<any, any, any> {
  return new Transition(true, [], [], actions);
}

/** Answers calls, and ends the machine with `reason` after its `terminate`. Source: `{:stop_and_reply, reason, replies, data}`. */
export function stopAndReply<const A extends Actions>(reason: unknown, replies: A): StopAndReply<never, A>;
export function stopAndReply<D, const A extends Actions>(reason: unknown, replies: A, data: D): StopAndReply<D, A>;
export function stopAndReply(...args: [unknown, Actions, unknown?]): StopAndReply<any, any> {
  const [reason, replies, data] = args;
  return new StopAndReply(reason, replies, args.length > 2 ? [data] : []);
}

/** A handler that leaves its event for the next state: `calls: { get: postpone }`. Source: `{:keep_state_and_data, :postpone}`. */
export function postpone(): Transition<never, never, never> {
  return new Transition<never, never, never>(false, [], [], "postpone" as never);
}
