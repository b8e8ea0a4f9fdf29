import { formatExit, inspect, type Pid, type Report } from "../kernel.ts";
import type { FullSpec } from "./child-spec.ts";
import { called } from "./otp-report.ts";

/** What a supervisor report is of. Source: OTP's `errorContext`. */
export type SupervisorContext = "start_error" | "child_terminated" | "shutdown" | "shutdown_error" | "progress";

const WORDS: Readonly<Record<SupervisorContext, string>> = {
  start_error: "failed to start",
  child_terminated: "terminated",
  shutdown: "caused shutdown",
  shutdown_error: "shut down abnormally",
  progress: "started",
};

/** How a supervisor is called in its reports. */
export interface SupervisorIdentity {
  readonly pid: Pid<never>;
  /** Its name; else the name of its module, which stands behind its pid. */
  readonly name: unknown;
  readonly module: string;
}

/** A supervisor's report of a child. Its words are Elixir's: see `Logger.Translator`. */
export class SupervisorReport implements Report {
  readonly level: "error" | "info";
  readonly kind: "supervisor" | "progress";
  readonly time: Date = new Date();
  /** The supervisor. */
  readonly pid: Pid<never>;
  readonly registeredName?: string;
  /** How the supervisor is called: its name, or its pid and module. */
  readonly supervisor: string;
  readonly context: SupervisorContext;
  /** Why the child ended or failed to start; `"reached_max_restart_intensity"`. */
  readonly reason?: unknown;
  /** The child: its process or, of a simple_one_for_one supervisor that shuts down, their number. */
  readonly child: Pid<never> | number | undefined;
  /** How the child is started and ended. */
  readonly spec: FullSpec;

  constructor(
    { pid, name, module }: SupervisorIdentity,
    context: SupervisorContext,
    reason: unknown,
    child: Pid<never> | number | undefined,
    spec: FullSpec,
  ) {
    const isProgress = context === "progress";
    this.level = isProgress ? "info" : "error";
    this.kind = isProgress ? "progress" : "supervisor";
    this.pid = pid;
    if (typeof name === "string") this.registeredName = name;
    this.supervisor = name === undefined ? `${pid} (${module})` : called(name);
    this.context = context;
    if (!isProgress) this.reason = reason;
    this.child = child;
    this.spec = spec;
  }

  get text(): string {
    const { context, child, reason, supervisor, spec } = this;
    const { id, start, restart, shutdown, type, significant } = spec;
    let text = `${typeof child === "number" ? "Children" : "Child"} ${inspect(id)} of Supervisor ${supervisor} ${WORDS[context]}`;
    if (context !== "progress") text += `\n** (exit) ${formatExit(cause(reason, context))}`;
    if (typeof child === "number") text += `\nNumber: ${child}`;
    else if (child !== undefined && context !== "shutdown") text += `\nPid: ${child}`;
    text += `\nStart Call: ${start.name || "start"}()\nRestart: ${inspect(restart)}\nShutdown: ${inspect(shutdown)}\nType: ${inspect(type)}`;
    return significant ? `${text}\nSignificant: true` : text;
  }
}

/** Of a start function that threw, only what it threw is told. */
function cause(reason: unknown, context: SupervisorContext): unknown {
  const isThrown = context === "start_error" && Array.isArray(reason) && reason[0] === "EXIT" && reason.length === 2;
  return isThrown ? reason[1] : reason;
}
