import { parentPort, workerData } from "node:worker_threads";
import { Driver } from "./driver.ts";
import type { Job, Progress } from "./runner.ts";

// The thread of `guarded`.
const { scenarios, ways } = workerData as Job;
const driver = new Driver(ways);
const tell = (progress: Progress) => parentPort?.postMessage(progress);
for (const [i, scenario] of scenarios.entries()) {
  const failure = await driver.run(scenario, (step) => tell({ scenario: i, step }));
  tell({ scenario: i, failure });
}
