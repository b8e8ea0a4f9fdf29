import { parentPort, workerData } from "node:worker_threads";

// Stands in for the thread of the driver, with scenarios that never come to rest or that take it down.
for (const [i, { id }] of workerData.scenarios.entries()) {
  parentPort.postMessage({ scenario: i, step: 1 });
  if (id === "hangs") for (;;);
  if (id === "throws") throw new Error("the thread is gone");
  parentPort.postMessage({ scenario: i, failure: undefined });
}
