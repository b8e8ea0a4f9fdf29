import { type Report, type Self, UsageError } from "beamlet";
import * as testing from "beamlet/testing";

// biome-ignore lint/suspicious/noExplicitAny: each scenario types its own mailbox
export type Scenario = (self: Self<any>) => Generator<unknown, void, unknown>;

/** One bug of the zoo: a file of test/simulation/zoo. */
export interface Exhibit {
  readonly name: string;
  /** What a simulation fails with: its kind, and words of its message. */
  readonly finds: { readonly kind: testing.FailureKind; readonly text: string };
  /** What its simulations have to look for, or to allow, besides the usual. */
  readonly options?: {
    readonly leftovers?: "processes";
    readonly steps?: number;
    readonly expectCrashes?: (report: Report) => boolean;
  };
  readonly broken: Scenario;
  readonly fixed: Scenario;
}

/** Plain, since the zoo runs in browsers, too. */
export function check(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(text);
}

/** An invariant, for simulations. An ordinary run looks after no step: what it can see must be checked at its end. */
export function always(what: string, holds: () => boolean): void {
  try {
    testing.always(what, holds);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}
