import { after, ExitError, type Op, on, P, type Pid, type Ref, type Runtime, type Self } from "../kernel.ts";
import { checkServer, isVia, resolve, runtimeFor, type Server } from "./name.ts";
import { type Acting, operation, type Steps } from "./operation.ts";
import { checkTimeout } from "./timeout.ts";

/** ms that a call waits for its answer unless it says otherwise. Source: `GenServer.call/3`. */
export const CALL_TIMEOUT = 5000;

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

const REPLY_DEMONITOR = { alias: "replyDemonitor" } as const;
const LATE: unique symbol = /* @__PURE__ */ Symbol("late");
const second = (message: readonly unknown[]) => message[1];

class Down {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/**
 * Sends `[tag, from, request]` to a process, and waits for its answer `[ref, value]`. The monitor is the alias that the answer comes
 * through, so there is none once it has been waited for. The answer, or why there is none: see `Failed`. Source: OTP's `gen:call`.
 */
function* ask(
  self: Self<any>,
  pid: Pid<any>,
  tag: string,
  request: unknown,
  timeout: number,
  site: Error | undefined,
): Steps<unknown> {
  const ref = self.monitor(pid, REPLY_DEMONITOR);
  if (site !== undefined) sites.set(ref, site);
  self.send(pid, [tag, [self.pid, ref], request]);
  const value: unknown = yield* self.receive(
    on([ref, P._], second),
    on(["DOWN", ref, P._, P._, P._], (message) => new Down(message[4])),
    after(timeout, () => LATE),
  );
  if (value === LATE) {
    self.demonitor(ref, { flush: true });
    return new Down("timeout");
  }
  return value;
}

/** A call in progress: who is asked for what, and how the question is named in errors. */
class Call {
  readonly label: string;
  readonly server: Server;
  readonly tag: string;
  readonly request: unknown;
  readonly timeout: number;
  readonly runtime: Runtime;
  readonly site: Error | undefined;

  constructor(label: string, server: Server, tag: string, request: unknown, timeout: number, runtime: Runtime) {
    this.label = label;
    this.server = server;
    this.tag = tag;
    this.request = request;
    this.timeout = timeout;
    this.runtime = runtime;
    // The client's stack, should the server fail of it. It costs a µs or two.
    this.site = runtime.development ? new Error() : undefined;
  }

  *run(self: Self<any>): Steps<any> {
    const pid = resolve(this.server, this.runtime);
    if (pid == null) throw this.failed(pid === null ? "noconnection" : "noproc");
    if (pid === self.pid) throw this.failed("calling_self");
    const value = yield* ask(self, pid, this.tag, this.request, this.timeout, this.site);
    if (value instanceof Down) throw this.failed(value.reason);
    return value;
  }

  private failed(reason: unknown): ExitError {
    const { label, server, tag, request, timeout } = this;
    const args = tag === "$gen_call" ? [request, timeout] : [request];
    return new ExitError(reason, [label, isVia(server) ? ["via", server[2]] : server, ...args]);
  }
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
  const asked = new Call(label, checked, tag, request, timeout, runtime);
  return operation(options.as ?? runtime, (self) => asked.run(self));
}

/** Sends a request that is not answered. Nobody learns whether there is such a server. Source: `GenServer.cast/2`. */
export function cast(server: Server, request: unknown, options?: Acting): void {
  tell(server, ["$gen_cast", request], "GenServer.cast", options);
}

/** Sends a message to a server by whatever names it, or to nobody. */
export function tell(server: Server, message: unknown, what: string, options?: Acting): void {
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
