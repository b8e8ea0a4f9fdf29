import { inspect, type Op, type Pid, type Ref } from "../kernel.ts";
import type { Callbacks, CallResult, HandleResult, InitResult, StatusParts } from "./callbacks.ts";
import { childWith } from "./child-with.ts";
import { type CallOptions, call, cast, type From } from "./gen.ts";
import type { Server } from "./name.ts";
import type { Acting } from "./operation.ts";
import type { How } from "./proc-lib.ts";
import { type NoReply, type Reply, type Stop, UNEXPECTED } from "./result.ts";
import { type ServerOptions, startServer } from "./server-start.ts";

/** Handlers of calls by the tag of the request. */
export type Calls<S> = { readonly [tag: string]: (state: S, ...args: any[]) => CallResult<S> };
/** Handlers of casts, or of `continue`, by their tag. */
export type Casts<S> = { readonly [tag: string]: (state: S, ...args: any[]) => HandleResult<S> };
/** Handlers of other messages by the tag of the message; `_` takes any other. */
export type Infos<S> = { readonly [tag: string]: (state: S, message: any) => HandleResult<S> };

/** The tags of a table; none when there is no table, and all that is known of it is that it could have any. */
type Tags<T> = string extends keyof T ? never : keyof T;

/** The arguments of a handler after the state. */
export type Rest<F> = F extends (state: any, ...args: infer A) => any ? A : never;

type Answer<R> =
  R extends Reply<infer V, any>
    ? V
    : R extends NoReply<any, infer V>
      ? V
      : R extends Stop<any, infer V>
        ? V
        : R extends Generator<any, infer T, any>
          ? Answer<T>
          : R extends PromiseLike<infer T>
            ? Answer<T>
            : never;

/** What a call gives that this handler answers; unknown when it is answered elsewhere, and nobody says by what. */
export type Replied<F> = F extends (...args: any) => infer R
  ? [Answer<R>] extends [never]
    ? unknown
    : Answer<R>
  : never;

/** What `define` is given. */
export interface ServerSpec<S, A extends readonly unknown[], C, D, I, K> {
  /** What it is called in reports, and as a child; default `"GenServer"`. */
  readonly name?: string;
  /** Makes the state. */
  readonly init: (...args: A) => InitResult<S>;
  /** Answers calls: `call.pop(server, 2)` and `GenServer.call(server, ["pop", 2])` come to `pop(state, 2)`. */
  readonly calls?: C;
  /** Takes casts, as `calls` does calls. */
  readonly casts?: D;
  /** Takes all other messages by their tag, whole: `tick(state, message)`. */
  readonly info?: I;
  /** Takes what `{ continue: ["load", 3] }` asks for. */
  readonly continue?: K;
  /** See `Callbacks.terminate`. */
  readonly terminate?: (reason: unknown, state: S) => unknown;
  /** See `Callbacks.formatStatus`. */
  readonly formatStatus?: (status: StatusParts<S>) => StatusParts;
  /** Takes calls that `calls` has no handler for. */
  readonly handleCall?: (request: any, from: From, state: S) => CallResult<S>;
  /** Takes casts that `casts` has no handler for. */
  readonly handleCast?: (request: any, state: S) => HandleResult<S>;
  /** How a supervisor treats it, unless `child` says otherwise. */
  readonly restart?: "permanent" | "transient" | "temporary";
  readonly shutdown?: number | "brutalKill";
}

/** What a child of a supervisor says of itself besides its start. */
export interface ChildOptions extends ServerOptions {
  /** Default: the name that `define` was given. */
  readonly id?: unknown;
  readonly restart?: "permanent" | "transient" | "temporary";
  /** ms, `Infinity` or `"brutalKill"`. */
  readonly shutdown?: number | "brutalKill";
  readonly significant?: boolean;
}

/** A server as a supervisor's child. */
export interface ServerChild {
  readonly id: unknown;
  readonly start: () => Op<Pid<any>>;
  readonly restart?: "permanent" | "transient" | "temporary";
  readonly shutdown?: number | "brutalKill";
  readonly significant?: boolean;
  readonly type?: "worker" | "supervisor";
}

