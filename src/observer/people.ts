import { PARKED, RUNNABLE, RUNNING } from "../../assembly/layout.ts";
import type { Pid } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import type { Named, ProcessStatus } from "./protocol.ts";

/** A process as the table has it. */
export type Process = Machine["main"];

const TEXT = /^(?:#PID)?<?0\.(\d+)\.0>?$/;

/** The living process that a pid's text names. */
export function processOf(machine: Machine, text: unknown): Process | undefined {
  const [, digits] = TEXT.exec(String(text)) ?? [];
  if (digits === undefined) return undefined;
  const canonical = `#PID<0.${digits}.0>`;
  // A pid's number is its slot and generations far apart: 10^7, or more where there may be more processes.
  for (const span of [1e7, 1e8]) {
    const process = machine.table[Number(digits) % span];
    if (process !== undefined && String(process) === canonical && machine.isAlive(process as Pid)) return process;
  }
  return undefined;
}

/** Like `processOf`. *Throws* when there is none. */
export function livingOf(machine: Machine, text: unknown): Process {
  const process = processOf(machine, text);
  if (process === undefined) throw new Error(`no process ${String(text)}: it has exited or never existed`);
  return process;
}

const START = /\.start(Link|Monitor)?$/;

/** What a process runs, as people call it. */
export function bodyOf(machine: Machine, process: Process): string {
  if (process === machine.main) return "main process";
  const call = process.dictionary?.get("$initial_call");
  return (typeof call === "string" && call.replace(START, "")) || process.initialCall || "anonymous";
}

export function named(machine: Machine, process: Process): Named {
  const { name } = process;
  const pid = String(process);
  const body = bodyOf(machine, process);
  return name === undefined ? { pid, body } : { pid, name, body };
}

/** Whether `sys` can speak with it. A task has an initial call as well, and would never answer. */
export function isBehaviour(process: Process): boolean {
  const { dictionary } = process;
  const call = dictionary?.get("$initial_call");
  return typeof call === "string" && call !== "Application.master" && !dictionary?.has("$callers");
}

export function isSupervisor(process: Process): boolean {
  const call = process.dictionary?.get("$initial_call");
  return typeof call === "string" && /^(Dynamic)?Supervisor\.start/.test(call);
}

/** The nearest of its ancestors, if it is a process that is alive. */
export function parentOf(machine: Machine, process: Process): Process | undefined {
  const ancestors = process.dictionary?.get("$ancestors");
  return Array.isArray(ancestors) ? resolved(machine, ancestors[0]) : undefined;
}

export function resolved(machine: Machine, ancestor: unknown): Process | undefined {
  const pid = typeof ancestor === "string" ? machine.whereis(ancestor) : ancestor;
  const slot = (pid as Process | undefined)?.slot;
  const process = slot === undefined ? undefined : machine.table[slot];
  return process === pid ? process : undefined;
}

export function statusOf(state: number): ProcessStatus {
  return state === RUNNING ? "running" : state === RUNNABLE ? "runnable" : state === PARKED ? "parked" : "waiting";
}

export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width)}…` : text;
}
