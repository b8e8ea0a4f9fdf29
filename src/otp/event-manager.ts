import { exit, inspect, type Pid, type Report, type Self } from "../kernel.ts";
import type { Debug } from "./debug.ts";
import { type EventHandler, type HandlerRef, nameOf, partsOf, RemoveHandler, SwapHandler } from "./event-handler.ts";
import { type From, reply } from "./gen.ts";
import { keyOf } from "./key.ts";
import { type Steps, settle } from "./operation.ts";
import { called, formatStop, isOrderly } from "./otp-report.ts";
import type { Starting } from "./proc-lib.ts";
import { NoReply, Reply, Stop } from "./result.ts";
import { isFailure, reasonOf } from "./server-process.ts";
import { type Behaviour, handleSystem } from "./sys.ts";

type AnyPid = Pid<any>;

/** A handler of a manager. */
interface Installed {
  readonly handler: EventHandler;
  readonly ref: HandlerRef;
  state: unknown;
  /** Who is told of its end, and whose end is its own. */
  readonly supervisor: AnyPid | undefined;
}

/** The answer to what could not be done. */
export class Refused {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** What a manager is asked for: the function, its arguments, and for whom. */
export type Request = readonly [
  what:
    | "syncNotify"
    | "call"
    | "addHandler"
    | "addSupHandler"
    | "deleteHandler"
    | "swapHandler"
    | "swapSupHandler"
    | "whichHandlers",
  args: readonly any[],
  caller: AnyPid,
];

/** An event handler has failed, and was removed. Source: Elixir's `Logger.Translator`, `{:gen_event, :terminate}`. */
export class EventHandlerReport implements Report {
  readonly level = "error";
  readonly kind = "event";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly registeredName?: string;
  readonly reason: unknown;
  readonly handler: HandlerRef;
  /** How the manager is called: its name, or its pid. */
  readonly name: unknown;
  /** The event, or the request of a call. */
  readonly lastMessage: unknown;
  /** The state, as `formatStatus` shows it. */
  readonly state: unknown;

  constructor(pid: Pid<never>, name: unknown, handler: HandlerRef, reason: unknown, message: unknown, state: unknown) {
    this.pid = pid;
    this.handler = handler;
    this.name = name;
    if (typeof name === "string") this.registeredName = name;
    const parts = { state, message, reason };
    const shown = partsOf(handler)[0].formatStatus?.(parts) ?? parts;
    this.reason = shown.reason;
    this.lastMessage = shown.message;
    this.state = shown.state;
  }

  get text(): string {
    const { handler, name, reason, lastMessage, state } = this;
    return `:gen_event handler ${nameOf(handler)} installed in ${called(name)} terminating\n${formatStop(reason)}\nLast message: ${inspect(lastMessage)}\nState: ${inspect(state)}`;
  }
}

/** Nobody takes a message. Source: OTP's `gen_event`, `no_handle_info`. */
class UndefinedInfo implements Report {
  readonly level = "warning";
  readonly kind = "event";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly text: string;

  constructor(pid: Pid<never>, handler: EventHandler, message: unknown) {
    this.pid = pid;
    this.text = `** Undefined handleInfo in ${handler.name}\n** Unhandled message: ${inspect(message)}`;
  }
}

/** What a callback did: it returned, or failed with a reason. */
type Outcome = { readonly value: unknown } | { readonly reason: unknown };

/** Runs a callback to its end. What is thrown and no error stands for what is returned, as in Erlang. */
function* outcomeOf(call: () => unknown, self: Self<unknown>): Steps<Outcome> {
  try {
    return { value: yield* settle(call(), self) };
  } catch (thrown) {
    return isFailure(thrown) ? { reason: reasonOf(thrown) } : { value: thrown };
  }
}

/** An event manager that runs: the newest handler is the first. Source: OTP's `gen_event`. */
export class Manager implements Behaviour {
  readonly kind = "GenEvent";
  readonly self: Self<unknown>;
  readonly name: unknown;
  readonly parent: unknown;
  debug: Debug | undefined;
  private handlers: readonly Installed[] = [];

  constructor(self: Self<unknown>, starting: Starting) {
    this.self = self;
    this.name = starting.name ?? self.pid;
    // As in OTP, one that nobody is linked to has no parent whose end is its own.
    this.parent = starting.isLinked ? starting.parent : self.pid;
  }

  /** `[handler, id, state]` of each; the id is false when it has none. */
  getState(): unknown {
    return this.rows(({ state }) => state);
  }

  private rows(shown: (installed: Installed) => unknown): unknown[] {
    return this.handlers.map((installed) => {
      const [handler, id] = partsOf(installed.ref);
      return [handler, id.length === 0 ? false : id[0], shown(installed)];
    });
  }

