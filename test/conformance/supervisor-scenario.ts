import type { Term } from "./term.ts";

type StrategyWord = "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";

/** What a call of a start function comes to. */
export type Outcome = "ok" | "ignore" | { readonly error: Term } | { readonly exit: Term };

/** A child, and what its process does. */
export interface ChildScenario {
  readonly id: string;
  readonly restart?: "permanent" | "transient" | "temporary";
  readonly shutdown?: number | "brutal_kill" | "infinity";
  readonly type?: "worker" | "supervisor";
  readonly significant?: boolean;
  /** In the order of the calls for this id; the last one repeats. */
  readonly start?: readonly Outcome[];
  readonly trap?: boolean;
  readonly on_shutdown?: "exit" | "ignore" | { readonly reason: Term };
}

export type SupervisorAction =
  | { readonly op: "exit" | "error" | "signal"; readonly child: string; readonly reason: Term }
  | { readonly op: "start_child"; readonly spec: ChildScenario }
  | { readonly op: "terminate_child"; readonly id?: string; readonly child?: string }
  | { readonly op: "restart_child" | "delete_child"; readonly id: string }
  | { readonly op: "which_children" | "count_children" }
  | { readonly op: "stop"; readonly reason: Term }
  | { readonly op: "advance"; readonly ms: number };

/** `["start", label]`, `["start", label, outcome]` or `["exit", label, reason]`. */
export type SupervisorEvent = readonly [kind: "start" | "exit", label: string, what?: unknown];

/** What is expected of the start and of each step. */
export interface SupervisorExpectation {
  readonly result?: unknown;
  readonly events?: readonly (SupervisorEvent | { readonly any_order: readonly SupervisorEvent[] })[];
  /** `[id, child]` of each, sorted; `"none"` without a supervisor. */
  readonly children?: unknown;
  readonly sup_exit?: Term;
}

type SupervisorStep = SupervisorAction & { readonly expect: SupervisorExpectation };

/** A program for one supervisor, with what OTP's showed after each of its steps. */
export interface SupervisorScenario {
  readonly id: string;
  readonly title?: string;
  readonly sup: {
    readonly strategy: StrategyWord;
    readonly intensity?: number;
    readonly period?: number;
    readonly auto_shutdown?: "never" | "any_significant" | "all_significant";
  };
  readonly children: readonly ChildScenario[];
  readonly init: SupervisorExpectation;
  readonly steps: readonly SupervisorStep[];
}

const MEMBERS = ["result", "events", "children", "sup_exit"];

/** Why a value that has `sup` is no scenario for supervisors. */
export function problemOfSupervisor(value: Record<string, unknown>): string | undefined {
  if (typeof value["id"] !== "string") return "a scenario has an id";
  const { sup, children, init, steps } = value as unknown as SupervisorScenario;
  if (typeof sup?.strategy !== "string") return "`sup` has a strategy";
  if (!Array.isArray(children)) return "`children` is a list of specs";
  if (!Array.isArray(steps)) return "`steps` is a list of objects";
  for (const [i, expect] of [init, ...steps.map((step) => step?.expect)].entries()) {
    const where = i === 0 ? "`init`" : `step ${i}`;
    if (typeof expect !== "object" || expect === null) return `${where}: it has what is expected`;
    const unknown = Object.keys(expect).filter((key) => !MEMBERS.includes(key));
    if (unknown.length > 0) return `${where}: expects what this driver does not know: ${unknown.join(", ")}`;
  }
  return undefined;
}
