import { ExitError, type Op, type Pid, type Ref } from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { define } from "./define.ts";
import { type CallOptions, call, cast, reply, tell } from "./gen.ts";
import { type Server, whereis } from "./name.ts";
import { type Acting, actorOf, operation, runtimeOf } from "./operation.ts";
import { from } from "./server-process.ts";
import { type ServerOptions, startServer } from "./server-start.ts";
import { stop } from "./stop.ts";

/** A server, by its callbacks: the untyped form, as Elixir's modules are. */
export type Startable = Callbacks | { readonly callbacks: Callbacks };

function callbacksOf(server: Startable): Callbacks {
  return "callbacks" in server ? server.callbacks : server;
}

/**
 * A process that holds a state and answers calls. See `define` for servers whose types are inferred; the other functions serve all of them. Source: Elixir's
 * `GenServer`.
 */
export const GenServer = {
  define: define as typeof define,
  from: from as typeof from,
  reply: reply as typeof reply,
  whereis: whereis as typeof whereis,

  /**
   * Starts a server, and gives its pid once `init` has returned; `"ignore"` when that said so.
   *
   * *Throws* `ExitError`: `["already_started", pid]`, `"timeout"`, or why `init` failed. Source: `GenServer.start/3`.
   */
  start(server: Startable, args: readonly unknown[], options?: ServerOptions): Op<Pid<any>> {
    return startServer("start", callbacksOf(server), args, options);
  },
  /** Like `start`, and links the server to whoever starts it. Source: `GenServer.start_link/3`. */
  startLink(server: Startable, args: readonly unknown[], options?: ServerOptions): Op<Pid<any>> {
    return startServer("startLink", callbacksOf(server), args, options);
  },
  /** Like `start`, and monitors the server. Source: OTP's `gen_server:start_monitor/3`. */
  startMonitor(server: Startable, args: readonly unknown[], options?: ServerOptions): Op<[Pid<any>, Ref]> {
    return startServer("startMonitor", callbacksOf(server), args, options);
  },
  /**
   * Asks a server, and gives its answer.
   *
   * *Throws* `ExitError`, with the call in it: `"noproc"`, `"timeout"`, `"calling_self"`, or why the server went down, as soon as it does. Source: `GenServer.call/3`.
   */
  call(server: Server, request: unknown, options?: CallOptions): Op<any> {
    return call(server, request, options);
  },
  /** Sends a request that is not answered. Nobody learns whether there is such a server. Source: `GenServer.cast/2`. */
  cast(server: Server, request: unknown, options?: Acting): "ok" {
    cast(server, request, options);
    return "ok";
  },
  /**
   * Ends a server with `reason`, and waits for it to be gone.
   *
   * *Throws* `ExitError`: `"noproc"`, `"timeout"`, or the reason when it ended for another one. Source: `GenServer.stop/3`.
   */
  stop(
    server: Server,
    reason: unknown = "normal",
    timeout: number = Number.POSITIVE_INFINITY,
    options?: Acting,
  ): Op<"ok"> {
    return stop(server, reason, timeout, options, "GenServer.stop");
  },
  /**
   * Asks the servers of one name on several nodes (default: this one), at once. Gives `[[[node, answer], …], badNodes]`. Source: `GenServer.multi_call/4`.
   */
  multiCall(
    name: string,
    request: unknown,
    options: CallOptions & { readonly nodes?: readonly string[] } = {},
  ): Op<[replies: [node: string, value: any][], badNodes: string[]]> {
    const { nodes, timeout = Number.POSITIVE_INFINITY } = options;
    const runtime = runtimeOf(actorOf(options));
    return operation(options.as, function* () {
      const replies: [string, any][] = [];
      const bad: string[] = [];
      for (const node of nodes ?? [runtime.node]) {
        try {
          replies.push([node, yield* call([name, node], request, { ...options, timeout }, "GenServer.multiCall")]);
        } catch (error) {
          if (!(error instanceof ExitError)) throw error;
          bad.push(node);
        }
      }
      return [replies, bad];
    });
  },
  /** Casts to the servers of one name on several nodes (default: this one). Source: `GenServer.abcast/3`. */
  abcast(name: string, request: unknown, options: Acting & { readonly nodes?: readonly string[] } = {}): "abcast" {
    const runtime = runtimeOf(actorOf(options));
    for (const node of options.nodes ?? [runtime.node])
      tell([name, node], ["$gen_cast", request], "GenServer.abcast", options);
    return "abcast";
  },
} as const;
