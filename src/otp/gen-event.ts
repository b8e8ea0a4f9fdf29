import { ExitError, type Op, type Pid, type Ref, type Self } from "../kernel.ts";
import type { ChildSpec } from "./child-spec.ts";
import { childWith } from "./child-with.ts";
import type { ChildOptions } from "./define.ts";
import { type EventHandler, type HandlerRef, partsOf, RemoveHandler, SwapHandler } from "./event-handler.ts";
import { Manager, Refused, type Request } from "./event-manager.ts";
import { call as ask, type CallOptions, failedCall, tell } from "./gen.ts";
import { GenServer } from "./gen-server.ts";
import { checkServer, runtimeFor, type Server } from "./name.ts";
import { type Acting, operation, pidOf, type Steps } from "./operation.ts";
import { type How, type Starting, type StartOptions, start as startProcess } from "./proc-lib.ts";

function* manage(self: Self<any>, starting: Starting): Steps<void> {
  starting.begin(self);
  self.trapExit = true;
  const manager = new Manager(self, starting);
  starting.started();
  yield* manager.loop();
}

function startManager(how: How, options: StartOptions = {}): Op<any> {
  return startProcess(how, `GenEvent.${how}`, manage, [], options);
}

/** Asks a manager for something. Awaited, a process of its own asks: the manager is told who it is that wants it. */
function request(what: Request[0], manager: Server, args: readonly any[], options: CallOptions = {}): Op<any> {
  const label = `GenEvent.${what}`;
  const server = checkServer(manager, label);
  const runtime = runtimeFor(server, options);
  const { as = runtime, timeout = Number.POSITIVE_INFINITY } = options;
  const failed = (reason: unknown) => failedCall(reason, label, server, ...args);
  return operation(
    as,
    function* (_self, caller: Pid<any>): Steps<unknown> {
      let answer: unknown;
      try {
        answer = yield* ask(server, [what, args, caller] satisfies Request, { timeout, as: runtime }, label);
      } catch (error) {
        throw error instanceof ExitError && error.call !== undefined ? failed(error.reason) : error;
      }
      if (answer instanceof Refused) throw failed(answer.reason);
      return answer;
    },
    pidOf,
  );
}

/** Starts an event manager, without a link. *Throws* as `GenServer.start` does. Source: OTP's `gen_event:start/2`. */
function start(options?: StartOptions): Op<Pid<any>> {
  return startManager("start", options);
}

/** Starts an event manager, linked to the calling process. Source: OTP's `gen_event:start_link/2`. */
function startLink(options?: StartOptions): Op<Pid<any>> {
  return startManager("startLink", options);
}

/** Starts an event manager, monitored by the calling process. Source: OTP's `gen_event:start_monitor/2`. */
function startMonitor(options?: StartOptions): Op<[Pid<any>, Ref]> {
  return startManager("startMonitor", options);
}

/** A child specification of an event manager, whose id is its name, or `"GenEvent"`. */
function child(options: ChildOptions = {}): ChildSpec {
  return childWith(options.name ?? "GenEvent", options, () => startLink(options));
}

/** Gives its handler back: by this, the types of its callbacks are inferred from those of `init`. */
function handler<S, A = undefined, E = any>(callbacks: EventHandler<S, A, E>): EventHandler<S, A, E> {
  return callbacks;
}

/** What a callback returns to be removed; `handleCall` with its answer. Source: `remove_handler`, `{remove_handler, Reply}`. */
function remove<R = undefined>(reply?: R): RemoveHandler<R> {
  return new RemoveHandler(reply as R);
}

/**
 * What a callback returns to have another handler in its place: its own `terminate` is called with `args` and `state`, and the other's `init` with
 * `newArgs` and what that gave. `handleCall` adds its answer. Source: `{swap_handler, Reply, Args1, NewState, Handler2, Args2}`.
 */
function swap<R = undefined>(
  state: unknown,
  args: unknown,
  to: HandlerRef,
  newArgs: unknown,
  reply?: R,
): SwapHandler<R> {
  partsOf(to);
  return new SwapHandler(state, args, to, newArgs, reply as R);
}

/**
 * Adds a handler to a manager, before those it has.
 *
 * *Throws* `ExitError` when its `init` fails: with what that threw, or the reason it stopped with. Source: OTP's `gen_event:add_handler/3`.
 */
function addHandler<A>(manager: Server, added: HandlerRef<any, A>, args?: NoInfer<A>, options?: CallOptions): Op<"ok"> {
  partsOf(added);
  return request("addHandler", manager, [added, args], options);
}

/**
 * Adds a handler that the calling process supervises. When that ends, the handler ends, too, with `["stop", reason]`. When the handler is
 * removed, the process gets `["gen_event_EXIT", handler, reason]`: `"normal"`, `"shutdown"` when the manager ends, `["swapped", handler, pid]`, or why
 * it failed.
 *
 * *Throws* as `addHandler` does. Source: OTP's `gen_event:add_sup_handler/3`.
 */
