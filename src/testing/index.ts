/**
 * Beamlet's testing tools: simulation, in which one seed is one run, and helpers that stand alone.
 *
 * @module
 */

export type { TestContext } from "./after-test.ts";
export { type AssertExitOptions, assertExit } from "./assert-exit.ts";
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
export { CapturedLog, type CaptureLogOptions, captureLog } from "./capture-log.ts";
export { htmlChart } from "./chart/html.ts";
export type { ChartOptions } from "./chart/layout.ts";
export { svgChart } from "./chart/svg.ts";
export { type TextChartOptions, textChart } from "./chart/text.ts";
export { readTrace, writeTrace } from "./chart/trace.ts";
export type { EventPid, RunEvent } from "./event.ts";
export type { Failure, FailureKind } from "./failure.ts";
export { type Fault, type FaultOptions, InjectedFault } from "./faults.ts";
export type { HostUse } from "./host-use.ts";
export { type InProcessOptions, inProcess } from "./in-process.ts";
export { always, eventually } from "./invariants.ts";
export type { Progress, Scenario, SimulateOptions, Strategy } from "./plan.ts";
export { type ExpectOptions, Probe, type ProbeCall, type ProbeOptions, startProbe } from "./probe.ts";
export { Recording, type RecordOptions, record } from "./recording.ts";
export { ReplayError, type ReplayOptions, replay } from "./replay.ts";
export type { Deviation, Schedule } from "./schedule.ts";
export { type Simulation, simulate } from "./simulate.ts";
export { SimulationError } from "./simulation-error.ts";
export {
  type StartSupervisedOptions,
  type SupervisedOptions,
  startLinkSupervised,
  startSupervised,
  stopSupervised,
} from "./start-supervised.ts";
export { type TestRuntime, type TestRuntimeOptions, testRuntime } from "./test-runtime.ts";
