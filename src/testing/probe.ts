import { type From, GenServer } from "../index.ts";
import {
  current,
  inspect,
  type Op,
  type Pid,
  type Ref,
  type Runtime,
  type Self,
  type Shape,
  type Suspend,
} from "../kernel.ts";
import { ownOperation, settle } from "../otp/operation.ts";
import { checkTimeout } from "../otp/timeout.ts";
import { type Acting, type Actor, actingOf, checkOptions, isHost, runtimeOf, wrong } from "./acting.ts";
import { afterTest, type TestContext } from "./after-test.ts";
import { mailboxLines, type Received, takes } from "./assert-receive.ts";
import { AssertionError, Site } from "./assertion-error.ts";
import { isClause, isTable, patternText } from "./pattern-text.ts";

type Fn = (...args: any[]) => unknown;

/** Options of `startProbe`. */
export interface ProbeOptions extends Acting {
  /** Registered before `startProbe` returns. */
  readonly name?: string;
  /** Whether exit signals arrive as messages, from its first turn on; default false. */
  readonly trapExit?: boolean;
  /** What it does with messages, once they are noted: a tag table, or clauses made by `on`. They run in the probe's process. */
  readonly messages?: Readonly<Record<string, (message: any) => unknown>> | readonly Shape[];
  /**
   * What it answers as a server, once the call is noted: a function of the request and of whom to answer, or a table of them by the request's
   * tag, `_` for all others. What they give is the reply. A call that no function is for waits for `ProbeCall.reply`.
   */
  readonly calls?:
    | ((request: any, from: From) => unknown)
    | Readonly<Record<string, (request: any, from: From) => unknown>>;
  /** In the host's code: the test after which it ends. */
  readonly context?: TestContext;
}

/** Options of what a probe expects. Where there are options, a number alone is the timeout. */
export interface ExpectOptions extends Acting {
  /** ms; default 100. */
  readonly timeout?: number | "infinity";
}

/** A call that has come to a probe. */
export interface ProbeCall<Q = any> {
  readonly request: Q;
  readonly from: From;
  /** Answers it. */
  reply(value: unknown): void;
}

const TIMEOUT = 100;

/**
 * A process that notes what it is sent, and stands for another one in a test.
 *
 * Each message is expected once, in the order of arrival: `expectMessage` takes the next one, and `assertReceive` the oldest that matches.
 * `messages` has them all. A probe ends with the process that started it; in the host's code, after the test of its `context`, with its
 * runtime, or where the block ends that `await using` it.
 */
export class Probe<Msg = any> implements AsyncDisposable {
  readonly pid: Pid<Msg>;
  /** All messages so far, oldest first. Calls and casts of servers are `["$gen_call", from, request]` and `["$gen_cast", request]`. */
  readonly messages: readonly Msg[];
  private readonly runtime: Runtime;
  private readonly state: State;

  /** Made by `startProbe`. */
  constructor(actor: Actor, options: ProbeOptions) {
    const { name, trapExit = false } = options;
    this.runtime = runtimeOf(actor);
    this.state = new State(options);
    this.messages = this.state.messages as Msg[];
    const owner = isHost(actor) ? undefined : (actor as Self).pid;
    const args: [State, Pid<any> | undefined, boolean] = [this.state, owner, trapExit];
    this.pid = this.runtime.spawnOpt(probe, { args, ...(name !== undefined && { name }) });
  }

  /** Takes the next message, which must match. *Throws* `AssertionError` when it does not, or there is none in time. */
  expectMessage<const Q extends Shape = any>(pattern?: Q, options?: ExpectOptions | number): Op<Received<Q>> {
    const site = new Site(this.expectMessage);
    return this.expect("expectMessage", pattern, options, site, false, (message) => message as Received<Q>);
  }

  /** Takes the oldest message that matches; the others can still be expected. *Throws* `AssertionError` when there is none in time. */
  assertReceive<const Q extends Shape>(pattern: Q, options?: ExpectOptions | number): Op<Received<Q>> {
    const site = new Site(this.assertReceive);
    return this.expect("assertReceive", pattern, options, site, true, (message) => message as Received<Q>);
  }

  /** Takes the oldest call of it as a server whose request matches, answered or not. *Throws* `AssertionError` when there is none in time. */
  expectCall<const Q extends Shape = any>(request?: Q, options?: ExpectOptions | number): Op<ProbeCall<Received<Q>>> {
    const site = new Site(this.expectCall);
    const pattern = ["$gen_call", anything, request === undefined ? anything : request] as const;
    return this.expect("expectCall", pattern, options, site, true, (message) => {
      const [, from, asked] = message as [string, From, Received<Q>];
      return { request: asked, from, reply: (value: unknown) => GenServer.reply(from, value) };
    });
  }

