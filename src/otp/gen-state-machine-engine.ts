import { Ref, type Self } from "../kernel.ts";
import { type From, reply } from "./gen.ts";
import { type Callbacks, dispatch, hasStateEnter } from "./gen-state-machine-callbacks.ts";
import {
  type ActionTable,
  type EventType,
  type MachineEvent,
  type Machinery,
  StopAndReply,
  Transition,
} from "./gen-state-machine-result.ts";
import { same, type TimedType, type TimeoutRequest, Timers } from "./gen-state-machine-timers.ts";
import { isWaiting, type Steps, settle } from "./operation.ts";
import { Stop } from "./result.ts";
import { isFailure, reasonOf } from "./server-process.ts";

/** Why a machine ends. */
export class Ending {
  readonly reason: unknown;
  /** What a callback threw, when that is why. */
  readonly thrown: unknown;
  /** Whether a callback returned nonsense. */
  readonly isMisuse: boolean;

  constructor(reason: unknown, thrown: unknown = undefined, isMisuse = false) {
    this.reason = reason;
    this.thrown = thrown;
    this.isMisuse = isMisuse;
  }
}

/** Told of what a machine does; see `sys`. */
export type Tell = (kind: string, ...facts: unknown[]) => void;

/** Events that a machine makes for itself and handles in a row before others have a turn. */
const ROW = 1000;

/** What the handlers of one event, and the enter calls it leads to, have asked for so far. */
interface Wishes {
  state: unknown;
  data: unknown;
  isPostponed: boolean;
  readonly events: MachineEvent[];
  readonly timeouts: TimeoutRequest[];
}

/**
 * State, data, events and timeouts of a machine, and what a transition does to them. Source: OTP's `gen_statem:loop_event` and what follows it.
 *
 * Before any message come the events that wait: what `nextEvent` added, then what had been postponed when the state changed.
 */
export class Machine {
  private readonly self: Self<any>;
  readonly timers: Timers;
  /** The last one is asked. */
  modules: readonly Callbacks[];
  stateEnter: boolean;
  state: unknown;
  data: unknown;
  /** What is handled now. */
  private event: MachineEvent | undefined;
  /** What comes before any message, the next one last: events are added and taken at the end. */
  private readonly waiting: MachineEvent[] = [];
  /** Oldest first. */
  postponed: MachineEvent[] = [];
  /** Undefined while nobody watches. */
  tell: Tell | undefined;
  private row = 0;

  constructor(self: Self<any>, callbacks: Callbacks) {
    this.self = self;
    this.timers = new Timers(self);
    this.modules = [callbacks];
    this.stateEnter = hasStateEnter(callbacks);
  }

  get callbacks(): Callbacks {
    return this.modules[this.modules.length - 1] as Callbacks;
  }

  /** The event that is handled, and those behind it. */
  get queue(): readonly MachineEvent[] {
    const waiting = [...this.waiting].reverse();
    return this.event === undefined ? waiting : [this.event, ...waiting];
  }

  /** Whose call is handled. */
  get client(): From | undefined {
    const type = this.event?.[0];
    return Array.isArray(type) && type[0] === "call" ? type[1] : undefined;
  }

  /** Enters the first state. */
  *enter(state: unknown, data: unknown, actions: unknown): Steps<Ending | undefined> {
    this.state = state;
    this.data = data;
    // As in OTP, the start stands for an event, which is what enter calls may see in a report.
    this.event = ["internal", "init_state"];
    const wishes = this.wish();
    const ending = this.act(actions, wishes, true);
    // There is nothing to postpone.
    wishes.isPostponed = false;
    return ending ?? (yield* this.finish(wishes, true)) ?? (yield* this.work());
  }

  /** Handles an event, and all that follow from it before another message is taken. Why the machine ends, if it does. */
  *handle(event: MachineEvent): Steps<Ending | undefined> {
    this.event = event;
    this.row = 0;
    return yield* this.work();
  }

  private *work(): Steps<Ending | undefined> {
    for (;;) {
      let { event } = this;
      event ??= this.waiting.pop();
      if (event === undefined) {
        event = this.timers.takeDue();
        if (event === undefined) return undefined;
        this.tell?.("in", event, this.state);
      }
      this.event = event;
      // A machine that feeds itself must not keep the host waiting.
      if (++this.row % ROW === 0) yield* this.self.sleep(0);
      const wishes = this.wish();
      const again = yield* this.call(event[0], event[1], wishes);
      const ending = again instanceof Ending ? again : yield* this.finish(wishes, again);
      if (ending !== undefined) return ending;
    }
  }

