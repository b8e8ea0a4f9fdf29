import { inspect, type Op, type Pid, type Ref } from "../kernel.ts";
import { childWith } from "./child-with.ts";
import {
  CALL_KEYS,
  CHILD_KEYS,
  type ChildOptions,
  clients,
  type ServerChild,
  START_KEYS,
  takeOptions,
} from "./define.ts";
import { type CallOptions, call, cast } from "./gen.ts";
import type {
  Callbacks,
  EventResult,
  EventTable,
  MachineInitResult,
  MachineStatus,
  StateFunction,
} from "./gen-state-machine-callbacks.ts";
import type { EventType, StopAndReply, Transition } from "./gen-state-machine-result.ts";
import { startMachine } from "./gen-state-machine-start.ts";
import type { Server } from "./name.ts";
import type { Acting } from "./operation.ts";
import type { How } from "./proc-lib.ts";
import type { Stop } from "./result.ts";
import type { ServerOptions } from "./server-start.ts";

type AnyFunction = (...args: any) => any;

/** What a callback's result is in the end. */
type Settled<R> = R extends Generator<any, infer T, any> ? T : Awaited<R>;
type ResultOf<F> = F extends (...args: any) => infer R ? Settled<R> : never;

/** The states that handlers go to. */
type Goal<R> = R extends Transition<infer S, any, any> ? S : never;
type GoalsOf<H> = H extends AnyFunction ? Goal<ResultOf<H>> : { [K in keyof H]: GoalsOf<H[K]> }[keyof H];

/** Refuses a state machine that goes to a state which it doesn't have, and names the state. */
type Complete<T, S> = [Exclude<S | GoalsOf<T>, keyof T>] extends [never]
  ? unknown
  : { readonly [K in Exclude<S | GoalsOf<T>, keyof T> & string]: EventTable };

/** What the action `reply` of a transition answers. */
type ReplyIn<A> = A extends readonly (infer X)[]
  ? ReplyIn<X>
  : A extends { readonly to: unknown }
    ? never
    : A extends { readonly reply: infer V }
      ? V
      : never;
type ReplyOf<R> =
  R extends Transition<any, any, infer A>
    ? ReplyIn<A>
    : R extends StopAndReply<any, infer A>
      ? ReplyIn<A>
      : R extends Stop<any, infer V>
        ? V
        : never;
type Answer<F> = [ReplyOf<ResultOf<F>>] extends [never] ? unknown : ReplyOf<ResultOf<F>>;

/** The handlers of one kind, of all states. */
type HandlersOf<T, K extends string> = {
  [N in keyof T]: T[N] extends { readonly [P in K]: infer H } ? H : never;
}[keyof T];
type TagsOf<H> = H extends unknown ? keyof H & string : never;
type Tagged<H, Tag extends string> = H extends { readonly [P in Tag]: infer F } ? F : never;
type ArgsOf<F> = F extends (data: any, ...args: infer A) => any ? A : never;
type Both<U> = (U extends unknown ? (each: U) => void : never) extends (both: infer I) => void ? I : never;
/** What all handlers of a tag can take. One that takes nothing, such as `postpone`, can take anything. */
type Needed<A> = [Exclude<A, []>] extends [never] ? [] : Extract<Both<Exclude<A, []>>, readonly unknown[]>;

/** What `GenStateMachine.define` is given. */
export interface MachineSpec<S, D, A extends readonly unknown[], T> {
  /** What it is called in messages, and as a child; default `"GenStateMachine"`. */
  readonly name?: string;
  /** The first state and its data: `nextState("locked", { code })`. */
  readonly init: (...args: A) => MachineInitResult<S, D>;
  /** The states by their names, each a table of events or a function. */
  readonly states: T & Complete<T, S>;
  /** What no state takes. */
  readonly handleEvent?: (type: EventType | "enter", content: any, state: keyof T, data: D) => EventResult<keyof T, D>;
  /** See `Callbacks.stateEnter`. */
  readonly stateEnter?: boolean;
  readonly terminate?: (reason: unknown, state: keyof T, data: D) => unknown;
  readonly formatStatus?: (status: MachineStatus<keyof T, D>) => MachineStatus;
  /** How a supervisor treats it, unless `child` says otherwise. */
  readonly restart?: "permanent" | "transient" | "temporary";
  readonly shutdown?: number | "brutalKill";
}

