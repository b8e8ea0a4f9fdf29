import { formatException, type Pid, Ref } from "../index.ts";
import { docs } from "./docs.ts";
import { isPid, print } from "./print.ts";
import { initialCall } from "./process-table.ts";
import type { Shell } from "./shell.ts";

/** What `i(value)` prints. */
export function describe(value: unknown, shell: Shell): string {
  const { paint } = shell.screen;
  const facts: [string, string][] = [["Value", shell.show(value)], ["Type", typeOf(value)], ...factsOf(value, shell)];
  return facts.map(([name, text]) => `${paint("pid", name)}\n${text.replaceAll(/^/gm, "  ")}`).join("\n");
}

function typeOf(value: unknown): string {
  if (isPid(value)) return "Pid";
  if (value instanceof Ref) return value.constructor === Ref ? "Ref" : "Ref (of a monitor, an alias or a timer)";
  if (isOperation(value)) return "operation: it does nothing until it is awaited";
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.getPrototypeOf(value)?.constructor?.name ?? "object without a prototype";
}

function isOperation(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value && "then" in value;
}

function factsOf(value: unknown, shell: Shell): [string, string][] {
  if (isPid(value)) return process(value as Pid<never>, shell);
  if (typeof value === "string")
    return [["Length", `${value.length} UTF-16 units, ${Buffer.byteLength(value)} bytes in UTF-8`]];
  if (typeof value === "function") return functionFacts(value, shell);
  if (value instanceof Error) return [["Stack", formatException(value)]];
  if (Array.isArray(value)) return [["Length", String(value.length)]];
  if (value instanceof Map || value instanceof Set) return [["Size", String(value.size)]];
  if (typeof value === "object" && value !== null) return [["Keys", Object.keys(value).join(", ") || "none"]];
  return [];
}

function functionFacts(value: { readonly name: string; readonly length: number }, shell: Shell): [string, string][] {
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  const facts: [string, string][] = [
    ["Kind", kind === "GeneratorFunction" ? "generator: a body that waits with yield*" : kind],
    ["Arguments", String(value.length)],
  ];
  const name = Object.keys(docs).find((each) => shell.api[each] === value);
  if (name !== undefined) facts.push(["Documentation", `h(${name})`]);
  return facts;
}

function process(pid: Pid<never>, shell: Shell): [string, string][] {
  const info = shell.runtime.processInfo(pid);
  if (info === undefined) return [["Alive", "false"]];
  const { paint, width } = shell.screen;
  const list = (values: readonly unknown[]) =>
    values.length === 0 ? "none" : values.map((each) => print(each, paint, width)).join(", ");
  return [
    ["Alive", "true"],
    ["Name", info.registeredName === undefined ? "not registered" : print(info.registeredName, paint, width)],
    ["Initial call", initialCall(shell, pid) || "unnamed"],
    ["Status", info.status],
    ["Links", list(info.links)],
    ["Monitors", list(info.monitors)],
    ["Monitored by", list(info.monitoredBy)],
    ["Traps exits", String(info.trapExit)],
    ["Priority", info.priority],
    ["Message queue length", String(info.messageQueueLen)],
    ["First messages", list(info.messages.slice(0, 5))],
    ["Reductions", String(info.reductions)],
    ["Description", "processInfo(pid) has more"],
  ];
}
