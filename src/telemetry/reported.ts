import type { Attributes, Counter, Meter, ObservableCounter, ObservableResult } from "@opentelemetry/api";
import type { Report, Runtime, SupervisorReport } from "../index.ts";
import { errorType, kindOf } from "./names.ts";

/** Reports of processes that have ended of a failure; the others are of supervisors, of handlers, or of nobody's end. */
const CRASHES: readonly Report["kind"][] = ["crash", "overflow", "server", "stateMachine", "task"];

/** Counts what reports tell: crashes, and restarts by supervisors. */
export class Reported {
  private readonly runtime: Runtime;
  private readonly attributes: Attributes;
  private readonly crashes: Counter;
  private readonly restarts: ObservableCounter;
  /** By supervisor. */
  private readonly restarted = new Map<string, number>();

  constructor(runtime: Runtime, meter: Meter, attributes: Attributes) {
    this.runtime = runtime;
    this.attributes = attributes;
    this.crashes = meter.createCounter("beamlet.process.crashes", {
      description: "Processes that have ended of a failure.",
      unit: "{crash}",
    });
    this.restarts = meter.createObservableCounter("beamlet.supervisor.restarts", {
      description: "Children that have ended, and that their supervisor has started again.",
      unit: "{restart}",
    });
    this.restarts.addCallback(this.observe);
  }

  readonly see = (report: Report): void => {
    if (CRASHES.includes(report.kind)) this.crashed(report);
    else if (report.kind === "supervisor" && "context" in report) this.supervised(report as SupervisorReport);
  };

  private crashed({ kind, pid, reason, initialCall }: Report): void {
    const process = (pid && kindOf(pid, this.runtime)) || initialCall;
    this.crashes.add(1, {
      ...this.attributes,
      "beamlet.report.kind": kind,
      ...(process && { "beamlet.process.kind": process }),
      "error.type": kind === "overflow" ? "mailboxOverflow" : errorType(reason),
    });
  }

  private supervised({ context, spec, reason, registeredName, supervisor }: SupervisorReport): void {
    // Without a name it is its pid, and behind that its module.
    const name = registeredName ?? /\((.*)\)$/.exec(supervisor)?.[1] ?? "Supervisor";
    const before = this.restarted.get(name) ?? 0;
    if (context === "child_terminated" && spec.restart !== "temporary") this.restarted.set(name, before + 1);
    // That was one too many, and its supervisor ends of it.
    if (context === "shutdown" && reason === "reached_max_restart_intensity") this.restarted.set(name, before - 1);
  }

  private readonly observe = (result: ObservableResult): void => {
    for (const [name, restarts] of this.restarted) {
      result.observe(restarts, { ...this.attributes, "beamlet.supervisor.name": name });
    }
  };

  stop(): void {
    this.restarts.removeCallback(this.observe);
  }
}
