import { current, exit, type Self, UsageError } from "../kernel.ts";
import { Debug } from "./debug.ts";
import type { From } from "./gen.ts";
import type { Callbacks, MachineStatus } from "./gen-state-machine-callbacks.ts";
import { Ending, Machine } from "./gen-state-machine-engine.ts";
import { MachineReport } from "./gen-state-machine-report.ts";
import { type MachineEvent, Transition } from "./gen-state-machine-result.ts";
import { isWaiting, type Steps, settle } from "./operation.ts";
import { isOrderly } from "./otp-report.ts";
import type { Starting } from "./proc-lib.ts";
import { Ignore, Stop } from "./result.ts";
import { type DebugOption, isFailure, reasonOf } from "./server-process.ts";
import { type Behaviour, handleSystem } from "./sys.ts";

/** The machines of this realm by the `self` of their process. */
const machines = /* @__PURE__ */ new WeakMap<Self<any>, Machine>();

/**
 * The client whose call is being handled; to be asked for in a handler before it awaits anything of the host. It can be answered later, by the action
 * `{ reply, to: from }` or by `GenStateMachine.reply`.
 *
 * *Throws* `UsageError` where no call is handled.
 */
export function from<R = any>(): From<R> {
  const self = current();
  const found = self && machines.get(self)?.client;
  if (found === undefined) throw new UsageError("GenStateMachine.from: no call is handled here");
  return found;
}

/** A state machine that runs: takes messages, and makes events of them. */
class MachineProcess implements Behaviour {
  readonly kind = "GenStateMachine";
  private readonly self: Self<any>;
  readonly name: unknown;
  readonly parent: unknown;
  readonly machine: Machine;
  private watched: Debug | undefined;

  constructor(self: Self<any>, name: unknown, parent: unknown, callbacks: Callbacks, debug: readonly DebugOption[]) {
    this.self = self;
    this.name = name;
    this.parent = parent;
    this.machine = new Machine(self, callbacks);
    machines.set(self, this.machine);
    if (debug.length === 0) return;
    this.debug = new Debug(name);
    for (const each of debug) this.debug.command([each, true], () => 0);
  }

  get debug(): Debug | undefined {
    return this.watched;
  }

  set debug(debug: Debug | undefined) {
    this.watched = debug;
    this.machine.tell = debug && ((...event) => debug.tell(event, this.getState()));
  }

  getState(): readonly [state: unknown, data: unknown] {
    return [this.machine.state, this.machine.data];
  }

  replaceState(state: unknown): void {
    if (!Array.isArray(state) || state.length !== 2) {
      throw new TypeError("GenStateMachine: expected [state, data] as what replaces them");
    }
    [this.machine.state, this.machine.data] = state;
  }

  shownState(): MachineStatus {
    return this.shown({});
  }

  private shown(more: Partial<MachineStatus>): MachineStatus {
    const { state, data, postponed, timers, callbacks } = this.machine;
    const status: MachineStatus = {
      state,
      data,
      postponed: [...postponed].reverse(),
      timeouts: timers.list(),
      ...more,
    };
    try {
      return callbacks.formatStatus?.(status) ?? status;
    } catch (error) {
      // Better to show nothing than what was to be hidden.
      return { ...status, state: "formatStatus failed", data: error, postponed: [], timeouts: [], queue: [] };
    }
  }

  /** Runs `init`, and tells the starter. Undefined when there is nothing to run. */
  *init(starting: Starting, args: readonly unknown[]): Steps<Transition> {
    const { self, machine } = this;
    let result: unknown;
    try {
      result = machine.callbacks.init(...args);
      if (isWaiting(result)) result = yield* settle(result, self);
    } catch (thrown) {
      if (isFailure(thrown)) return this.failed(starting, new Ending(reasonOf(thrown), thrown));
      result = thrown;
    }
    if (result instanceof Transition && !result.isRepeated && result.state.length > 0 && result.data.length > 0) {
      return result;
    }
    if (result instanceof Stop) return starting.failed(result.reason);
    if (result instanceof Ignore) return starting.ignored();
    return this.failed(starting, new Ending(["bad_return_from_init", result], undefined, true));
  }

  private failed(starting: Starting, ending: Ending): never {
    this.report(ending);
    return starting.failed(ending.reason);
  }

  /** Takes messages until one of them ends the machine. */
  *loop(first: Transition): Steps<void> {
    const { self, machine } = this;
    let ending = yield* machine.enter(first.state[0], first.data[0], first.actions);
    while (ending === undefined) {
      const message: unknown = yield* self.receive();
      let event: MachineEvent | null = ["info", message];
      if (Array.isArray(message)) {
        const [tag, second, third] = message;
        if (tag === "$gen_call" && message.length === 3) event = [["call", second], third];
        else if (tag === "$gen_cast" && message.length === 2) event = ["cast", second];
        else if (tag === "timeout" && message.length === 3) {
          const fired = machine.timers.fired(message);
          if (fired !== undefined) event = fired;
        } else if (tag === "system" && message.length === 3) {
          const asked = yield* handleSystem(self, message, this);
          if (asked.length > 0) ending = new Ending(asked[0]);
          event = null;
        } else if (tag === "EXIT" && second === this.parent) {
          ending = new Ending(third);
          event = null;
        }
      }
      if (event === null) continue;
      machine.tell?.("in", event, machine.state);
      ending = yield* machine.handle(event);
    }
    yield* this.end(ending);
  }

  /** Ends the machine, as OTP's `gen_statem:terminate` does. */
  private *end(ending: Ending): Steps<void> {
    const { self, machine } = this;
    let last = ending;
    try {
      const result = machine.callbacks.terminate?.(ending.reason, machine.state, machine.data);
      if (isWaiting(result)) yield* settle(result, self);
    } catch (thrown) {
      // What is thrown and no error is what it returned: nobody asks for that.
      if (isFailure(thrown)) last = new Ending(reasonOf(thrown), thrown);
    }
    const { reason } = last;
    if (last === ending && isOrderly(reason)) machine.tell?.("terminate", reason, machine.state);
    else this.report(last);
    if (reason !== "normal") exit(reason);
  }

  private report(ending: Ending): void {
    const { self, name, machine } = this;
    const status = this.shown({ queue: machine.queue, reason: ending.reason });
    self.runtime.log(new MachineReport(self, name, machine, status, ending));
  }
}

/** The body of every state machine. */
export function* serve(
  self: Self<any>,
  starting: Starting<readonly [callbacks: Callbacks, args: readonly unknown[], debug: readonly DebugOption[]]>,
): Steps<void> {
  const [callbacks, args, debug] = starting.args;
  starting.begin(self);
  const process = new MachineProcess(
    self,
    starting.name ?? self.pid,
    starting.isLinked ? starting.parent : self.pid,
    callbacks,
    debug,
  );
  const first = yield* process.init(starting, args);
  starting.started();
  yield* process.loop(first);
}
