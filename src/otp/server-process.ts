import { current, ExitError, exit, inspect, type Self, type Suspend, UsageError } from "../kernel.ts";
import type { Callbacks, StatusParts } from "./callbacks.ts";
import { Debug } from "./debug.ts";
import { type From, reply, tracer } from "./gen.ts";
import { Generating, isWaiting, type Step, type Steps, stepsOf, type Waiting } from "./operation.ts";
import { called, isOrderly, ServerReport, UnexpectedReport } from "./otp-report.ts";
import type { Starting } from "./proc-lib.ts";
import { Ignore, type Next, NoReply, Reply, Stop, UNEXPECTED } from "./result.ts";
import { type Behaviour, handleSystem } from "./sys.ts";

/** How a server is watched from its start: see `sys`. */
export type DebugOption = "trace" | "log" | "statistics";

/** What a server is working at. */
type Work = "call" | "cast" | "info" | "continue";

/** What is left to do for a message; whether that has ended the server. Undefined: nothing. */
type Ending = Steps<boolean> | undefined;

const same = (message: unknown): unknown => message;
const timedOut = (): unknown => "timeout";

/** The server whose callback was last begun, and those whose callbacks wait: one of them runs whatever asks for its client. */
let begun: ServerProcess | undefined;
const waiting = /* @__PURE__ */ new Map<unknown, ServerProcess>();

/**
 * The client whose call is being handled; to be asked for in a handler before it awaits anything of the host.
 *
 * *Throws* `UsageError` where no call is handled.
 */
export function from<R = any>(): From<R> {
  const self = current();
  const server = self === undefined || begun?.self === self ? begun : waiting.get(self);
  if (self === undefined || server?.from === undefined) throw new UsageError("GenServer.from: no call is handled here");
  return server.from;
}

const ENDED: Step<void> = { done: true, value: undefined };

/**
 * A server that runs.
 *
 * It is the process's generator itself, written by hand: what it does for a message it does in `next`, and only what has to wait is a generator of the
 * engine's. So an idle server keeps no more than its fields.
 */
class ServerProcess extends Generating implements Behaviour {
  readonly self: Self<any>;
  readonly callbacks: Callbacks;
  readonly kind: string;
  readonly name: unknown;
  readonly parent: unknown;
  debug: Debug | undefined = undefined;
  state: unknown = undefined;
  /** What the last callback said comes next. */
  private coming: Next | undefined = undefined;
  /** The call that is being handled. */
  from: From | undefined = undefined;
  /** What is under way, while it waits. */
  private steps: Steps<boolean> | undefined = undefined;
  /** What it begins with, until it has. */
  private starting: Starting<ServerArgs> | undefined;
  /** Its process is dead. */
  private isOver = false;

  constructor(self: Self<any>, starting: Starting<ServerArgs>) {
    super();
    // Not taken apart at once, which goes through an iterator.
    const { args } = starting;
    this.self = self;
    this.starting = starting;
    this.callbacks = args[0];
    this.kind = args[2];
    this.name = starting.name ?? self.pid;
    // Without a link it is its own parent, as in OTP: nobody's exit ends it.
    this.parent = starting.isLinked ? starting.parent : self.pid;
  }

  getState(): unknown {
    return this.state;
  }

  replaceState(state: unknown): void {
    this.state = state;
  }

  shownState(): unknown {
    return this.shown({ state: this.state }).state;
  }

  private shown(parts: StatusParts): StatusParts {
    try {
      return this.callbacks.formatStatus?.(parts) ?? parts;
    } catch (error) {
      // Better to show nothing than what was to be hidden.
      return { ...parts, state: ["formatStatus failed", error] };
    }
  }

  private take(state: unknown, next: Next | undefined): void {
    this.state = state;
    this.coming = next;
  }

  /** Begins, or goes on with what is under way, and takes messages until one of them ends the server or none is left. */
  next(): Step<void> {
    const { steps } = this;
    return this.goOn(steps === undefined ? this.begin() : steps);
  }

  throw(error: unknown): Step<void> {
    const { steps } = this;
    if (steps === undefined) throw error;
    this.steps = undefined;
    return this.goOn(steps, steps.throw(error));
  }

  /** Its process is dead. */
  return(value: unknown): Step<void> {
    const { steps } = this;
    this.steps = undefined;
    this.isOver = true;
    return steps === undefined ? ENDED : this.goOn(steps, steps.return(value as never));
  }

  private goOn(under: Ending, first?: Step<boolean>): Step<void> {
    let steps = under;
    let step = first;
    let mail: Iterator<Suspend, unknown, unknown> | undefined;
    for (;;) {
      if (steps !== undefined) {
        this.steps = undefined;
        step ??= steps.next();
        if (!step.done) {
          this.steps = steps;
          return step;
        }
        if (step.value || this.isOver) return ENDED;
        step = undefined;
      }
      const { coming } = this;
      if (coming !== undefined) {
        this.coming = undefined;
        if (coming !== "hibernate") {
          steps =
            typeof coming === "number" ? this.patient(coming) : this.work("continue", coming.continue, coming.continue);
          continue;
        }
      }
      mail ??= this.self.receive()[Symbol.iterator]();
      const taken = mail.next();
      if (!taken.done) return taken;
      // Most messages are dealt with by then.
      steps = this.handle(taken.value, undefined);
    }
  }

