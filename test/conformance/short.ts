import type { Pattern } from "./pattern.ts";
import type { Action, Operation } from "./scenario.ts";
import type { SupervisorAction } from "./supervisor-scenario.ts";
import type { Term } from "./term.ts";

/** A step on one line, near to how Erlang would write it: what came before a failure is read, not run. */
export function shortStep(step: Action | SupervisorAction): string {
  if (step.op === "advance") return `advance ${step.ms}`;
  if (!("by" in step)) {
    const { op, expect: _, ...args } = step as SupervisorAction & { expect?: unknown };
    return `${op} ${JSON.stringify(args)}`;
  }
  const { by, ...operation } = step;
  return `${by}: ${shortOperation(operation as Operation)}`;
}

function shortOperation(operation: Operation): string {
  if (operation.op === "seq") return `seq(${operation.ops.map(shortOperation).join("; ")})`;
  const { op, ...rest } = operation as Operation & { expect?: unknown };
  const members = Object.entries(rest).filter(([key]) => key !== "expect" && key !== "ordered");
  const args = members.map(
    ([key, value]) => `${key}=${key === "pat" ? shortPattern(value as Pattern) : shortTerm(value as Term)}`,
  );
  return [op, ...args].join(" ");
}

function shortPattern(pattern: Pattern): string {
  if ("any" in pattern) return "_";
  if ("gt" in pattern) return `>${pattern.gt}`;
  if ("is" in pattern) return shortTerm(pattern.is);
  if ("or" in pattern) return pattern.or.map(shortPattern).join(" | ");
  return `{${pattern.tup.map(shortPattern).join(",")}}`;
}

function shortTerm(term: Term): string {
  if (Array.isArray(term)) return `[${term.map(shortTerm).join(",")}]`;
  if (typeof term !== "object") return String(term);
  if ("t" in term) return `{${term.t.map(shortTerm).join(",")}}`;
  if ("pid" in term) return `<${term.pid}>`;
  if ("ref" in term) return `#${term.ref}`;
  if ("str" in term) return JSON.stringify(term.str);
  return JSON.stringify(term);
}