  private wish(): Wishes {
    return { state: this.state, data: this.data, isPostponed: false, events: [], timeouts: [] };
  }

  /** Calls a handler. Whether an enter call follows. */
  private *call(type: EventType | "enter", content: unknown, wishes: Wishes): Steps<Ending | boolean> {
    let result: unknown;
    try {
      result = dispatch(this.callbacks, type, content, wishes.state, wishes.data);
      if (isWaiting(result)) result = yield* settle(result, this.self);
    } catch (thrown) {
      // As in Erlang, what is thrown and no error stands for what is returned.
      if (isFailure(thrown)) return new Ending(reasonOf(thrown), thrown);
      result = thrown === undefined ? null : thrown;
    }
    return this.take(result, wishes, type !== "enter");
  }

  /** What a handler's result asks for. Whether an enter call follows. */
  private take(result: unknown, wishes: Wishes, mayMove: boolean): Ending | boolean {
    if (result === undefined || result === "keepStateAndData") return false;
    if (result === "repeatStateAndData") return true;
    if (result === "stop") return this.ending(wishes, [], "normal");
    if (result instanceof Transition) {
      const { state, data, isRepeated } = result;
      let isEntered = isRepeated;
      if (state.length > 0 && !same(state[0], wishes.state)) {
        if (!mayMove) return this.misuse(wishes, "bad_state_enter_return_from_state_function", result);
        isEntered = true;
        wishes.state = state[0];
      }
      if (data.length > 0) wishes.data = data[0];
      return this.act(result.actions, wishes, mayMove) ?? isEntered;
    }
    if (result instanceof Stop) {
      const { client } = this;
      if (result.reply.length === 0) return this.ending(wishes, result.state, result.reason);
      if (client !== undefined) {
        this.answer(client, result.reply[0]);
        return this.ending(wishes, result.state, result.reason);
      }
    }
    if (result instanceof StopAndReply) {
      const ending = this.ending(wishes, result.data, result.reason);
      for (const each of listOf(result.replies)) {
        if (!isReply(each) || !this.replied(each)) {
          return new Ending(["bad_reply_action_from_state_function", each], undefined, true);
        }
      }
      return ending;
    }
    return this.misuse(wishes, "bad_return_from_state_function", result);
  }

  private ending(wishes: Wishes, data: readonly unknown[], reason: unknown): Ending {
    this.state = wishes.state;
    this.data = data.length > 0 ? data[0] : wishes.data;
    return new Ending(reason);
  }

  private misuse(wishes: Wishes, what: string, culprit: unknown): Ending {
    this.state = wishes.state;
    this.data = wishes.data;
    return new Ending([what, culprit], undefined, true);
  }

  /** Does actions in their order, or puts them down in the wishes. */
  private act(actions: unknown, wishes: Wishes, mayMove: boolean): Ending | undefined {
    if (actions === undefined) return undefined;
    for (const action of listOf(actions)) {
      const table = tableOf(action);
      const bad = (isForEnter = true) =>
        this.misuse(
          wishes,
          isForEnter ? "bad_action_from_state_function" : "bad_state_enter_action_from_state_function",
          action,
        );
      if (table === undefined) return bad();
      for (const [key, value] of Object.entries(table)) {
        switch (key) {
          case "postpone":
            if (typeof value !== "boolean") return bad();
            // OTP blames the two forms of it differently.
            if (value && !mayMove) return bad(action !== "postpone");
            wishes.isPostponed = value;
            break;
          case "hibernate":
            if (typeof value !== "boolean") return bad();
            break;
          case "to":
            break;
          case "reply":
            if (!this.replied(table)) return bad();
            break;
          case "nextEvent":
            if (!isEvent(value)) return bad(mayMove);
            if (!mayMove) return bad(false);
            wishes.events.push(value);
            this.tell?.("in", value, wishes.state);
            break;
          case "timeout":
          case "stateTimeout": {
            const request = requestOf(key, value);
            if (request === undefined) return bad();
            wishes.timeouts.push(request);
            break;
          }
          default: {
            const modules = this.changed(key, value as never);
            if (modules === undefined) return bad();
            if (!mayMove) return bad(false);
            this.modules = modules;
            this.stateEnter = hasStateEnter(this.callbacks);
            this.tell?.("module", this.callbacks.name, wishes.state);
          }
        }
      }
    }
    return undefined;
  }