/** What `GenStateMachine.define` makes. */
export interface DefinedMachine<A extends readonly unknown[], T> {
  /** Starts a machine: `init`'s arguments, then options. See `GenStateMachine.start`. */
  start(...args: [...A, options?: ServerOptions]): Op<Pid<any>>;
  /** Starts a machine that is linked to whoever starts it. */
  startLink(...args: [...A, options?: ServerOptions]): Op<Pid<any>>;
  /** Starts a machine and monitors it. */
  startMonitor(...args: [...A, options?: ServerOptions]): Op<[Pid<any>, Ref]>;
  /** One function for each call that a state has a handler for: the machine, its arguments, options. See `GenStateMachine.call`. */
  readonly call: {
    readonly [K in TagsOf<HandlersOf<T, "calls">>]: (
      machine: Server,
      ...args: [...Needed<ArgsOf<Tagged<HandlersOf<T, "calls">, K>>>, options?: CallOptions]
    ) => Op<Answer<Tagged<HandlersOf<T, "calls">, K>>>;
  };
  /** One function for each cast. See `GenStateMachine.cast`. */
  readonly cast: {
    readonly [K in TagsOf<HandlersOf<T, "casts">>]: (
      machine: Server,
      ...args: [...Needed<ArgsOf<Tagged<HandlersOf<T, "casts">, K>>>, options?: Acting]
    ) => void;
  };
  /** The machine as a supervisor's child: `init`'s arguments, then options. */
  child(...args: [...A, options?: ChildOptions]): ServerChild;
  /** The same machine, for what takes callbacks. */
  readonly callbacks: Callbacks;
}

/** Handlers of one kind: of each tag the one that names most arguments. */
function tableOf(states: Callbacks["states"], kind: "calls" | "casts"): Record<string, AnyFunction> {
  const table: Record<string, AnyFunction> = {};
  for (const state of Object.values(states ?? {})) {
    if (typeof state === "function") continue;
    for (const [tag, handler] of Object.entries(state[kind] ?? {})) {
      if (handler.length >= (table[tag]?.length ?? 0)) table[tag] = handler;
    }
  }
  return table;
}

/**
 * Makes a state machine of an object literal. The types of states, data, events and answers are inferred from it.
 *
 * @example
 * const Switch = GenStateMachine.define({
 *   init: () => nextState("off", 0),
 *   states: {
 *     off: { casts: { flip: (count) => nextState("on", count + 1) } },
 *     on: { casts: { flip: (count) => nextState("off", count) }, calls: { count: (count) => keepState(count, { reply: count }) } },
 *   },
 * });
 */
export function define<
  S extends string,
  D,
  A extends readonly unknown[],
  T extends { readonly [state: string]: EventTable<string, D> | StateFunction<string, D> },
>(spec: MachineSpec<S, D, A, T>): DefinedMachine<A, T> {
  checkSpec(spec);
  const { restart, shutdown, ...callbacks } = spec as MachineSpec<S, D, A, T> & Callbacks;
  const usual = { restart, shutdown } as Pick<ServerChild, "restart" | "shutdown">;
  const { name = "GenStateMachine", init } = callbacks;
  const started =
    (how: How) =>
    (...given: unknown[]): Op<any> => {
      const options = takeOptions(given, init.length, START_KEYS);
      return startMachine(how, callbacks, given, options);
    };
  return {
    start: started("start"),
    startLink: started("startLink"),
    startMonitor: started("startMonitor"),
    call: clients(tableOf(callbacks.states, "calls"), (tag, named) => (machine: Server, ...given: unknown[]) => {
      const options = takeOptions(given, named, CALL_KEYS);
      return call(machine, [tag, ...given], { timeout: Number.POSITIVE_INFINITY, ...options }, "GenStateMachine.call");
    }),
    cast: clients(tableOf(callbacks.states, "casts"), (tag, named) => (machine: Server, ...given: unknown[]) => {
      const options = takeOptions(given, named, CALL_KEYS);
      cast(machine, [tag, ...given], options);
    }),
    child(...given: unknown[]): ServerChild {
      const options = takeOptions(given, init.length, CHILD_KEYS);
      return childWith(name, options, () => startMachine("startLink", callbacks, given, options), usual) as ServerChild;
    },
    callbacks,
  } as DefinedMachine<A, T>;
}

const FIELDS = [
  "name",
  "init",
  "states",
  "handleEvent",
  "stateEnter",
  "terminate",
  "formatStatus",
  "restart",
  "shutdown",
];
const EVENTS = ["enter", "calls", "casts", "info", "internal", "timeout", "stateTimeout", "timeouts", "handleEvent"];

function checkSpec(spec: unknown): void {
  const what = "GenStateMachine.define";
  const { init, states } = checkFields(spec, FIELDS, what) as { init?: unknown; states?: unknown };
  if (typeof init !== "function") throw new TypeError(`${what}: expected a function as init, got ${inspect(init)}`);
  for (const [name, state] of Object.entries(checkFields(states, undefined, `${what}: states`))) {
    if (typeof state !== "function") checkFields(state, EVENTS, `${what}: state ${inspect(name)}`);
  }
}

function checkFields(value: unknown, known: readonly string[] | undefined, what: string): object {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${what}: expected an object, got ${inspect(value)}`);
  const odd = Object.keys(value).find((key) => known?.includes(key) === false);
  if (odd !== undefined) throw new TypeError(`${what}: expected ${known?.join(", ")}, got ${odd}`);
  return value;
}
