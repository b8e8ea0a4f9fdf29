import type { Difference } from "./compare.ts";
import type { Failure } from "./driver.ts";
import { type AnyScenario, isForSupervisor } from "./scenario.ts";
import { shortStep } from "./short.ts";

/** All that is needed to read a failure alone. */
export function failureBlock(scenario: AnyScenario, failure: Failure): string {
  const lines = [`FAILED ${scenario.id}${scenario.title === undefined ? "" : `: ${scenario.title}`}`];
  lines.push(`  ${partsOf(scenario)}`);
  for (const [i, step] of scenario.steps.slice(0, Math.max(0, failure.step - 1)).entries()) {
    lines.push(`  ${String(i + 1).padStart(4)}  ${shortStep(step)}`);
  }
  const step = scenario.steps[failure.step - 1];
  lines.push(
    step === undefined
      ? "  before the first step"
      : `  step ${failure.step} of ${scenario.steps.length}: ${bare(step)}`,
  );
  for (const difference of failure.differences) lines.push(...differenceLines(difference));
  return lines.join("\n");
}

function partsOf(scenario: AnyScenario): string {
  if (!isForSupervisor(scenario)) return `processes ${scenario.procs.join(", ")}`;
  return `supervisor ${JSON.stringify(scenario.sup)}\n  children ${scenario.children.map((child) => JSON.stringify(child)).join(" ")}`;
}

function bare(step: { readonly expect?: unknown }): string {
  const { expect: _, ...action } = step;
  return JSON.stringify(action);
}

function differenceLines({ part, expected, observed }: Difference): string[] {
  return [`    ${part}`, `      expected ${show(expected)}`, `      observed ${show(observed)}`];
}

function show(value: unknown): string {
  // An error of the driver comes with its stack.
  if (typeof value === "string" && value.includes("\n")) return value.replaceAll("\n", "\n      ");
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/**
 * How often each (op, part) was the first to differ, most frequent first. Whose state it was makes no difference: the labels
 * of `state.<label>.<field>` are left out.
 */
export function tally(failures: ReadonlyMap<AnyScenario, Failure>): string[] {
  const counts = new Map<string, number>();
  for (const [scenario, failure] of failures) {
    const op = scenario.steps[failure.step - 1]?.op ?? "before the first step";
    const part = failure.differences[0]?.part.replace(/^state\..*\./, "state.*.");
    counts.set(`${op}, ${part}`, (counts.get(`${op}, ${part}`) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([cause, count]) => `${String(count).padStart(6)}  ${cause}`);
}