  /** Takes the oldest cast to it as a server that matches, and gives what was cast. *Throws* `AssertionError` when there is none in time. */
  expectCast<const Q extends Shape = any>(request?: Q, options?: ExpectOptions | number): Op<Received<Q>> {
    const site = new Site(this.expectCast);
    const pattern = ["$gen_cast", request === undefined ? anything : request] as const;
    return this.expect("expectCast", pattern, options, site, true, (message) => (message as any)[1] as Received<Q>);
  }

  /** Waits whether another message comes; none should. *Throws* `AssertionError` as soon as one has, or when one waits to be expected. */
  expectNoMessage(options?: ExpectOptions | number): Op<void> {
    return this.refuteReceive(anything, options);
  }

  /** Waits whether a message comes that matches; none should. *Throws* `AssertionError` as soon as one has. */
  refuteReceive(pattern: Shape, options?: ExpectOptions | number): Op<void> {
    const site = new Site(this.refuteReceive);
    const { actor, timeout } = this.read("refuteReceive", options);
    const ask = this.state.ask((message) => takes(pattern, message), timeout);
    return ownOperation(
      function* (this: Probe<Msg>): Generator<Op<unknown>, void, unknown> {
        const answer = yield GenServer.call(this.pid as Pid<any>, ask, {
          timeout: Number.POSITIVE_INFINITY,
          as: actor as Self,
        });
        if (answer === undefined) return;
        const [message] = answer as [unknown];
        const shown = patternText(pattern);
        throw site.blame(
          new AssertionError(
            `Unexpectedly received message ${inspect(message)} (which matched ${shown}) at probe ${this.pid}`,
            shown,
          ),
        );
      }.bind(this),
    );
  }

  /** Ends the probe with reason `"normal"`, and gives its name back. */
  stop(): void {
    // It is a message: an exit signal would be noted by a probe that traps them.
    this.runtime.send(this.pid as Pid<any>, stop);
    if (current() === undefined) this.runtime.run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.runtime.isAlive(this.pid)) this.stop();
  }

  private read(what: string, options: ExpectOptions | number | undefined): { actor: Actor; timeout: number } {
    const given = typeof options === "number" ? { timeout: options } : options;
    const { timeout = TIMEOUT, ...acting } = checkOptions(given, ["timeout", "as"], what);
    return {
      actor: acting.as === undefined && current() === undefined ? this.runtime : actingOf(acting, what),
      timeout: checkTimeout(timeout, what),
    };
  }

  private expect<T>(
    what: string,
    pattern: unknown,
    options: ExpectOptions | number | undefined,
    site: Site,
    isSelective: boolean,
    give: (message: unknown) => T,
  ): Op<T> {
    const wanted = pattern === undefined ? anything : pattern;
    const { actor, timeout } = this.read(what, options);
    const { state, pid } = this;
    const ask = state.ask(isSelective ? (message) => takes(wanted, message) : () => true, timeout);
    return ownOperation(function* (): Generator<Op<unknown>, T, unknown> {
      const answer = yield GenServer.call(pid as Pid<any>, ask, {
        timeout: Number.POSITIVE_INFINITY,
        as: actor as Self,
      });
      const shown = patternText(wanted);
      const waiting = mailboxLines(wanted, state.waiting).map((line) =>
        line.replace("The process mailbox", "The probe's mailbox"),
      );
      if (answer === undefined) {
        const title = isSelective ? "no matching message" : "no message";
        const lines = [
          `Assertion failed, ${title} at probe ${pid} after ${timeout}ms`,
          `  pattern: ${shown}`,
          ...waiting,
        ];
        throw site.blame(new AssertionError(lines.join("\n"), shown));
      }
      const [message] = answer as [unknown];
      if (!isSelective && !takes(wanted, message)) {
        const [, value] = mailboxLines(wanted, [message]);
        const lines = [
          `Assertion failed, the next message at probe ${pid} does not match`,
          `  pattern: ${shown}`,
          value,
        ];
        throw site.blame(new AssertionError([...lines, ...waiting].join("\n"), shown));
      }
      return give(runOn(wanted, message));
    });
  }
}

const anything = (): boolean => true;
/** The message that ends a probe. Functions are handed over as they are in every mode, and known by identity. */
const stop = (): void => {};

/** What a clause's or a tag table's function gives for a message; for a pattern, the message. */
function runOn(pattern: unknown, message: unknown): unknown {
  if (isClause(pattern)) return pattern.then(message);
  return isTable(pattern) ? entry(pattern, message)?.(message) : message;
}

/** The function of a tag table that a message goes to. */
function entry(table: Readonly<Record<string, Fn>>, message: unknown): Fn | undefined {
  const { type } = (typeof message === "object" && message !== null ? message : {}) as { type?: unknown };
  const tag = typeof message === "string" ? message : Array.isArray(message) ? message[0] : type;
  return table[typeof tag === "string" && Object.hasOwn(table, tag) ? tag : "_"];
}

/** Somebody who waits for a message. */
interface Asked {
  readonly wanted: (message: unknown) => boolean;
  readonly from: From;
  readonly timer: Ref | undefined;
}