  /** Begins, if it has not. */
  private begin(): Ending {
    const { starting } = this;
    if (starting === undefined) return undefined;
    this.starting = undefined;
    starting.begin(this.self);
    let result: unknown;
    try {
      result = this.callbacks.init(...starting.args[1]);
      if (isWaiting(result)) return this.initialized(result, starting);
    } catch (thrown) {
      result = failedInit(thrown);
    }
    this.started(result, starting);
    return undefined;
  }

  private *initialized(waited: Waiting, starting: Starting<ServerArgs>): Steps<boolean> {
    let result: unknown;
    try {
      result = yield* stepsOf(waited, this.self);
    } catch (thrown) {
      result = failedInit(thrown);
    }
    this.started(result, starting);
    return false;
  }

  private started(result: unknown, starting: Starting<ServerArgs>): void {
    if (result instanceof Stop) starting.failed(result.reason);
    if (result instanceof Ignore) starting.ignored();
    if (result instanceof Reply) starting.failed(["bad_return_value", result]);
    if (result instanceof NoReply) this.take(result.state, result.next);
    else this.state = result;
    starting.started();
  }

  /** Takes a message, or after `ms` without one the message `"timeout"`. */
  private *patient(ms: number): Steps<boolean> {
    // biome-ignore lint/suspicious/noThenProperty: receive's word for what follows
    const ending = this.handle(yield* this.self.receive({ _: same }, { after: ms, then: timedOut }), ms);
    return ending !== undefined && (yield* ending);
  }

  /** Deals with a message. What is left to do, if that has to wait. */
  private handle(message: unknown, next: Next | undefined): Ending {
    if (Array.isArray(message)) {
      const tag: unknown = message[0];
      const { length } = message;
      if (tag === "$gen_call" && length === 3) {
        this.from = message[1];
        return this.work("call", message, message[2]);
      }
      if (tag === "$gen_cast" && length === 2) return this.work("cast", message, message[1]);
      if (tag === "system" && length === 3) return this.system(message, next);
      if (tag === "EXIT" && message[1] === this.parent) return this.end(message[2], message);
    }
    return this.work("info", message, message);
  }

  private *system(message: readonly unknown[], next: Next | undefined): Steps<boolean> {
    const asked = yield* handleSystem(this.self, message, this);
    // A timeout that was being waited for is begun again.
    this.coming ??= next;
    return asked.length > 0 && (yield* this.end(asked[0], message));
  }

  private work(work: Work, message: unknown, request: unknown): Ending {
    this.debug?.tell(work === "continue" ? ["continue", request] : ["in", message], this.state);
    let result: unknown;
    try {
      if (begun !== this) begun = this;
      result = this.invoke(work, request);
    } catch (thrown) {
      return this.failed(thrown, work, message, request);
    }
    // Told at a glance, as most results are.
    if (work === "call") {
      if (result instanceof Reply) return this.replied(result);
    } else if (typeof result !== "object" && (result !== undefined || this.state === undefined)) {
      return this.keep(result);
    }
    if (isWaiting(result)) return this.settled(result, work, message, request);
    return this.conclude(result, work, message, request);
  }

  private replied(reply: Reply): undefined {
    this.answer(reply.value);
    this.take(reply.state, reply.next);
    this.from = undefined;
  }

  /** The bare state. */
  private keep(state: unknown): undefined {
    this.state = state;
    this.debug?.tell(["noreply", state], state);
  }

  /** Waits for what a callback returned. */
  private *settled(waited: Waiting, work: Work, message: unknown, request: unknown): Steps<boolean> {
    const { self } = this;
    let ending: Ending;
    waiting.set(self, this);
    try {
      ending = this.conclude(yield* stepsOf(waited, self), work, message, request);
    } catch (thrown) {
      ending = this.failed(thrown, work, message, request);
    } finally {
      waiting.delete(self);
    }
    return ending !== undefined && (yield* ending);
  }

  private failed(thrown: unknown, work: Work, message: unknown, request: unknown): Ending {
    if (isFailure(thrown)) return this.end(reasonOf(thrown), shownMessage(work, message, request), thrown);
    // As in Erlang, what is thrown and no error stands for what is returned.
    return this.conclude(isResult(thrown) ? thrown : new Nonsense(thrown), work, message, request);
  }

