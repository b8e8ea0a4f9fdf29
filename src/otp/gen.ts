import {
  after,
  ExitError,
  type Op,
  on,
  P,
  type Pid,
  type Ref,
  type Runtime,
  type Self,
  type Suspend,
} from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { checkServer, isPid, isVia, resolve, runtimeFor, type Server } from "./name.ts";
import { type Acting, type Actor, Procedure } from "./operation.ts";
import { checkTimeout } from "./timeout.ts";

/** ms that a call waits for its answer unless it says otherwise. Source: `GenServer.call/3`. */
const CALL_TIMEOUT = 5000;

/** Options of a call. */
export interface CallOptions extends Acting {
  /** ms; default 5000. Then the call fails with `"timeout"`, and a late answer is lost. */
  readonly timeout?: number;
}

declare const answer: unique symbol;

/** Whom to answer: the client's pid, and the reference by which it knows the answer. */
export interface From<in R = any> extends Readonly<[pid: Pid<never>, ref: Ref]> {
  readonly [answer]?: (value: R) => void;
}

/** Where calls were made, by their references; in development only. */
const sites = /* @__PURE__ */ new WeakMap<Ref, Error>();

/** The stack of a client, if its runtime has noted it. */
export function siteOf(from: From): Error | undefined {
  return sites.get(from[1]);
}

/** What `beamlet/telemetry` does at both ends of calls. */
export interface CallTracer {
  /** A client makes a call. The operation it gets instead. */
  call(made: TracedCall, server: Server, request: unknown, runtime: Runtime, tag: string): Op<any> | undefined;
  /** A call has come to a server: has its callbacks handle it. */
  handle(callbacks: Callbacks, request: unknown, from: From, state: unknown, self: Self<any>): unknown;
}

/** A call that may take something along, as the third element of its `from`. */
export interface TracedCall extends Op<any> {
  carried?: object;
}

/** Undefined: nobody watches calls. */
export let tracer: CallTracer | undefined;

/**
 * Has all calls of GenServers watched, or none any more.
 *
 * @internal
 */
export function traceCalls(by: CallTracer | undefined): void {
  tracer = by;
}

const REPLY_DEMONITOR = { alias: "replyDemonitor" } as const;

/** What a wait for an answer may come to instead. */
class NoAnswer {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

const LATE = /* @__PURE__ */ new NoAnswer("timeout");
const second = (message: readonly unknown[]): unknown => message[1];
const down = (message: readonly unknown[]): NoAnswer => new NoAnswer(message[4]);
const late = (): NoAnswer => LATE;
/** Nearly all calls have the same timeout. */
const usual = /* @__PURE__ */ after(CALL_TIMEOUT, late);

type Step = IteratorResult<Suspend, any>;

/**
 * A call: the operation, and what `yield*` goes through in one.
 *
 * It sends `[tag, from, request]` to a process, and waits for its answer `[ref, value]`. The monitor is the alias that the answer comes
 * through, so there is none once it has been waited for. Source: OTP's `gen:call`.
 */
class Call extends Procedure<any, undefined> implements TracedCall {
  carried?: object;
  private readonly label: string;
  private readonly server: Server;
  private readonly tag: string;
  private readonly request: unknown;
  private readonly timeout: number;
  private readonly runtime: Runtime;
  private readonly site: Error | undefined;
  private self: Self<any> | undefined;
  private ref: Ref | undefined;
  private receive: Iterator<Suspend, unknown, unknown> | undefined;

  constructor(
    label: string,
    server: Server,
    tag: string,
    request: unknown,
    timeout: number,
    runtime: Runtime,
    actor: Actor | undefined,
  ) {
    super(actor ?? runtime);
    this.label = label;
    this.server = server;
    this.tag = tag;
    this.request = request;
    this.timeout = timeout;
    this.runtime = runtime;
    // The client's stack, should the server fail of it. It costs a µs or two.
    this.site = runtime.development ? new Error() : undefined;
  }

