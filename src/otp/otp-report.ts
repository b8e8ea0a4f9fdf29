import { formatException, formatExit, inspect, type Pid, type Report, type Self, userFrames } from "../kernel.ts";
import { type From, siteOf } from "./gen.ts";

/** A reason that is no failure, and so is not reported. Source: OTP's `gen_server:terminate`. */
export function isOrderly(reason: unknown): boolean {
  return (
    reason === "normal" ||
    reason === "shutdown" ||
    (Array.isArray(reason) && reason[0] === "shutdown" && reason.length === 2)
  );
}

/** An error with its stack, or `** (stop) reason` and where that was thrown: how reports of behaviours say why. */
export function formatStop(reason: unknown, thrown?: unknown): string {
  if (isError(reason)) return formatException(reason);
  return [`** (stop) ${formatExit(reason)}`, ...userFrames(thrown)].join("\n    ");
}

function isError(reason: unknown): boolean {
  return Object.prototype.toString.call(reason) === "[object Error]" && (reason as Error).name !== "ExitError";
}

/** How a process is called in a report: its name, or its pid. */
export function called(name: unknown): string {
  return typeof name === "string" ? name : Array.isArray(name) && name[0] === "via" ? inspect(name[2]) : inspect(name);
}

/** Who made the call that was handled. */
export interface Client {
  readonly pid: Pid<never>;
  readonly isAlive: boolean;
  readonly stack: readonly string[];
}

export function clientOf(self: Self<any>, from: From | undefined): Client | undefined {
  if (from === undefined) return undefined;
  const [pid] = from;
  return { pid, isAlive: self.runtime.isAlive(pid), stack: userFrames(siteOf(from)) };
}

/** What a report ends with: the client, if there is one, and its stack. */
export function clientText(client: Client | undefined): string {
  if (client === undefined) return "";
  const { pid, isAlive, stack } = client;
  const text = `\nClient ${pid} is ${isAlive ? "alive" : "dead"}`;
  return stack.length > 0 ? `${text}\n\n    ${stack.join("\n    ")}` : text;
}

/** A server ended by a failure. Source: Elixir's `Logger.Translator`, `{:gen_server, :terminate}`. */
export class ServerReport implements Report {
  readonly level = "error";
  readonly kind = "server";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly registeredName?: string;
  readonly reason: unknown;
  /** How the server is called: its name, or its pid. */
  readonly name: unknown;
  /** What it was working at. A call is only its request. */
  readonly lastMessage: unknown;
  /** The state, as `formatStatus` shows it. */
  readonly state: unknown;
  /** Who made the call that was the last message. */
  readonly client: Client | undefined;
  /** What a callback threw, when it ended by that. */
  readonly thrown: unknown;
  /** The behaviour: `"GenServer"`. */
  readonly behaviour: string;

  constructor(
    self: Self<any>,
    behaviour: string,
    name: unknown,
    reason: unknown,
    lastMessage: unknown,
    state: unknown,
    from: From | undefined,
    thrown?: unknown,
  ) {
    this.thrown = thrown;
    this.behaviour = behaviour;
    this.pid = self.pid;
    if (typeof name === "string") this.registeredName = name;
    this.name = name;
    this.reason = reason;
    this.lastMessage = lastMessage;
    this.state = state;
    this.client = clientOf(self, from);
  }

  get text(): string {
    const { behaviour, name, reason, thrown, lastMessage, state, client } = this;
    const from = client === undefined ? "" : ` (from ${client.pid})`;
    return `${behaviour} ${called(name)} terminating\n${formatStop(reason, thrown)}\nLast message${from}: ${inspect(lastMessage)}\nState: ${inspect(state)}${clientText(client)}`;
  }
}

/** A server was sent something that it has no use for. Source: Elixir's default `handle_info/2`. */
export class UnexpectedReport implements Report {
  readonly level = "error";
  readonly kind = "event";
  readonly time: Date = new Date();
  readonly pid: Pid<never>;
  readonly text: string;

  constructor(self: Self<any>, what: string, name: unknown, received: unknown) {
    this.pid = self.pid;
    this.text = `${what} ${called(name)} received unexpected message in handleInfo: ${inspect(received)}`;
  }
}