  /** Takes what a callback returned. */
  private conclude(result: unknown, work: Work, message: unknown, request: unknown): Ending {
    // Undefined is a state where there was none.
    if (work !== "call" && (result === undefined ? this.state === undefined : !isResult(result)))
      return this.keep(result);
    if (work === "call" && result instanceof Reply) return this.replied(result);
    if (result instanceof NoReply) {
      this.take(result.state, result.next);
      this.debug?.tell(["noreply", this.state], this.state);
    } else if (result instanceof Stop && (work === "call" || result.reply.length === 0)) {
      if (result.state.length > 0) this.state = result.state[0];
      return this.stop(result, shownMessage(work, message, request));
    } else {
      const nonsense = result instanceof Nonsense ? result.value : result;
      return this.end(["bad_return_value", nonsense], shownMessage(work, message, request));
    }
    this.from = undefined;
    return undefined;
  }

  private *stop({ reason, reply }: Stop<unknown, unknown>, message: unknown): Steps<boolean> {
    try {
      return yield* this.end(reason, message);
    } finally {
      if (reply.length > 0) this.answer(reply[0]);
    }
  }

  private invoke(work: Work, request: unknown): unknown {
    const { callbacks, state } = this;
    switch (work) {
      case "call":
        if (callbacks.handleCall === undefined) throw missing(this, "call", request);
        if (tracer !== undefined) return tracer.handle(callbacks, request, this.from as From, state, this.self);
        return callbacks.handleCall(request, this.from as From, state);
      case "cast":
        if (callbacks.handleCast === undefined) throw missing(this, "cast", request);
        return callbacks.handleCast(request, state);
      case "continue":
        if (callbacks.handleContinue === undefined) throw missing(this, "continue", request);
        return callbacks.handleContinue(request, state);
      default: {
        const result: unknown = callbacks.handleInfo === undefined ? UNEXPECTED : callbacks.handleInfo(request, state);
        if (result !== UNEXPECTED) return result;
        this.unexpected(request);
        return new NoReply(state, undefined);
      }
    }
  }

  /** Logs a message that nothing takes. */
  unexpected(message: unknown): void {
    const { self } = this;
    self.runtime.log(new UnexpectedReport(self, this.callbacks.name ?? this.kind, this.name, message));
  }

  private answer(value: unknown): void {
    const { from } = this;
    if (from === undefined) return;
    reply(from, value);
    this.debug?.tell(["out", value, from[0]], this.state);
  }

  /** Ends the server, as OTP's `gen_server:terminate` does. */
  private *end(reason: unknown, message: unknown, thrown?: unknown): Steps<boolean> {
    const { self, callbacks, from } = this;
    let last = reason;
    let cause = thrown;
    this.debug?.tell(["terminate", reason, this.state], this.state);
    try {
      const result = callbacks.terminate?.(reason, this.state);
      if (isWaiting(result)) yield* stepsOf(result, self);
    } catch (error) {
      // What is thrown and no error is what it returned: nobody asks for that.
      if (isFailure(error)) {
        last = reasonOf(error);
        cause = error;
      }
    }
    if (!isOrderly(last)) {
      const shown = this.shown({ state: this.state, message, reason: last });
      self.runtime.log(
        new ServerReport(self, this.kind, this.name, shown.reason, shown.message, shown.state, from, cause),
      );
    }
    if (last !== "normal") exit(last);
    return true;
  }
}

/** What was thrown, where a result was expected. */
class Nonsense {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function isResult(value: unknown): boolean {
  return (
    typeof value === "object" &&
    (value instanceof Reply ||
      value instanceof NoReply ||
      value instanceof Stop ||
      value instanceof Ignore ||
      value instanceof Nonsense)
  );
}

/** Whether something thrown is an error, or an exit, and not a value. */
export function isFailure(thrown: unknown): boolean {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
}

/** The exit reason of a failure. */
export function reasonOf(thrown: unknown): unknown {
  return thrown instanceof ExitError && thrown.call === undefined ? thrown.reason : thrown;
}

/** What a report shows of a message: of a call only its request, since its client has a line of its own. */
function shownMessage(work: Work, message: unknown, request: unknown): unknown {
  return work === "call" ? request : work === "continue" ? ["continue", request] : message;
}

function missing(server: ServerProcess, work: string, request: unknown): Error {
  const name = work === "call" ? "handleCall" : work === "cast" ? "handleCast" : "handleContinue";
  return new Error(
    `attempted to ${work} ${server.kind} ${called(server.name)} but no ${name} was provided for ${inspect(request)}`,
  );
}

/** What stands for init's result when it threw: as in Erlang, what is thrown and no error is what is returned. */
function failedInit(thrown: unknown): unknown {
  return isResult(thrown)
    ? thrown
    : new Stop(isFailure(thrown) ? reasonOf(thrown) : ["bad_return_value", thrown], [], []);
}

/** What the body of a server is given. */
export type ServerArgs = readonly [
  callbacks: Callbacks,
  args: readonly unknown[],
  kind: string,
  debug: readonly DebugOption[],
];

/** The body of every server. */
export function serve(self: Self<any>, starting: Starting<ServerArgs>): Steps<unknown> {
  const server = new ServerProcess(self, starting);
  const debug = starting.args[3];
  if (debug.length > 0) {
    server.debug = new Debug(server.name);
    for (const each of debug) server.debug.command([each, true], () => 0);
  }
  return server as unknown as Steps<unknown>;
}
