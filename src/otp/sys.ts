import { type Op, on, P, type Self } from "../kernel.ts";
import { Debug, type DebugFunction } from "./debug.ts";
import { type CallOptions, call, type From, reply } from "./gen.ts";
import type { Server } from "./name.ts";
import { operation, type Steps, settle } from "./operation.ts";

/** What `sys` needs of a behaviour. Source: OTP's *System messages* callbacks. */
export interface Behaviour {
  /** The behaviour's own name, such as `"GenServer"`. */
  readonly kind: string;
  /** How the process is called in what is printed: its name, or its pid. */
  readonly name: unknown;
  readonly parent: unknown;
  debug: Debug | undefined;
  getState(): unknown;
  replaceState(state: unknown): void;
  /** The state as `sys.getStatus` shows it; `formatStatus` may have hidden some of it. */
  shownState(): unknown;
}

/** What `sys.getStatus` tells. Source: OTP's `sys:get_status/1`. */
export interface Status {
  readonly pid: unknown;
  readonly behaviour: string;
  readonly name: unknown;
  readonly status: "running" | "suspended";
  readonly parent: unknown;
  readonly dictionary: ReadonlyMap<unknown, unknown>;
  readonly state: unknown;
}

/**
 * Answers a system message, and when that was `suspend` goes on so until `resume`. The reason to terminate with, in an array, when it is told to;
 * a behaviour's receive loop calls this for each message `["system", from, request]`.
 */
export function* handleSystem(
  self: Self<any>,
  first: readonly unknown[],
  behaviour: Behaviour,
): Steps<readonly [] | readonly [unknown]> {
  let message = first;
  let isSuspended = false;
  for (;;) {
    if (message[0] === "EXIT") return [message[2]];
    const [, from, request] = message as [unknown, From, unknown];
    const [what, ...args] = Array.isArray(request) ? request : [request];
    let answer: unknown = "ok";
    if (what === "suspend") isSuspended = true;
    else if (what === "resume") isSuspended = false;
    else if (what === "terminate") {
      reply(from, "ok");
      return [args[0]];
    } else answer = yield* command(self, what, args, isSuspended, behaviour);
    reply(from, answer);
    if (!isSuspended) return [];
    message = yield* self.receive(
      on(["system", P._, P._], (each): readonly unknown[] => each),
      on(["EXIT", behaviour.parent as never, P._], (each): readonly unknown[] => each),
    );
  }
}

/** A function given to `replaceState` threw. */
class CallbackFailed {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function* command(
  self: Self<any>,
  what: unknown,
  args: readonly unknown[],
  isSuspended: boolean,
  behaviour: Behaviour,
): Steps<unknown> {
  switch (what) {
    case "getState":
      return behaviour.getState();
    case "replaceState":
      try {
        const state: unknown = yield* settle((args[0] as (state: unknown) => unknown)(behaviour.getState()), self);
        behaviour.replaceState(state);
        return state;
      } catch (error) {
        return new CallbackFailed(error);
      }
    case "getStatus":
      return {
        pid: self.pid,
        behaviour: behaviour.kind,
        name: behaviour.name,
        status: isSuspended ? "suspended" : "running",
        parent: behaviour.parent,
        dictionary: self.runtime.processInfo(self.pid, "dictionary") as ReadonlyMap<unknown, unknown>,
        state: behaviour.shownState(),
      } satisfies Status;
    case "debug": {
      behaviour.debug ??= new Debug(behaviour.name);
      const answer = behaviour.debug.command(args, () => self.runtime.processInfo(self.pid, "reductions") as number);
      if (behaviour.debug.isIdle) behaviour.debug = undefined;
      return answer;
    }
    default:
      return ["error", ["unknown_system_msg", what]];
  }
}

// ── What others ask ──

function ask(server: Server, label: string, request: unknown, options: CallOptions | undefined): Op<any> {
  return call(server, request, options, `sys.${label}`, "system");
}

/**
 * Looks into and steers servers that run: GenServers, supervisors, state machines, and all that are built on them. Each of its functions gives an
 * operation, which fails as a call does. Source: OTP's `sys`.
 */
export const sys = {
  /** The state of a server. */
  getState(server: Server, options?: CallOptions): Op<any> {
    return ask(server, "getState", "getState", options);
  },
  /**
   * Puts what `change` makes of the state in its place, and gives that. `change` runs in the server.
   *
   * *Throws* what `change` throws; the state is then what it was.
   */
  replaceState(server: Server, change: (state: any) => unknown, options?: CallOptions): Op<any> {
    const asked = ask(server, "replaceState", ["replaceState", change], options);
    return operation(options?.as, function* () {
      const answer: unknown = yield* asked;
      if (answer instanceof CallbackFailed) throw answer.error;
      return answer;
    });
  },
  /** What is known of a server: `formatStatus` may hide some of its state. */
  getStatus(server: Server, options?: CallOptions): Op<Status> {
    return ask(server, "getStatus", "getStatus", options);
  },
  /** Has a server answer nothing but `sys`, until it is resumed. */
  suspend(server: Server, options?: CallOptions): Op<"ok"> {
    return ask(server, "suspend", "suspend", options);
  },
  /** Has a suspended server go on. */
  resume(server: Server, options?: CallOptions): Op<"ok"> {
    return ask(server, "resume", "resume", options);
  },
  /** Ends a server with `reason`, after its `terminate`. */
  terminate(server: Server, reason: unknown, options?: CallOptions): Op<"ok"> {
    return ask(server, "terminate", ["terminate", reason], options);
  },
  /** Prints each event of a server, or stops that. */
  trace(server: Server, on: boolean, options?: CallOptions): Op<"ok"> {
    return ask(server, "trace", ["debug", "trace", on], options);
  },
  /** Keeps the last events: `true` (10 of them, or `size`), `false`; `"get"` gives them, `"print"` prints them. */
  log(server: Server, flag: boolean | "get" | "print", options?: CallOptions & { readonly size?: number }): Op<any> {
    return ask(server, "log", ["debug", "log", flag, options?.size], options);
  },
  /** Counts messages: `true`, `false`; `"get"` gives the counts, or `"no_statistics"`. */
  statistics(server: Server, flag: boolean | "get", options?: CallOptions): Op<any> {
    return ask(server, "statistics", ["debug", "statistics", flag], options);
  },
  /** Has `debug` called with its own state, each event and the server's state, in the server, until it gives `"done"` or throws. */
  install(server: Server, id: unknown, debug: DebugFunction, state?: unknown, options?: CallOptions): Op<"ok"> {
    return ask(server, "install", ["debug", "install", id, debug, state], options);
  },
  /** Removes a debug function. */
  remove(server: Server, id: unknown, options?: CallOptions): Op<"ok"> {
    return ask(server, "remove", ["debug", "remove", id], options);
  },
  /** Ends all watching. */
  noDebug(server: Server, options?: CallOptions): Op<"ok"> {
    return ask(server, "noDebug", ["debug", "no_debug"], options);
  },
} as const;
