import { Worker } from "node:worker_threads";
import { Driver, driverFailure, type Failure } from "./driver.ts";
import { DriverError } from "./driver-error.ts";
import type { AnyScenario } from "./scenario.ts";
import type { Ways } from "./world.ts";

/** Called with each scenario's outcome, in order. */
type OnOutcome = (scenario: AnyScenario, failure: Failure | undefined) => void;

/** Runs scenarios one after the other. */
export type Runner = (scenarios: readonly AnyScenario[], ways: Ways, onOutcome: OnOutcome) => Promise<void>;

/** Runs scenarios in this thread. One that never ends never returns. */
export const runHere: Runner = async (scenarios, ways, onOutcome) => {
  const driver = new Driver(ways);
  for (const scenario of scenarios) onOutcome(scenario, await driver.run(scenario));
};

/** What a worker is given, and what it tells. */
export interface Job {
  readonly scenarios: readonly AnyScenario[];
  readonly ways: Ways;
}
export type Progress =
  | { readonly scenario: number; readonly step: number }
  | { readonly scenario: number; readonly failure: Failure | undefined };

/**
 * Runs scenarios in a worker, and goes on with a new one when a scenario takes it down or does not end within a few seconds:
 * a runtime that never comes to rest does not give its thread back.
 */
export function guarded(worker: URL, argv: readonly string[] = []): Runner {
  return async (scenarios, ways, onOutcome) => {
    for (let from = 0; from < scenarios.length; )
      from += await runWorker(worker, argv, scenarios.slice(from), ways, onOutcome);
  };
}

/** Compiling and loading the driver may take a slow machine a while; a scenario takes milliseconds. */
const STARTUP = 60_000;
const PATIENCE = 5000;

/** The number of scenarios that have an outcome; at least one. */
async function runWorker(
  file: URL,
  argv: readonly string[],
  scenarios: readonly AnyScenario[],
  ways: Ways,
  onOutcome: OnOutcome,
): Promise<number> {
  const patience = ways.patience ?? PATIENCE;
  const job: Job = { scenarios, ways };
  const worker = new Worker(file, { argv: [...argv], workerData: job });
  let step: number | undefined;
  let ended = 0;
  let watchdog: NodeJS.Timeout | undefined;
  const why = await new Promise<Error | undefined>((resolve) => {
    const guard = (ms: number) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => resolve(new DriverError(`still not at rest after ${ms} ms of real time`)), ms);
    };
    guard(STARTUP);
    // Its error overtakes what it still had to say; its exit does not.
    let thrown: Error | undefined;
    worker.on("error", (error) => {
      thrown = error as Error;
    });
    worker.on("exit", (code) => resolve(thrown ?? new DriverError(`the driver's thread ended with exit code ${code}`)));
    worker.on("message", (progress: Progress) => {
      guard(2 * patience);
      if ("step" in progress) {
        step = progress.step;
      } else {
        onOutcome(scenarios[progress.scenario] as AnyScenario, progress.failure);
        ended = progress.scenario + 1;
        if (ended === scenarios.length) resolve(undefined);
      }
    });
  });
  clearTimeout(watchdog);
  worker.removeAllListeners();
  // What it still throws on its way out concerns nobody.
  worker.on("error", () => {});
  await worker.terminate();
  if (why === undefined) return ended;
  if (step === undefined) throw why;
  onOutcome(scenarios[ended] as AnyScenario, driverFailure(step, why));
  return ended + 1;
}
