import { createRuntime, ExitError, formatReport, type Report } from "beamlet";
import type { Scenario } from "./exhibit.ts";

/** Virtual ms after which a scenario is taken for one that never returns. */
const PATIENCE = 10_000;

/** Runs a scenario with the ordinary scheduler, on a clock that goes on by a ms whenever all wait. Throws what it throws. */
export async function runOrdinarily(scenario: Scenario, expects: (report: Report) => boolean): Promise<void> {
  let time = 0;
  let outcome: { error?: unknown } | undefined;
  const unexpected: Report[] = [];
  await using runtime = createRuntime({
    clock: () => time,
    logger: (report) => report.level === "error" && !expects(report) && unexpected.push(report),
  });
  runtime.run(scenario).then(
    () => {
      outcome = {};
    },
    (error: unknown) => {
      outcome = { error: error instanceof ExitError ? error.reason : error };
    },
  );
  for (; outcome === undefined && time < PATIENCE; time++) {
    runtime.run();
    await null;
  }
  if (outcome === undefined) throw new Error(`it has not returned after ${PATIENCE} ms`);
  if ("error" in outcome) throw outcome.error;
  const [report] = unexpected;
  if (report !== undefined) throw new Error(formatReport(report));
}
