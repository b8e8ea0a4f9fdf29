/**
 * Beamlet's matchers for Vitest, and a reporter.
 *
 * ```
 * import { matchers } from "beamlet/testing/vitest";
 * expect.extend(matchers);
 * ```
 *
 * The reporter is the default export: `reporters: ["default", "beamlet/testing/vitest"]`.
 *
 * @module
 */

import type {} from "vitest";
import type { BeamletMatchers } from "./vitest-matchers.ts";

declare module "vitest" {
  interface Matchers<T = any> extends BeamletMatchers<T> {}
}

export { type BeamletMatchers, type MatcherResult, matchers } from "./vitest-matchers.ts";
export { type BeamletReporterOptions, default } from "./vitest-reporter.ts";