/** What a probe knows. The asks are functions, for the same reason as `stop`. */
class State {
  readonly messages: unknown[] = [];
  /** Those that have not been expected yet. */
  readonly waiting: unknown[] = [];
  private readonly options: ProbeOptions;
  private readonly asks = new WeakMap<object, readonly [wanted: (message: unknown) => boolean, timeout: number]>();
  private readonly asked = new Set<Asked>();
  private readonly late = new Map<unknown, Asked>();

  constructor(options: ProbeOptions) {
    this.options = options;
  }

  /** A request that the probe answers with `[message]`, or with undefined when none has come in time. */
  ask(wanted: (message: unknown) => boolean, timeout: number): () => void {
    const request = () => {};
    this.asks.set(request, [wanted, timeout]);
    return request;
  }

  /** Whether a message is the probe's own business. */
  isOwn(message: unknown, self: Self<any>): boolean {
    if (typeof message === "function") {
      const late = this.late.get(message);
      if (late === undefined) return false;
      this.late.delete(message);
      if (this.asked.delete(late)) GenServer.reply(late.from, undefined);
      return true;
    }
    if (!Array.isArray(message) || message[0] !== "$gen_call" || typeof message[2] !== "function") return false;
    const asked = this.asks.get(message[2]);
    if (asked === undefined) return false;
    this.begin(self, message[1] as From, ...asked);
    return true;
  }

  private begin(self: Self<any>, from: From, wanted: (message: unknown) => boolean, timeout: number): void {
    const index = this.waiting.findIndex(wanted);
    if (index >= 0) return GenServer.reply(from, this.waiting.splice(index, 1));
    if (timeout === 0) return GenServer.reply(from, undefined);
    const wake = () => {};
    const timer = timeout === Number.POSITIVE_INFINITY ? undefined : self.runtime.sendAfter(self.pid, wake, timeout);
    const asked: Asked = { wanted, from, timer };
    this.asked.add(asked);
    if (timer !== undefined) this.late.set(wake, asked);
  }

  note(message: unknown): void {
    this.messages.push(message);
    this.waiting.push(message);
  }

  /** Gives messages to those who wait for them. */
  give(self: Self<any>): void {
    for (const asked of this.asked) {
      const index = this.waiting.findIndex(asked.wanted);
      if (index < 0) continue;
      this.asked.delete(asked);
      if (asked.timer !== undefined) self.runtime.cancelTimer(asked.timer);
      GenServer.reply(asked.from, this.waiting.splice(index, 1));
    }
  }

  /** Does as it was told for a message. */
  *react(message: unknown, self: Self<any>): Generator<Suspend, void, unknown> {
    const { messages, calls } = this.options;
    if (Array.isArray(message) && message[0] === "$gen_call" && calls !== undefined) {
      const [, from, request] = message as [string, From, unknown];
      const answer = typeof calls === "function" ? calls : entry(calls, request);
      if (answer !== undefined) GenServer.reply(from, yield* settle(answer(request, from), self));
    }
    if (messages === undefined) return;
    const pattern = Array.isArray(messages) ? messages.find((each) => takes(each, message)) : messages;
    if (pattern !== undefined) yield* settle(runOn(pattern, message), self);
  }
}

/** The body of a probe. */
function* probe(
  self: Self<any>,
  state: State,
  owner: Pid<any> | undefined,
  trapExit: boolean,
): Generator<Suspend, void, any> {
  if (trapExit) self.trapExit = true;
  const monitor = owner === undefined ? undefined : self.monitor(owner);
  for (;;) {
    const message: unknown = yield* self.receive();
    if (message === stop) return;
    if (monitor !== undefined && Array.isArray(message) && message[0] === "DOWN" && message[1] === monitor) return;
    if (state.isOwn(message, self)) continue;
    state.note(message);
    yield* state.react(message, self);
    state.give(self);
  }
}

/**
 * Starts a probe: see `Probe`. At once, also in a process.
 *
 * *Throws* `TypeError` for an option that is none; `NameError` when the name can't be given.
 *
 * @example
 * const probe = startProbe({ calls: { pop: () => 3 } });
 * yield* client(probe.pid);
 * yield* probe.expectCall(["pop"]);
 */
export function startProbe<Msg = any>(options?: ProbeOptions): Probe<Msg> {
  const keys = ["name", "trapExit", "messages", "calls", "context", "as"];
  const given = checkOptions(options, keys, "startProbe");
  const { messages, calls, context } = given;
  if (messages !== undefined && !Array.isArray(messages) && !isTable(messages))
    throw wrong("startProbe", "a tag table or an array of clauses as messages", messages);
  if (calls !== undefined && typeof calls !== "function" && !isTable(calls))
    throw wrong("startProbe", "a function or a table of functions as calls", calls);
  const started = new Probe<Msg>(actingOf(given, "startProbe"), given);
  if (context !== undefined) afterTest(context, () => started[Symbol.asyncDispose](), "startProbe");
  return started;
}
