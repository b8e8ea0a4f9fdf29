import { expect } from "vitest";
import { type Scenario, type SimulateOptions, SimulationError, simulate } from "../../src/testing/index.ts";

/** The failure that a simulation ends with. */
export async function failing<Msg = never>(
  scenario: Scenario<Msg>,
  options?: SimulateOptions,
): Promise<SimulationError> {
  const outcome = await simulate(scenario, options).then(
    (result) => expect.unreachable(`no failure in ${result.runs} runs`),
    (error: unknown) => error,
  );
  if (!(outcome instanceof SimulationError)) throw outcome;
  return outcome;
}