  replaceState(rows: unknown): void {
    if (!Array.isArray(rows) || rows.length !== this.handlers.length || !rows.every(Array.isArray)) {
      throw new TypeError(`GenEvent: expected [handler, id, state] for each handler, got ${inspect(rows)}`);
    }
    for (const [index, installed] of this.handlers.entries()) installed.state = (rows[index] as unknown[])[2];
  }

  shownState(): unknown {
    return this.rows(({ handler, state }) => (handler.formatStatus?.({ state }) ?? { state }).state);
  }

  *loop(): Steps<void> {
    const { self } = this;
    for (;;) {
      const message: unknown = yield* self.receive();
      const parts: readonly any[] = Array.isArray(message) ? message : [];
      const [tag, first, second] = parts;
      if (tag === "system" && parts.length === 3) {
        const asked = yield* handleSystem(self, parts, this);
        if (asked.length > 0) return yield* this.end(asked[0]);
        continue;
      }
      if (tag === "EXIT" && first === this.parent) return yield* this.end(second);
      this.debug?.tell(["in", message], undefined);
      if (tag === "notify" && parts.length === 2) yield* this.notify("handleEvent", first);
      else if (tag === "$gen_call" && parts.length === 3) reply(first as From, yield* this.answer(second));
      else {
        if (tag === "EXIT") yield* this.buried(first, second);
        yield* this.notify("handleInfo", message);
      }
    }
  }

  private *answer([what, [first, second], caller]: Request): Steps<unknown> {
    const supervisor = what === "addSupHandler" || what === "swapSupHandler" ? caller : undefined;
    switch (what) {
      case "syncNotify":
        yield* this.notify("handleEvent", first);
        return "ok";
      case "call":
        return yield* this.call(first, second);
      case "addHandler":
      case "addSupHandler":
        return yield* this.add(first, [second], supervisor);
      case "deleteHandler": {
        const found = this.find(first);
        if (found === undefined) return new Refused("module_not_found");
        const outcome = yield* this.remove(found, second, "normal");
        return "value" in outcome ? outcome.value : new Refused(outcome.reason);
      }
      case "swapHandler":
      case "swapSupHandler": {
        const found = this.find(first[0]);
        const next = supervisor ?? found?.supervisor;
        const swapped = ["swapped", second[0], next ?? false];
        const outcome = found === undefined ? { value: "error" } : yield* this.remove(found, first[1], swapped);
        return yield* this.add(second[0], [second[1], previousOf(outcome)], next);
      }
      case "whichHandlers":
        return this.handlers.map(({ ref }) => ref);
      default:
        return new Refused(["bad_request", what]);
    }
  }

  private find(ref: HandlerRef): Installed | undefined {
    const [handler, id] = partsOf(ref);
    const key = keyOf(id, "GenEvent");
    return this.handlers.find(
      (installed) => installed.handler === handler && keyOf(partsOf(installed.ref)[1], "GenEvent") === key,
    );
  }

  /** Has a handler begin. `"ok"`, or why it does not. */
  private *add(ref: HandlerRef, args: readonly unknown[], supervisor: AnyPid | undefined): Steps<unknown> {
    // As in OTP the link outlives the handler: another one may have it, too.
    if (supervisor !== undefined) this.self.link(supervisor);
    const began = yield* this.begin(ref, args, supervisor);
    if (began instanceof Refused) return began;
    this.handlers = [began, ...this.handlers];
    return "ok";
  }

  private *begin(
    ref: HandlerRef,
    args: readonly unknown[],
    supervisor: AnyPid | undefined,
  ): Steps<Installed | Refused> {
    const [handler] = partsOf(ref);
    const outcome = yield* outcomeOf(() => handler.init(...(args as [unknown])), this.self);
    if ("reason" in outcome) return new Refused(outcome.reason);
    const { value } = outcome;
    if (value instanceof Stop) return new Refused(value.reason);
    if (value instanceof Reply || value instanceof RemoveHandler || value instanceof SwapHandler) {
      return new Refused(["bad_return_value", value]);
    }
    return { handler, ref, supervisor, state: value instanceof NoReply ? value.state : value };
  }

