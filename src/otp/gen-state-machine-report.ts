import { inspect, type Pid, type Report, type Self } from "../kernel.ts";
import type { MachineStatus } from "./gen-state-machine-callbacks.ts";
import type { Ending, Machine } from "./gen-state-machine-engine.ts";
import type { MachineEvent } from "./gen-state-machine-result.ts";
import { type Client, called, clientOf, clientText, formatStop } from "./otp-report.ts";

/** A state machine ended by a failure. Source: Elixir's `Logger.Translator`, `{:gen_statem, :terminate}`. */
export class MachineReport implements Report {
  readonly level = "error";
  readonly kind = "stateMachine";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly registeredName?: string;
  readonly reason: unknown;
  /** How the machine is called: its name, or its pid. */
  readonly name: unknown;
  /** The event that was handled, and those that waited; none when no event is the cause. */
  readonly queue: readonly MachineEvent[];
  /** What had been postponed, the last one first. */
  readonly postponed: readonly MachineEvent[];
  /** State and data, as `formatStatus` shows them. */
  readonly state: readonly [state: unknown, data: unknown];
  /** Timeouts that ran. */
  readonly timeouts: MachineStatus["timeouts"];
  readonly callbackMode: "stateFunctions" | "handleEventFunction";
  readonly stateEnter: boolean;
  /** Who made the call that was handled. */
  readonly client: Client | undefined;
  /** What a callback threw, when the machine ended by that. */
  readonly thrown: unknown;
  private readonly isMisuse: boolean;

  /** @hidden */
  constructor(self: Self<any>, name: unknown, machine: Machine, status: MachineStatus, { thrown, isMisuse }: Ending) {
    this.pid = self.pid;
    if (typeof name === "string") this.registeredName = name;
    this.name = name;
    this.reason = status.reason;
    this.queue = status.queue ?? [];
    this.postponed = status.postponed;
    this.state = [status.state, status.data];
    this.timeouts = status.timeouts;
    this.callbackMode = machine.callbacks.states === undefined ? "handleEventFunction" : "stateFunctions";
    this.stateEnter = machine.stateEnter;
    this.thrown = thrown;
    this.isMisuse = isMisuse;
    this.client = clientOf(self, machine.client);
  }

  get text(): string {
    const { name, reason, thrown, isMisuse, queue, postponed, state, callbackMode, stateEnter, client } = this;
    const why = isMisuse ? `** (ErlangError) Erlang error: ${inspect(reason)}` : formatStop(reason, thrown);
    let text = `GenStateMachine ${called(name)} terminating\n${why}`;
    text += `\nQueue: ${inspect(queue)}\nPostponed: ${inspect(postponed)}\nState: ${inspect(state)}`;
    text += `\nCallback mode: ${inspect(callbackMode)}, state_enter: ${stateEnter}`;
    return text + clientText(client);
  }
}
