import { after, type Clause, ExitError, type Op, type Pid, type Ref, type Runtime, type Self } from "../kernel.ts";
import type { Callbacks } from "./callbacks.ts";
import { Inquiry, REPLY_DEMONITOR } from "./inquiry.ts";
import { checkServer, isPid, isVia, resolve, runtimeFor, type Server } from "./name.ts";
import { type Acting, type Actor, runtimeOf } from "./operation.ts";
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
  carried: object | undefined;
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

/** How a server is asked. */
interface Manner {
  /** Who asks, as errors name it. */
  readonly label: string;
  /** The first part of the message. */
  readonly tag: string;
  readonly timeout: number;
  readonly limit: Clause<undefined>;
}

const mannerOf = (label: string, tag: string, timeout: number): Manner => ({
  label,
  tag,
  timeout,
  limit: after(timeout),
});

/** Nearly all calls are made like this. */
const USUAL = /* @__PURE__ */ mannerOf("GenServer.call", "$gen_call", CALL_TIMEOUT);

/**
 * A call: sends `[tag, from, request]` to a process, and waits for its answer `[ref, value]`. The monitor is the alias that the answer comes
 * through, so there is none once it has been waited for. Source: OTP's `gen:call`.
 */
class Call extends Inquiry<any, undefined> implements TracedCall {
  carried: object | undefined = undefined;
  private readonly manner: Manner;
  private readonly server: Server;
  private readonly request: unknown;
  private readonly site: Error | undefined;

  constructor(manner: Manner, server: Server, request: unknown, runtime: Runtime, actor: Actor | undefined) {
    super(actor ?? runtime);
    this.manner = manner;
    this.server = server;
    this.request = request;
    // The client's stack, should the server fail of it. It costs a µs or two.
    this.site = runtime.development ? new Error() : undefined;
  }

  protected override prepare(): undefined {}

  protected override steps(self: Self<any>): this {
    const { server, site, manner } = this;
    const pid = isPid(server) ? server : resolve(server, runtimeOf(this.actor as Actor));
    if (pid == null) throw this.failed(pid === null ? "noconnection" : "noproc");
    if (pid === self.pid) throw this.failed("calling_self");
    const ref = self.monitor(pid, REPLY_DEMONITOR);
    if (site !== undefined) sites.set(ref, site);
    const from: unknown[] = [self.pid, ref];
    if (this.carried !== undefined) from.push(this.carried);
    self.send(pid, [manner.tag, from, this.request]);
    return this.begin(self, ref, manner.limit);
  }

  protected override answered(message: readonly unknown[] | undefined, self: Self<any>, ref: Ref): unknown {
    if (message?.length === 2) return message[1];
    if (message === undefined) self.demonitor(ref, { flush: true });
    throw this.failed(message === undefined ? "timeout" : message[4]);
  }

  private failed(reason: unknown): ExitError {
    const { server, request } = this;
    const { label, tag, timeout } = this.manner;
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
  options?: CallOptions,
  label = "GenServer.call",
  tag = "$gen_call",
): Op<any> {
  const isUsual = options === undefined && label === USUAL.label && tag === USUAL.tag;
  // Most calls are to a pid.
  if (isUsual && tracer === undefined && isPid(server))
    return new Call(USUAL, server, request, runtimeFor(server), undefined);
  const checked = checkServer(server, label);
  const manner = isUsual ? USUAL : mannerOf(label, tag, checkTimeout(options?.timeout ?? CALL_TIMEOUT, label));
  const runtime = runtimeFor(checked, options);
  const made = new Call(manner, checked, request, runtime, options?.as);
  return tracer?.call(made, checked, request, runtime, tag) ?? made;
}

/** Sends a request that is not answered. Nobody learns whether there is such a server. Source: `GenServer.cast/2`. */
export function cast(server: Server, request: unknown, options?: Acting): void {
  const message = ["$gen_cast", request];
  // Most casts are to a pid.
  if (isPid(server)) runtimeFor(server).send(server, message);
  else tell(server, message, "GenServer.cast", options);
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