  private changed(key: string, value: Machinery | true): readonly Callbacks[] | undefined {
    const { modules } = this;
    const rest = modules.slice(0, -1);
    if (key === "popCallbackModule") return rest.length > 0 ? rest : undefined;
    if (key !== "changeCallbackModule" && key !== "pushCallbackModule") return undefined;
    if (typeof value !== "object" || value === null) return undefined;
    const callbacks = callbacksOf(value);
    if (callbacks.states === undefined && callbacks.handleEvent === undefined) return undefined;
    return [...(key === "changeCallbackModule" ? rest : modules), callbacks];
  }

  private replied(action: ActionTable): boolean {
    const from: unknown = "to" in action ? action.to : this.client;
    if (!isFrom(from)) return false;
    this.answer(from, action.reply);
    return true;
  }

  private answer(from: From, value: unknown): void {
    reply(from, value);
    this.tell?.("out", value, from[0]);
  }

  /** Makes enter calls, if any, and then what all handlers asked for come true. */
  private *finish(wishes: Wishes, isEntered: boolean): Steps<Ending | undefined> {
    let again: Ending | boolean = isEntered;
    while (again === true && this.stateEnter) again = yield* this.call("enter", this.state, wishes);
    if (again instanceof Ending) return again;

    const { timers, event } = this;
    this.event = undefined;
    this.tell?.(wishes.isPostponed ? "postpone" : "consume", event, this.state, wishes.state);
    if (wishes.isPostponed && event !== undefined) this.postponed.push(event);
    timers.cancel("timeout");
    if (!same(wishes.state, this.state)) {
      timers.cancel("stateTimeout");
      this.putFirst(this.postponed);
      this.postponed = [];
    }
    this.putFirst(wishes.events);
    this.state = wishes.state;
    this.data = wishes.data;
    if (wishes.timeouts.length > 0) {
      if (this.tell !== undefined) for (const each of wishes.timeouts) this.tell("start_timer", each, this.state);
      timers.apply(wishes.timeouts);
    }
    return undefined;
  }

  private putFirst(events: readonly MachineEvent[]): void {
    for (let i = events.length - 1; i >= 0; i--) this.waiting.push(events[i] as MachineEvent);
  }
}

export function callbacksOf(machinery: Machinery): Callbacks {
  return "callbacks" in machinery ? machinery.callbacks : machinery;
}

function listOf(actions: unknown): readonly unknown[] {
  return Array.isArray(actions) ? actions : [actions];
}

function tableOf(action: unknown): ActionTable | undefined {
  if (typeof action === "object" && action !== null) return action;
  if (typeof action === "number") return { timeout: { ms: action, content: action } };
  if (action === "postpone" || action === "hibernate" || action === "popCallbackModule") return { [action]: true };
  return undefined;
}

/** Whether it answers, and nothing else. */
function isReply(action: unknown): action is ActionTable {
  return (
    typeof action === "object" &&
    action !== null &&
    "reply" in action &&
    Object.keys(action).every((key) => key === "reply" || key === "to")
  );
}

function isFrom(from: unknown): from is From {
  return Array.isArray(from) && from.length === 2 && from[1] instanceof Ref;
}

function isEvent(event: unknown): event is MachineEvent {
  if (!Array.isArray(event) || event.length !== 2) return false;
  const type: unknown = event[0];
  if (!Array.isArray(type)) return ["cast", "info", "internal", "timeout", "stateTimeout"].includes(type as string);
  return type.length === 2 && (type[0] === "timeout" || (type[0] === "call" && isFrom(type[1])));
}

/** What an action asks for, if it is right. */
function requestOf(kind: "timeout" | "stateTimeout", value: unknown): TimeoutRequest | undefined {
  const {
    name,
    ms,
    content,
    abs = false,
  } = (typeof value === "object" && value !== null ? value : { ms: value }) as Partial<
    Record<"name" | "ms" | "content" | "abs", unknown>
  >;
  if (typeof abs !== "boolean") return undefined;
  const type: TimedType = kind === "timeout" && name !== undefined ? ["timeout", name] : kind;
  if (ms === "cancel" || ms === "infinity") return { type, ms: Number.POSITIVE_INFINITY, abs, content };
  if (ms === "update") return { type, ms, abs, content };
  return typeof ms === "number" && (ms >= 0 || (abs && !Number.isNaN(ms))) ? { type, ms, abs, content } : undefined;
}