  protected override prepare(): undefined {}

  protected override steps(self: Self<any>): this {
    const { server, timeout, site } = this;
    const pid = isPid(server) ? server : resolve(server, this.runtime);
    if (pid == null) throw this.failed(pid === null ? "noconnection" : "noproc");
    if (pid === self.pid) throw this.failed("calling_self");
    const ref = self.monitor(pid, REPLY_DEMONITOR);
    if (site !== undefined) sites.set(ref, site);
    const from = [self.pid, ref];
    if (this.carried) from.push(this.carried as Ref);
    self.send(pid, [this.tag, from, this.request]);
    this.self = self;
    this.ref = ref;
    this.receive = self
      .receive(
        on([ref, P._], second),
        on(["DOWN", ref, P._, P._, P._], down),
        timeout === CALL_TIMEOUT ? usual : after(timeout, late),
      )
      [Symbol.iterator]();
    return this;
  }

  /** Itself while it is under way, as every iterator does: asked anew, it asks anew. */
  override [Symbol.iterator](): Iterator<Suspend, any, unknown> {
    return this.self === undefined ? super[Symbol.iterator]() : this;
  }

  next(): Step {
    const step = (this.receive as Iterator<Suspend, unknown, unknown>).next();
    if (step.done !== true) return step;
    const { self } = this;
    this.self = undefined;
    if (!(step.value instanceof NoAnswer)) return step;
    if (step.value === LATE) self?.demonitor(this.ref as Ref, { flush: true });
    throw this.failed(step.value.reason);
  }

  /** The body is closed while it waits here. */
  return(value: unknown): Step {
    this.receive?.return?.(value);
    return { done: true, value };
  }

  private failed(reason: unknown): ExitError {
    const { label, server, tag, request, timeout } = this;
    const args = tag === "$gen_call" ? [request, timeout] : [request];
    return failedCall(reason, label, server, ...args);
  }
}

/** The error of a call, which names that call: a server with a `via` name by what its module knows it by. */
export function failedCall(reason: unknown, label: string, server: Server, ...args: readonly unknown[]): ExitError {
  return new ExitError(reason, [label, isVia(server) ? ["via", server[2]] : server, ...args]);
}

/**
 * An operation that asks a server and gives its answer.
 *
 * *Throws* `ExitError`, with the call in it: `"noproc"`, `"timeout"`, `"calling_self"`, or why the server went down. Source: OTP's `gen:call`.
 */
export function call(
  server: Server,
  request: unknown,
  options: CallOptions = {},
  label = "GenServer.call",
  tag = "$gen_call",
): Op<any> {
  const checked = checkServer(server, label);
  const timeout = checkTimeout(options.timeout ?? CALL_TIMEOUT, label);
  const runtime = runtimeFor(checked, options);
  const made = new Call(label, checked, tag, request, timeout, runtime, options.as);
  return tracer?.call(made, checked, request, runtime, tag) ?? made;
}

/** Sends a request that is not answered. Nobody learns whether there is such a server. Source: `GenServer.cast/2`. */
export function cast(server: Server, request: unknown, options?: Acting): void {
  tell(server, ["$gen_cast", request], "GenServer.cast", options);
}

/** Sends a message to a server by whatever names it, or to nobody. */
export function tell(server: Server, message: unknown, what: string, options?: Acting): void {
  if (isPid(server)) {
    runtimeFor(server).send(server, message);
    return;
  }
  const checked = checkServer(server, what);
  const runtime = runtimeFor(checked, options);
  const pid = resolve(checked, runtime);
  if (pid != null) runtime.send(pid, message);
}

/** Answers a call, from any process; the caller may be gone by then. Source: `GenServer.reply/2`. */
export function reply<R>(from: From<R>, value: NoInfer<R>): void {
  const [, ref] = from;
  ref.runtime.send(ref, [ref, value]);
}
