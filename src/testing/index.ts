/**
 * Beamlet's testing tools: simulation, in which one seed is one run, and helpers that stand alone.
 *
 * @module
 */

export {
  type AssertReceiveOptions,
  assertReceive,
  assertReceived,
  configureTesting,
  type Received,
  refuteReceive,
  refuteReceived,
  type TestingOptions,
} from "./assert-receive.ts";
export { AssertionError } from "./assertion-error.ts";
export { type TextChartOptions, textChart } from "./chart/text.ts";
export { readTrace, writeTrace } from "./chart/trace.ts";
export type { EventPid, RunEvent } from "./event.ts";
export type { Failure, FailureKind } from "./failure.ts";
export { always, eventually } from "./invariants.ts";
export type { Progress, Scenario, SimulateOptions, Strategy } from "./plan.ts";
export type { Deviation, Schedule } from "./schedule.ts";
export { type Simulation, simulate } from "./simulate.ts";
export { SimulationError } from "./simulation-error.ts";