/** What `define` makes. */
export interface DefinedServer<A extends readonly unknown[], C, D> {
  /** Starts a server: `init`'s arguments, then options. See `GenServer.start`. */
  start(...args: [...A, options?: ServerOptions]): Op<Pid<any>>;
  /** Starts a server that is linked to whoever starts it. See `GenServer.startLink`. */
  startLink(...args: [...A, options?: ServerOptions]): Op<Pid<any>>;
  /** Starts a server and monitors it. See `GenServer.startMonitor`. */
  startMonitor(...args: [...A, options?: ServerOptions]): Op<[Pid<any>, Ref]>;
  /** One function for each handler of calls: the server, its arguments, options. See `GenServer.call`. */
  readonly call: {
    readonly [K in Tags<C>]: (server: Server, ...args: [...Rest<C[K]>, options?: CallOptions]) => Op<Replied<C[K]>>;
  };
  /** One function for each handler of casts: the server, its arguments, options. See `GenServer.cast`. */
  readonly cast: { readonly [K in Tags<D>]: (server: Server, ...args: [...Rest<D[K]>, options?: Acting]) => void };
  /** The server as a supervisor's child: `init`'s arguments, then options. Source: Elixir's `child_spec/1`. */
  child(...args: [...A, options?: ChildOptions]): ServerChild;
  /** The same server, for what takes callbacks. */
  readonly callbacks: Callbacks;
}

export const CALL_KEYS: readonly string[] = ["timeout", "as"];
export const START_KEYS: readonly string[] = [
  "name",
  "timeout",
  "priority",
  "mailbox",
  "debug",
  "hibernateAfter",
  "as",
];
export const CHILD_KEYS: readonly string[] = [...START_KEYS, "id", "restart", "shutdown", "significant"];

/**
 * Takes the options off the end of the arguments, and gives them: there are some when there are more arguments than the function names, and the last is
 * an object that has nothing but options in it.
 */
export function takeOptions(given: unknown[], named: number, keys: readonly string[]): any {
  const last = given.length > named ? given[given.length - 1] : null;
  // An absent option object that was passed on.
  if (last !== undefined && !isTable(last, keys)) return NO_OPTIONS;
  given.pop();
  return last ?? NO_OPTIONS;
}

const NO_OPTIONS: object = {};

/** Whether something is an object that has nothing but some of the keys in it. */
function isTable(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) if (!keys.includes(key)) return false;
  return true;
}

type Handler = (state: unknown, ...args: unknown[]) => unknown;
type Table = { readonly [tag: string]: Handler };

/** The handlers of a table by their tags. */
class Handlers {
  private readonly byTag: ReadonlyMap<unknown, Handler>;
  /** What was asked for last: often the next one is, too, and a table takes longer than a comparison. */
  private lastTag: unknown = undefined;
  private last: Handler | undefined = undefined;

  constructor(table: Table | undefined) {
    this.byTag = new Map(Object.entries(table ?? {}));
  }

  get(tag: unknown): Handler | undefined {
    if (tag !== this.lastTag) {
      this.last = this.byTag.get(tag);
      this.lastTag = tag;
    }
    return this.last;
  }

  get tags(): string {
    return [...this.byTag.keys()].join(", ");
  }
}

/** The handler of a message's or a request's tag: see the kernel's `Tag`. */
function handlerOf(handlers: Handlers, message: unknown): Handler | undefined {
  if (Array.isArray(message)) return handlers.get(message[0]);
  return handlers.get(typeof message === "object" && message !== null ? (message as { type?: unknown }).type : message);
}

/** Calls a handler with what follows the tag. Written out, since spreading takes longer than most handlers do. */
function handle(handler: Handler, state: unknown, request: unknown): any {
  if (!Array.isArray(request) || request.length === 1) return handler(state);
  if (request.length === 2) return handler(state, request[1]);
  if (request.length === 3) return handler(state, request[1], request[2]);
  return handler(state, ...request.slice(1));
}

/** A request, as `handle` takes it apart, and for the same reason. */
function requestOf(tag: string, given: readonly unknown[]): readonly unknown[] {
  if (given.length === 0) return [tag];
  return given.length === 1 ? [tag, given[0]] : [tag, ...given];
}

/** Each handler's function for clients. */
export function clients(table: object | undefined, make: (tag: string, named: number) => unknown): any {
  const entries = Object.entries((table ?? {}) as Table);
  return Object.fromEntries(entries.map(([tag, handler]) => [tag, make(tag, Math.max(0, handler.length - 1))]));
}

/**
 * Makes a server of an object literal. The types of state, calls, casts and answers are inferred from it. Source: Elixir's `use GenServer`.
 *
 * @example
 * const Stack = GenServer.define({
 *   name: "Stack",
 *   init: (items: string[]) => items,
 *   calls: { pop: (items) => reply(items[0], items.slice(1)) },
 *   casts: { push: (items, item: string) => [item, ...items] },
 * });
 */
