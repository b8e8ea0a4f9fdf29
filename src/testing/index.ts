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
