import { current, inspect, type Op, type Pid, type Result, type Self } from "../kernel.ts";
import type { ChildSpec } from "./child-spec.ts";
import { childWith } from "./child-with.ts";
import type { ChildOptions } from "./define.ts";
import { type CallOptions, call, cast as castTo } from "./gen.ts";
import { GenServer } from "./gen-server.ts";
import type { Server } from "./name.ts";
import { type Acting, isWaiting, type Steps, settle } from "./operation.ts";
import { type NoReply, noReply, ok, type Reply, reply, type Stop, stop as stopping } from "./result.ts";
import { type ServerOptions, startServer } from "./server-start.ts";

declare const state: unique symbol;

/** The pid of an agent whose state is an `S`. */
export interface Agent<in out S = unknown> extends Pid<unknown> {
  readonly [state]?: (held: S) => S;
}

type Request =
  | readonly ["get", (held: unknown) => unknown]
  | readonly ["get_and_update", (held: unknown) => unknown]
  | readonly ["update", (held: unknown) => unknown];

type Answer = Reply | Stop<unknown>;

function answer(result: unknown, kind: Request[0], held: unknown): Answer {
  if (kind === "get") return reply(result, held);
  if (kind === "update") return reply("ok", result);
  if (!Array.isArray(result) || result.length !== 2) return stopping(["bad_return_value", result], held);
  return reply(result[0], result[1]);
}

function* answerOnce(waited: unknown, kind: Request[0], held: unknown): Steps<Answer> {
  return answer(yield* settle(waited, current() as Self), kind, held);
}

/** The server behind every agent. Source: Elixir's `Agent.Server`. */
const server = {
  name: "Agent.Server",

  *init(initial: () => unknown): Steps<NoReply> {
    const self = current() as Self;
    self.put("$initial_call", initial.name);
    return ok(yield* settle(initial(), self));
  },

  handleCall([kind, fun]: Request, _from: unknown, held: unknown): Answer | Steps<Answer> {
    const result: unknown = fun(held);
    return isWaiting(result) ? answerOnce(result, kind, held) : answer(result, kind, held);
  },

  *handleCast([, fun]: readonly ["cast", (held: unknown) => unknown], held: unknown): Steps<NoReply> {
    return noReply(yield* settle(fun(held), current() as Self));
  },
};

function checked<F>(fun: F, what: string): F {
  if (typeof fun === "function") return fun;
  throw new TypeError(`Agent.${what}: expected a function, got ${inspect(fun)}`);
}

/**
 * Starts an agent without a link. Its state is what `initial` gives, which runs in the agent and may be a plain, generator or async function.
 *
 * *Throws* `ExitError` when the start fails: with what `initial` threw, `["already_started", pid]`, or `"timeout"`.
 * Source: Elixir's `Agent.start/2`.
 */
function start<R>(initial: () => R, options: ServerOptions = {}): Op<Agent<Result<R>>> {
  return startServer("start", server, [checked(initial, "start")], options) as Op<any>;
}

/** Starts an agent linked to the calling process: see `Agent.start`. Source: Elixir's `Agent.start_link/2`. */
function startLink<R>(initial: () => R, options: ServerOptions = {}): Op<Agent<Result<R>>> {
  return startServer("startLink", server, [checked(initial, "startLink")], options) as Op<any>;
}

/** A child specification of an agent, whose id is `"Agent"` unless the options say otherwise. Source: Elixir's `Agent.child_spec/1`. */
function child(initial: () => unknown, options: ChildOptions = {}): ChildSpec {
  checked(initial, "child");
  return childWith("Agent", options, () => startLink(initial, options));
}

/**
 * Gives what `fun` makes of the state. It runs in the agent, which does nothing else meanwhile.
 *
 * *Throws* `ExitError`: `"timeout"` after `timeout` ms (default 5000), `"noproc"`, or what the agent ended with, such as what `fun` threw.
 * Source: Elixir's `Agent.get/3`.
 */
function get<S = any, R = unknown>(
  agent: Agent<S> | Server,
  fun: (held: NoInfer<S>) => R,
  options?: CallOptions,
): Op<Result<R>> {
  return call(agent, ["get", checked(fun, "get")], options) as Op<any>;
}

/** Puts what `fun` makes of the state in its place. *Throws* as `Agent.get` does. Source: Elixir's `Agent.update/3`. */
function update<S = any>(
  agent: Agent<S> | Server,
  fun: (held: NoInfer<S>) => NoInfer<S> | Generator<any, NoInfer<S>, any> | PromiseLike<NoInfer<S>>,
  options?: CallOptions,
): Op<"ok"> {
  return call(agent, ["update", checked(fun, "update")], options) as Op<any>;
}

/**
 * Gives the first element of what `fun` makes of the state, and puts the second in its place. If that is no `[value, state]`, the agent ends
 * with `["bad_return_value", value]`.
 *
 * *Throws* as `Agent.get` does. Source: Elixir's `Agent.get_and_update/3`.
 */
function getAndUpdate<R, S = any>(
  agent: Agent<S> | Server,
  fun: (
    held: NoInfer<S>,
  ) =>
    | readonly [value: R, state: NoInfer<S>]
    | Generator<any, readonly [value: R, state: NoInfer<S>], any>
    | PromiseLike<readonly [value: R, state: NoInfer<S>]>,
  options?: CallOptions,
): Op<R> {
  return call(agent, ["get_and_update", checked(fun, "getAndUpdate")], options) as Op<any>;
}

/** Has the agent do `update` some time, if there is one. Nobody learns whether it did. Source: Elixir's `Agent.cast/2`. */
function cast<S = any>(
  agent: Agent<S> | Server,
  fun: (held: NoInfer<S>) => NoInfer<S> | Generator<any, NoInfer<S>, any> | PromiseLike<NoInfer<S>>,
  options?: Acting,
): void {
  castTo(agent, ["cast", checked(fun, "cast")], options);
}

/**
 * Ends an agent with `reason` (default `"normal"`), and waits until it has ended.
 *
 * *Throws* `ExitError` when it ends with another reason, or not within `timeout` ms (default Infinity). Source: Elixir's `Agent.stop/3`.
 */
function stop(agent: Server, reason: unknown = "normal", timeout?: number, options?: Acting): Op<"ok"> {
  return GenServer.stop(agent, reason, timeout, options);
}

/**
 * A process that keeps a state, for others to read and change by functions. Source: Elixir's `Agent`.
 *
 * @example
 * const counter = yield* Agent.startLink(() => 0);
 * yield* Agent.update(counter, (n) => n + 1);
 * const n = yield* Agent.get(counter, (n) => n); // 1
 */
export const Agent = {
  start: start as typeof start,
  startLink: startLink as typeof startLink,
  child: child as typeof child,
  get: get as typeof get,
  update: update as typeof update,
  getAndUpdate: getAndUpdate as typeof getAndUpdate,
  cast: cast as typeof cast,
  stop: stop as typeof stop,
};