export function define<
  S,
  A extends readonly unknown[],
  C extends Calls<S>,
  D extends Casts<S>,
  I extends Infos<S>,
  K extends Casts<S>,
>(spec: ServerSpec<S, A, C, D, I, K>): DefinedServer<A, C, D> {
  const { name = "GenServer", init, terminate, formatStatus } = spec;
  checkSpec(spec as never);
  const tables = spec as { [K in "calls" | "casts" | "info" | "continue"]?: Table };
  const calls = new Handlers(tables.calls);
  const casts = new Handlers(tables.casts);
  const infos = new Handlers(tables.info);
  const continues = new Handlers(tables.continue);
  const other = infos.get("_");
  const callbacks: Callbacks = {
    name,
    init: init as never,
    handleCall(request, from, state) {
      const handler = handlerOf(calls, request);
      if (handler !== undefined) return handle(handler, state, request);
      if (spec.handleCall !== undefined) return spec.handleCall(request, from, state);
      throw unknownTag(name, "call", calls, request);
    },
    handleCast(request, state) {
      const handler = handlerOf(casts, request);
      if (handler !== undefined) return handle(handler, state, request);
      if (spec.handleCast !== undefined) return spec.handleCast(request, state);
      throw unknownTag(name, "cast", casts, request);
    },
    handleInfo(message, state): any {
      const handler = handlerOf(infos, message) ?? other;
      return handler === undefined ? UNEXPECTED : handler(state, message);
    },
    handleContinue(arg, state) {
      const handler = handlerOf(continues, arg);
      if (handler === undefined) throw unknownTag(name, "continue", continues, arg);
      return handle(handler, state, arg);
    },
    ...(terminate !== undefined && { terminate }),
    ...(formatStatus !== undefined && { formatStatus: formatStatus as never }),
  };
  // Asked for once: V8 looks up a function's length each time.
  const named = init.length;
  const started =
    (how: How) =>
    (...given: unknown[]): Op<any> => {
      const options = takeOptions(given, named, START_KEYS);
      return startServer(how, callbacks, given, options);
    };
  return {
    start: started("start"),
    startLink: started("startLink"),
    startMonitor: started("startMonitor"),
    call: clients(tables.calls, (tag, named) => (server: Server, ...given: unknown[]) => {
      if (given.length <= named) return call(server, requestOf(tag, given));
      const options = takeOptions(given, named, CALL_KEYS);
      return call(server, [tag, ...given], options);
    }),
    cast: clients(tables.casts, (tag, named) => (server: Server, ...given: unknown[]) => {
      if (given.length <= named) return cast(server, requestOf(tag, given));
      const options = takeOptions(given, named, CALL_KEYS);
      cast(server, [tag, ...given], options);
    }),
    child(...given: unknown[]): ServerChild {
      const options = takeOptions(given, named, CHILD_KEYS);
      return childWith(name, options, () => startServer("startLink", callbacks, given, options), spec) as ServerChild;
    },
    callbacks,
  };
}

const TABLES = ["calls", "casts", "info", "continue"];
const FUNCTIONS = ["terminate", "formatStatus", "handleCall", "handleCast"];
const FIELDS = ["name", "init", "restart", "shutdown", ...TABLES, ...FUNCTIONS];

function checkSpec(spec: Record<string, unknown>): void {
  const wrong = (expected: string, got: unknown) =>
    new TypeError(`GenServer.define: expected ${expected}, got ${inspect(got)}`);
  if (typeof spec !== "object" || spec === null) throw wrong("an object", spec);
  const { name, init } = spec;
  for (const field of Object.keys(spec)) if (!FIELDS.includes(field)) throw wrong(`one of ${FIELDS.join(", ")}`, field);
  if (name !== undefined && typeof name !== "string") throw wrong("a string as name", name);
  if (typeof init !== "function") throw wrong("a function as init", init);
  for (const field of FUNCTIONS) {
    const given = spec[field];
    if (given !== undefined && typeof given !== "function") throw wrong(`a function as ${field}`, given);
  }
  for (const field of TABLES) {
    const table = spec[field];
    if (table === undefined) continue;
    if (typeof table !== "object" || table === null) throw wrong(`an object of functions as ${field}`, table);
    for (const [tag, handler] of Object.entries(table)) {
      if (typeof handler !== "function") throw wrong(`a function as ${field}.${tag}`, handler);
    }
  }
}

function unknownTag(name: string, work: string, handlers: Handlers, request: unknown): Error {
  const known = handlers.tags;
  return new Error(
    `attempted to ${work} ${name} with ${inspect(request)}, for which it has no handler${known && `: it has ${known}`}`,
  );
}
