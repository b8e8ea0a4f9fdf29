// The words are Elixir's (1.14), the notation and the stack frames JavaScript's.

import { errorMessage, errorName, inspect, isError, plain, read } from "./inspect.ts";
import type { Pid } from "./types.ts";

/** Why a process's end, or a mistake, is told to the logger. */
export interface Report {
  readonly level: "error" | "warning" | "notice" | "info" | "debug";
  /** `crash`: a body threw; `overflow`: the bound of its mailbox ended a process; `warning`: a likely mistake. The others are OTP's. */
  readonly kind:
    | "crash"
    | "overflow"
    | "warning"
    | "server"
    | "stateMachine"
    | "task"
    | "supervisor"
    | "progress"
    | "event";
  readonly time: Date;
  readonly pid?: Pid<never>;
  readonly registeredName?: string;
  /** The exit reason: the error that was thrown, or `["nocatch", value]`. */
  readonly reason?: unknown;
  /** The name of the body. */
  readonly initialCall?: string;
  /** The stack frame that spawned the process: `at main (file:///app.js:3:5)`. */
  readonly spawnedAt?: string;
  /** The whole text of a warning; for an overflow, what overflowed. */
  readonly message?: string;
  /** The whole text behind the header, of a report that words itself. */
  readonly text?: string;
}

const WORDS: Readonly<Record<string, string>> = {
  normal: "normal",
  shutdown: "shutdown",
  killed: "killed",
  timeout: "time out",
  noproc:
    "no process: the process is not alive or there's no process currently associated with the given name, " +
    "possibly because its application isn't started",
  noconnection: "no connection",
  calling_self: "process attempted to call itself",
};

/** Reasons that say what they are of. */
const PAIRS = ["shutdown", "bad_return_value", "already_started"];

/** Causes and failed calls nest, and may nest in a circle. */
const DEEPEST = 32;

/** Prints a report to stderr, after a blank line, as Elixir's console does. */
export function consoleLogger(report: Report): void {
  console.error(`\n${formatReport(report)}`);
}

/**
 * The text of a report, with no newline before or after it. Header, error and stack are those of Elixir's
 * `Process #PID<0.107.0> raised an exception`; what else is known of the process follows, as `Label: value`.
 * The time is local. It never throws.
 */
