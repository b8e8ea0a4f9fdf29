/**
 * OpenTelemetry metrics of a runtime, and spans around its servers' calls.
 *
 * @module
 */

export {};
