import { inspect, type Pid } from "../index.ts";
import { visible } from "./print.ts";
import type { Shell } from "./shell.ts";

const HEAD = ["Pid", "Name", "Initial call", "Status", "Messages", "Reductions", "Links"];
/** Columns of numbers stand to the right. */
const RIGHT = [4, 5, 6];
/** Rows that are printed of many. */
const ROWS = 100;

/** `0.107.0`. */
export function pidText(pid: Pid<never>): string {
  return String(pid).slice("#PID<".length, -1);
}

/** What a process runs: what OTP notes of its own, else the name of its body. */
export function initialCall(shell: Shell, pid: Pid<never>): string {
  const { runtime } = shell;
  const noted = runtime.processInfo(pid, "dictionary")?.get("$initial_call");
  const given = typeof noted === "string" ? noted : runtime.processInfo(pid, "initialCall");
  return given || (pid === shell.program ? "(the program)" : "");
}

/** The table of some processes. */
export function processTable(pids: readonly Pid<never>[], shell: Shell): string {
  const { paint } = shell.screen;
  const rows = pids.slice(0, ROWS).flatMap((pid) => {
    const info = shell.runtime.processInfo(pid);
    if (info === undefined) return [];
    shell.see(pid);
    const { registeredName, status, messageQueueLen, reductions, links } = info;
    const name = registeredName === undefined ? "" : paint("string", inspect(registeredName));
    return [
      [
        paint("pid", String(pid)),
        name,
        initialCall(shell, pid),
        status,
        paint("number", String(messageQueueLen)),
        paint("number", String(reductions)),
        paint("number", String(links.length)),
      ],
    ];
  });
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => visible(row[column] as string))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const space = " ".repeat((widths[column] as number) - visible(cell));
        return RIGHT.includes(column) ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  const lines = [paint("bold", line(HEAD)), ...rows.map(line)];
  const rest = pids.length - ROWS;
  if (rest > 0) lines.push(`… and ${rest} more`);
  return lines.join("\n");
}