export function formatReport(report: Report): string {
  const { level, kind, time, pid, reason, registeredName, initialCall, spawnedAt, message, text: own } = report;
  // Local time, as ISO's form shows that of Greenwich. There is none of an invalid date.
  const local = new Date(Number(time) - time.getTimezoneOffset() * 60_000).toJSON();
  const head = `${String(local).slice(11, 23)} [${level}] `;
  if (own !== undefined) return head + own;
  const end = kind === "crash" ? "raised an exception" : `terminating: ${message ?? "its mailbox is full"}`;
  return [
    head + (kind === "warning" ? message : `Process ${pid} ${end}`),
    reason !== undefined && formatException(reason),
    registeredName !== undefined && `Registered Name: ${inspect(registeredName)}`,
    initialCall && `Initial Call: ${initialCall}`,
    spawnedAt !== undefined && `Spawned at: ${spawnedAt.replace(/^\s*at /, "")}`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** An exit reason in the words of Elixir's `Exception.format_exit/1`, with no newline after it. It never throws. */
export function formatExit(reason: unknown): string {
  return formatReason(reason, "    ");
}

/** What the end of the main process prints. Elixir writes an empty line after it. */
export function exitText(pid: Pid<never>, reason: unknown): string {
  return `** (EXIT from ${pid}) ${formatExit(reason)}`;
}

/** What the shell prints when its process ends; an empty line and the banner follow. */
export function shellExitText(pid: Pid<never>, reason: unknown): string {
  return `** (EXIT from ${pid}) shell process exited with reason: ${formatExit(reason)}`;
}

/**
 * The frames of an error that are the user's, innermost first, as `at f (url:1:2)` in every engine.
 *
 * A stack ends where the scheduler entered the body, in a method called `beamletDispatch`: the names of methods survive
 * bundlers and minifiers. (It must not end with `return body()`: JavaScriptCore drops the frame of a tail call.)
 * Above it, the package's frames are known by the folder of this very code. In a program bundled into one folder with
 * the package that leaves nothing; then all stay.
 */
export function userFrames(error: unknown): string[] {
  let frames = framesOf(error);
  const entry = frames.findIndex((frame) => frame.includes("beamletDispatch"));
  if (entry >= 0) frames = frames.slice(0, entry);
  frames = frames.filter((frame) => !HOST.test(frame));
  const here = folderOf(framesOf(new Error())[0]);
  const users = frames.filter((frame) => !here || !folderOf(frame).startsWith(here));
  return users.some(folderOf) ? users : frames;
}

/** Frames of the hosts' event loops, and the `next` by which a generator is entered. */
const HOST = /node:internal|[ (]ext:|processTicksAndRejections|\b(next|throw|return) \((<anonymous>|\[?native)/;

function framesOf(error: unknown): string[] {
  const stack = read(error, "stack");
  if (typeof stack !== "string") return [];
  // V8 puts the message first, which may look like frames. JavaScriptCore and SpiderMonkey write `f@url:1:2` alone.
  const first = stack.search(/^ *at /m);
  if (first < 0) {
    const lines = stack.split("\n").filter((line) => /@|:\d+$/.test(line));
    return lines.map((line) => `at ${line.replace(/^@/, "").replace(/^([^@:]+)@(.*)/, "$1 ($2)")}`);
  }
  const message = errorMessage(error);
  const header = stack.indexOf(message);
  const frames = stack.slice(header < 0 || header > first ? 0 : header + message.length);
  return (frames.match(/^ *at .*/gm) ?? []).map((line) => line.trim());
}

/** The folder of a frame's file; evaluated code has none of its own. */
function folderOf(frame = ""): string {
  const [, evaluated, folder] = /(<anonymous>|> \w+):\d|^at (?:async )?(?:.* \()?(.*[\\/])[^\\/,]*$/.exec(frame) ?? [];
  return evaluated ?? folder ?? "";
}

/**
 * `** (TypeError) x is not a function` and its stack, each line after the first behind `indent`. It never throws.
 * Source: Elixir's `Exception.format/3`.
 */
export function formatException(reason: unknown, indent = "    "): string {
  const inner = `${indent}    `;
  if (inner.length > DEEPEST) return "...";
  if (isPair(reason, "nocatch")) return `** (ErlangError) Erlang error: ${inspect(reason)}`;
  if (!isError(reason)) return `** (exit) ${formatReason(reason, indent)}`;
  const [what, message] = isExit(reason)
    ? ["exit", formatReason(reason, indent)]
    : [errorName(reason), errorMessage(reason)];
  const lines = [`** (${what}) ${message}`, ...userFrames(reason)];
  const cause = read(reason, "cause");
  const errors = read(reason, "errors");
  if (cause !== undefined) lines.push(`cause: ${isError(cause) ? formatException(cause, inner) : inspect(cause)}`);
  if (errors !== undefined) lines.push(`errors: ${inspect(errors)}`);
  return lines.join(`\n${indent}`);
}

function formatReason(reason: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (inner.length > DEEPEST) return "...";
  if (typeof reason === "string" && Object.hasOwn(WORDS, reason)) return WORDS[reason] as string;
  for (const tag of PAIRS) if (isPair(reason, tag)) return `${tag.replaceAll("_", " ")}: ${inspect(read(reason, 1))}`;
  if (isExit(reason)) {
    const call = read(reason, "call");
    const exit = read(reason, "reason");
    if (call !== undefined) return `exited in: ${formatCall(call)}\n${indent}** (EXIT) ${formatReason(exit, inner)}`;
    return formatReason(exit, isExit(exit) ? inner : indent);
  }
  if (isError(reason) || isPair(reason, "nocatch")) {
    return `an exception was raised:\n${indent}${formatException(reason, inner)}`;
  }
  return inspect(reason);
}

/** `["GenServer.call", pid, "pop", 5000]` as `GenServer.call(#PID<0.5.0>, "pop", 5000)`. */
function formatCall(call: unknown): string {
  try {
    const [name, ...args] = call as unknown[];
    return `${plain(read(name, "name") || name)}(${inspect(args).slice(1, -1)})`;
  } catch {
    return inspect(call);
  }
}

function isExit(reason: unknown): boolean {
  return read(reason, "name") === "ExitError";
}

function isPair(reason: unknown, tag: string): boolean {
  return read(reason, 0) === tag && read(reason, "length") === 2;
}
