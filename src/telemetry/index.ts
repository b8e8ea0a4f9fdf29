/**
 * OpenTelemetry metrics of a runtime, and spans around its servers' calls. It needs the package `@opentelemetry/api`.
 *
 * @module
 */

export { type Instrumentation, type InstrumentOptions, instrument } from "./instrument.ts";
