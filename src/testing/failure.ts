import { formatReport, inspect, type Pid, type Report } from "../kernel.ts";

/**
 * Why a run failed:
 *
 * - `assertion`: the scenario threw;
 * - `crash`: a process ended with a report that nobody expected;
 * - `exit`: the scenario was ended by an exit signal;
 * - `deadlock`: all wait, no timer is set, and the scenario has not returned;
 * - `livelock`: more steps than `steps`;
 * - `invariant`: what `always` or `eventually` says does not hold;
 * - `leftover`: a process or a message was left at the end, and `leftovers` forbids that.
 */
export type FailureKind = "assertion" | "crash" | "exit" | "deadlock" | "livelock" | "invariant" | "leftover";

/** What went wrong in a run. */
export interface Failure {
  readonly kind: FailureKind;
  /** One line, and the same in each run that fails in the same way. */
  readonly title: string;
  /** All there is to say, with stacks or the wait graph. */
  readonly text: string;
  readonly pid?: Pid<never> | undefined;
  /** What was thrown, or the exit reason. */
  readonly reason?: unknown;
}

/** Pids and references of two runs may differ where the failure is the same. */
function signatureOf({ kind, title }: Failure): string {
  return `${kind}: ${title.replaceAll(/#(PID|Reference)<[\d.]+>/g, "#$1")}`;
}

/** Whether two runs failed in the same way. */
export function isSame(a: Failure | undefined, b: Failure): boolean {
  return a !== undefined && signatureOf(a) === signatureOf(b);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] as string;
}

/** What was thrown, in one line. */
export function titleOf(thrown: unknown): string {
  if (thrown instanceof Error) return firstLine(`${thrown.name}: ${thrown.message}`);
  return firstLine(inspect(thrown));
}

/** The failure that a report tells of. */
export function failureOf(report: Report, scenario: Pid<never>): Failure {
  const { pid, reason, kind } = report;
  if (pid === scenario && kind === "crash") {
    // It was spawned by the simulation: where is of no interest.
    const { spawnedAt: _, ...about } = report;
    return { kind: "assertion", title: titleOf(reason), text: formatReport(about), pid, reason };
  }
  const who = report.registeredName ?? (report.initialCall || pid?.toString()) ?? kind;
  return {
    kind: "crash",
    title: `${who}: ${titleOf(reason ?? report.message)}`,
    text: formatReport(report),
    pid,
    reason,
  };
}
