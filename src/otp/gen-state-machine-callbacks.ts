import { inspect } from "../kernel.ts";
import type { Waitable } from "./callbacks.ts";
import type { EventType, MachineEvent, StopAndReply, Transition } from "./gen-state-machine-result.ts";
import type { Ignore, Stop } from "./result.ts";

/** What a handler may return. Nothing at all keeps state and data. */
export type EventResult<S = any, D = any> = Waitable<
  | Transition<S, D, unknown>
  | Stop<D, unknown>
  | StopAndReply<D, unknown>
  | "keepStateAndData"
  | "repeatStateAndData"
  | "stop"
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing
  | void
>;

/** What `init` may return. */
export type MachineInitResult<S = any, D = any> = Waitable<Transition<S, D, unknown> | Stop<any, any> | Ignore>;

/** Handlers by the tag of a request, which is its first element: they get the elements after it. */
export type EventHandlers<S, D> = { readonly [tag: string]: (data: D, ...args: any[]) => EventResult<S, D> };

/** A state as a table of its events. */
export interface EventTable<S = any, D = any> {
  /** Whenever the state is entered, from another or anew: may not postpone, add events or go on to another state. */
  readonly enter?: (data: D, from: any) => EventResult<never, D>;
  /** Calls: `GenStateMachine.call(machine, ["unlock", code])` comes to `unlock(data, code)`. Answer with the action `{ reply }`. */
  readonly calls?: EventHandlers<S, D>;
  /** Casts, as `calls` takes calls. */
  readonly casts?: EventHandlers<S, D>;
  /** Any other message, whole, by its tag; `_` takes those of other tags. */
  readonly info?: { readonly [tag: string]: (data: D, message: any) => EventResult<S, D> };
  /** What `nextEvent: ["internal", ["load", 3]]` asked for: `load(data, 3)`. */
  readonly internal?: EventHandlers<S, D>;
  /** The event timeout. */
  readonly timeout?: (data: D, content: any) => EventResult<S, D>;
  readonly stateTimeout?: (data: D, content: any) => EventResult<S, D>;
  /** Generic timeouts by their name. */
  readonly timeouts?: { readonly [name: string]: (data: D, content: any) => EventResult<S, D> };
  /** Whatever else comes in this state. */
  readonly handleEvent?: StateFunction<S, D>;
}

/** A state as a function of its events. `type` is `"enter"` and `content` the state before, for an enter call. */
export type StateFunction<S = any, D = any> = (type: EventType | "enter", content: any, data: D) => EventResult<S, D>;

/** What `formatStatus` is given, and gives back with its secrets hidden. Source: OTP's `gen_statem:format_status/1`. */
export interface MachineStatus<S = unknown, D = unknown> {
  readonly state: S;
  readonly data: D;
  /** Events that were postponed, the last one first. */
  readonly postponed: readonly MachineEvent[];
  /** Timeouts that run: their types and contents. */
  readonly timeouts: readonly (readonly [type: EventType, content: unknown])[];
  /** In a report: the event that was handled, and those that waited. */
  readonly queue?: readonly MachineEvent[];
  /** In a report: why it ends. */
  readonly reason?: unknown;
}

/**
 * A state machine, as OTP's `gen_statem` behaviour has it. With `states` its callback mode is `"stateFunctions"`, and `handleEvent` takes what they
 * don't; without, it is `"handleEventFunction"`. Callbacks are plain functions, generators or async functions; while one waits, no event is handled.
 */
export interface Callbacks<S = any, D = any> {
  /** What it is called in messages; default `"GenStateMachine"`. */
  readonly name?: string;
  /** Whether entering a state is an event. Default: whether a table of `states` has `enter`. Source: `state_enter`. */
  readonly stateEnter?: boolean;
  init(...args: any[]): MachineInitResult<S, D>;
  readonly states?: { readonly [state: string]: EventTable<S, D> | StateFunction<S, D> };
  handleEvent?(type: EventType | "enter", content: any, state: any, data: D): EventResult<S, D>;
  /** The last thing a machine does, as a server's. What it gives is ignored. */
  terminate?(reason: unknown, state: any, data: D): unknown;
  /** Hides parts of state and data from reports and from `sys.getStatus`. */
  formatStatus?(status: MachineStatus<any, D>): MachineStatus;
}

/** Whether entering a state is an event. */
export function hasStateEnter({ stateEnter, states }: Callbacks): boolean {
  return stateEnter ?? Object.values(states ?? {}).some((state) => typeof state === "object" && "enter" in state);
}

/** Hands an event to the state's handler, and gives what that returns. */
export function dispatch(
  callbacks: Callbacks,
  type: EventType | "enter",
  content: unknown,
  state: unknown,
  data: unknown,
): unknown {
  const { name = "GenStateMachine", states } = callbacks;
  if (states !== undefined) {
    if (!Object.hasOwn(states, state as string)) {
      const known = Object.keys(states).map(inspect).join(", ");
      throw new TypeError(`${name}: expected ${known} as state, got ${inspect(state)}`);
    }
    const own = states[state as string] as EventTable | StateFunction;
    if (typeof own === "function") return own(type, content, data);
    const handler = handlerOf(own, type, content);
    if (handler !== undefined) return handler(data);
    if (own.handleEvent !== undefined) return own.handleEvent(type, content, data);
  }
  if (callbacks.handleEvent !== undefined) return callbacks.handleEvent(type, content, state, data);
  if (type === "enter") return undefined;
  throw new Error(`${name} has no handler in state ${inspect(state)} for ${inspect([type, content])}`);
}

type Handler = (data: unknown) => unknown;
type Table = { readonly [tag: string]: (data: unknown, ...args: any[]) => unknown };

function handlerOf(state: EventTable, type: EventType | "enter", content: unknown): Handler | undefined {
  if (typeof type !== "string") {
    if (type[0] === "call") return tagged(state.calls, content);
    const { timeouts } = state as { timeouts?: Table };
    return whole(
      timeouts !== undefined && Object.hasOwn(timeouts, type[1] as string) ? timeouts[type[1] as string] : undefined,
      content,
    );
  }
  switch (type) {
    case "cast":
      return tagged(state.casts, content);
    case "internal":
      return tagged(state.internal, content);
    case "info": {
      const { info } = state as { info?: Table };
      const tag = tagOf(content);
      return whole(info && tag !== undefined && Object.hasOwn(info, tag) ? info[tag] : info?.["_"], content);
    }
    default:
      return whole(state[type], content);
  }
}

function tagged(table: Table | undefined, content: unknown): Handler | undefined {
  const tag = tagOf(content);
  if (table === undefined || tag === undefined || !Object.hasOwn(table, tag)) return undefined;
  const args = Array.isArray(content) ? content.slice(1) : [];
  return (data) => table[tag]?.(data, ...args);
}

function whole(handler: ((data: any, content: any) => unknown) | undefined, content: unknown): Handler | undefined {
  return handler && ((data) => handler(data, content));
}

/** The kernel's `Tag` of a message. */
function tagOf(content: unknown): string | undefined {
  const tag: unknown = Array.isArray(content)
    ? content[0]
    : typeof content === "object" && content !== null
      ? (content as { type?: unknown }).type
      : content;
  return typeof tag === "string" ? tag : undefined;
}