function addSupHandler<A>(
  manager: Server,
  added: HandlerRef<any, A>,
  args?: NoInfer<A>,
  options?: CallOptions,
): Op<"ok"> {
  partsOf(added);
  return request("addSupHandler", manager, [added, args], options);
}

/**
 * Removes a handler, and gives what its `terminate(args, state)` does; `"ok"` without one.
 *
 * *Throws* `ExitError` with `"module_not_found"` when there is no such handler; with what its `terminate` threw, and then it is gone. Source: OTP's
 * `gen_event:delete_handler/3`.
 */
function deleteHandler(manager: Server, deleted: HandlerRef, args?: unknown, options?: CallOptions): Op<any> {
  partsOf(deleted);
  return request("deleteHandler", manager, [deleted, args], options);
}

/**
 * Puts a handler in the place of another: `old`'s `terminate(oldArgs, state)` is called, and then the new one's `init(args, previous)`, where
 * `previous` is what that gave; `"error"` when there was no such handler, `["EXIT", reason]` when it failed. Who supervised the old one
 * supervises the new one.
 *
 * *Throws* `ExitError` when `init` fails; the old one is gone then. Source: OTP's `gen_event:swap_handler/3`.
 */
function swapHandler<A>(
  manager: Server,
  old: readonly [handler: HandlerRef, args: unknown],
  added: readonly [handler: HandlerRef<any, A>, args: NoInfer<A>],
  options?: CallOptions,
): Op<"ok"> {
  partsOf(old[0]);
  partsOf(added[0]);
  return request("swapHandler", manager, [old, added], options);
}

/** Like `swapHandler`, and the calling process supervises the new one. Source: OTP's `gen_event:swap_sup_handler/3`. */
function swapSupHandler<A>(
  manager: Server,
  old: readonly [handler: HandlerRef, args: unknown],
  added: readonly [handler: HandlerRef<any, A>, args: NoInfer<A>],
  options?: CallOptions,
): Op<"ok"> {
  partsOf(old[0]);
  partsOf(added[0]);
  return request("swapSupHandler", manager, [old, added], options);
}

/** The handlers of a manager, the newest first. Source: OTP's `gen_event:which_handlers/1`. */
function whichHandlers(manager: Server, options?: CallOptions): Op<HandlerRef[]> {
  return request("whichHandlers", manager, [], options);
}

/** Tells all handlers of an event, some time. Nobody learns whether there is such a manager. Source: OTP's `gen_event:notify/2`. */
function notify(manager: Server, event: unknown, options?: Acting): "ok" {
  tell(manager, ["notify", event], "GenEvent.notify", options);
  return "ok";
}

/** Tells all handlers of an event, and waits until they have handled it. Source: OTP's `gen_event:sync_notify/2`. */
function syncNotify(manager: Server, event: unknown, options?: CallOptions): Op<"ok"> {
  return request("syncNotify", manager, [event], options);
}

/**
 * Asks one handler.
 *
 * *Throws* `ExitError`: `"bad_module"` when there is no such handler; why the handler failed, and then it is gone; `"timeout"` after `timeout` ms
 * (default 5000); `"noproc"`. Source: OTP's `gen_event:call/4`.
 */
function call(manager: Server, asked: HandlerRef, question: unknown, options?: CallOptions): Op<any> {
  partsOf(asked);
  return request("call", manager, [asked, question], { timeout: 5000, ...options });
}

/**
 * Ends a manager with `reason`, after the `terminate` of its handlers. *Throws* as `GenServer.stop` does. Source: OTP's `gen_event:stop/3`.
 */
function stop(manager: Server, reason: unknown = "normal", timeout?: number, options?: Acting): Op<"ok"> {
  return GenServer.stop(manager, reason, timeout, options);
}

/**
 * An event manager: a process that tells any number of handlers of events. They run in it, each with its own state; one that fails is removed, with a
 * report. Source: OTP's `gen_event`.
 *
 * @example
 * const counter = GenEvent.handler({
 *   name: "counter",
 *   init: (n: number) => n,
 *   handleEvent: (event: string, n) => n + event.length,
 *   handleCall: (request: "count", n) => reply(n, n),
 * });
 * const manager = yield* GenEvent.startLink();
 * yield* GenEvent.addHandler(manager, counter, 0);
 * GenEvent.notify(manager, "hello");
 * yield* GenEvent.call(manager, counter, "count"); // 5
 */
export const GenEvent = {
  start: start as typeof start,
  startLink: startLink as typeof startLink,
  startMonitor: startMonitor as typeof startMonitor,
  child: child as typeof child,
  handler: handler as typeof handler,
  remove: remove as typeof remove,
  swap: swap as typeof swap,
  addHandler: addHandler as typeof addHandler,
  addSupHandler: addSupHandler as typeof addSupHandler,
  deleteHandler: deleteHandler as typeof deleteHandler,
  swapHandler: swapHandler as typeof swapHandler,
  swapSupHandler: swapSupHandler as typeof swapSupHandler,
  whichHandlers: whichHandlers as typeof whichHandlers,
  notify: notify as typeof notify,
  syncNotify: syncNotify as typeof syncNotify,
  call: call as typeof call,
  stop: stop as typeof stop,
};