  private *notify(callback: "handleEvent" | "handleInfo", event: unknown): Steps<void> {
    for (const installed of this.handlers) {
      const { handler } = installed;
      if (callback === "handleInfo" && handler.handleInfo === undefined) {
        this.self.runtime.log(new UndefinedInfo(this.self.pid, handler, event));
        continue;
      }
      const outcome = yield* outcomeOf(() => handler[callback]?.(event, installed.state), this.self);
      const value = "value" in outcome ? outcome.value : undefined;
      if ("reason" in outcome) yield* this.fail(installed, outcome.reason, event);
      else if (value instanceof RemoveHandler || value instanceof SwapHandler) yield* this.leave(installed, value);
      else if (value instanceof NoReply) installed.state = value.state;
      else if (
        value instanceof Reply ||
        value instanceof Stop ||
        (value === undefined && installed.state !== undefined)
      ) {
        yield* this.fail(installed, ["bad_return_value", value], event);
      } else installed.state = value;
    }
  }

  private *call(ref: HandlerRef, request: unknown): Steps<unknown> {
    const installed = this.find(ref);
    if (installed === undefined) return new Refused("bad_module");
    const { handler } = installed;
    const outcome = yield* outcomeOf(() => {
      if (handler.handleCall === undefined) throw new Error(`${handler.name} has no handleCall`);
      return handler.handleCall(request, installed.state);
    }, this.self);
    if ("reason" in outcome) {
      yield* this.fail(installed, outcome.reason, request);
      return new Refused(outcome.reason);
    }
    const { value } = outcome;
    if (value instanceof Reply) {
      installed.state = value.state;
      return value.value;
    }
    if (value instanceof RemoveHandler || value instanceof SwapHandler) {
      yield* this.leave(installed, value);
      return value.reply;
    }
    const reason = ["bad_return_value", value];
    yield* this.fail(installed, reason, request);
    return new Refused(reason);
  }

  /** A handler goes by itself; if it wants so, another one takes its place. */
  private *leave(installed: Installed, how: RemoveHandler | SwapHandler): Steps<void> {
    if (how instanceof RemoveHandler) {
      yield* this.remove(installed, "remove_handler", "normal");
      return;
    }
    const { supervisor } = installed;
    installed.state = how.state;
    const outcome = yield* this.terminate(installed, how.args, ["swapped", how.handler, supervisor ?? false]);
    const began = yield* this.begin(how.handler, [how.newArgs, previousOf(outcome)], supervisor);
    if (began instanceof Refused) {
      this.drop(installed);
      const [handler] = partsOf(how.handler);
      this.told({ handler, ref: how.handler, state: undefined, supervisor }, began.reason, "swapped");
    } else this.handlers = this.handlers.map((each) => (each === installed ? began : each));
  }

  private drop(installed: Installed): void {
    this.handlers = this.handlers.filter((each) => each !== installed);
  }

  private *fail(installed: Installed, reason: unknown, message: unknown): Steps<void> {
    this.drop(installed);
    yield* outcomeOf(() => installed.handler.terminate?.(["error", reason], installed.state), this.self);
    this.told(installed, reason, message);
  }

  /** Removes a handler for a reason that is no failure. What its `terminate` did. */
  private *remove(installed: Installed, args: unknown, reason: unknown): Steps<Outcome> {
    this.drop(installed);
    return yield* this.terminate(installed, args, reason);
  }

  private *terminate(installed: Installed, args: unknown, reason: unknown): Steps<Outcome> {
    const { handler, ref, supervisor } = installed;
    const terminate = () => (handler.terminate === undefined ? "ok" : handler.terminate(args, installed.state));
    const outcome = yield* outcomeOf(terminate, this.self);
    if (supervisor !== undefined) this.self.send(supervisor, ["gen_event_EXIT", ref, reason]);
    return outcome;
  }

  /** A failure is told to the logger, and to the supervisor. */
  private told(installed: Installed, reason: unknown, message: unknown): void {
    const { ref, state, supervisor } = installed;
    const { pid, runtime } = this.self;
    if (!isOrderly(reason)) runtime.log(new EventHandlerReport(pid, this.name, ref, reason, message, state));
    if (supervisor !== undefined) this.self.send(supervisor, ["gen_event_EXIT", ref, reason]);
  }

  /** Ends the handlers that a process supervised which has ended. */
  private *buried(pid: unknown, reason: unknown): Steps<void> {
    for (const installed of this.handlers) {
      if (installed.supervisor === pid) yield* this.remove(installed, ["stop", reason], "shutdown");
    }
  }

  private *end(reason: unknown): Steps<never> {
    for (const installed of this.handlers) {
      yield* this.remove(installed, "stop", "shutdown");
      // They supervise a handler, and not the manager.
      const { supervisor } = installed;
      if (supervisor !== undefined && supervisor !== this.parent) this.self.unlink(supervisor);
    }
    return exit(reason);
  }
}

/** What the next handler is told of its predecessor's `terminate`. */
function previousOf(outcome: Outcome): unknown {
  return "value" in outcome ? outcome.value : ["EXIT", outcome.reason];
}
