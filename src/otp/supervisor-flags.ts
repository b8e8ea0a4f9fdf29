import { type FullSpec, oneOf, wrong } from "./child-spec.ts";

/** Who is started again when a child ends: it alone, all children, or it and those that were started after it. */
export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";

/** Whether a supervisor ends itself when a significant child has ended by itself: never, after any, or after the last one. */
export type AutoShutdown = "never" | "any_significant" | "all_significant";

/** How a supervisor supervises. */
export interface SupervisorFlags {
  /**
   * Which children are started again. With `"simple_one_for_one"` the one child is a template, whose `start` gets the arguments
   * that `startChild` is given; `DynamicSupervisor` is the better one.
   */
  readonly strategy: Strategy;
  /** How many restarts are too few to give up, within `maxSeconds`. Default 3. */
  readonly maxRestarts?: number;
  /** Default 5. */
  readonly maxSeconds?: number;
  /** Default `"never"`. */
  readonly autoShutdown?: AutoShutdown;
  /** Has each start of a child reported, as a report of level `info` and kind `progress`. Default false. */
  readonly progress?: boolean;
}

/** Flags in which nothing is left open. */
export type FullFlags = Required<SupervisorFlags>;

const STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"] as const;
const AUTO = ["never", "any_significant", "all_significant"] as const;

/** Fills in what the flags leave open. *Throws* `TypeError` for one that is not what it should be. */
export function fullFlags(flags: SupervisorFlags): FullFlags {
  if (typeof flags !== "object" || flags === null) throw wrong("options", flags);
  const { strategy, maxRestarts = 3, maxSeconds = 5, autoShutdown, progress = false } = flags;
  if (strategy === undefined) throw wrong("a strategy", strategy);
  if (!Number.isInteger(maxRestarts) || maxRestarts < 0) throw wrong("a whole number as maxRestarts", maxRestarts);
  if (typeof maxSeconds !== "number" || !(maxSeconds > 0)) throw wrong("a number above 0 as maxSeconds", maxSeconds);
  return {
    strategy: oneOf(STRATEGIES, strategy, "strategy"),
    maxRestarts,
    maxSeconds,
    autoShutdown: oneOf(AUTO, autoShutdown, "autoShutdown"),
    progress,
  };
}

/** What is wrong about specs together, or with the flags: OTP's reason for it; undefined when nothing is. */
export function conflict({ significant, restart }: FullSpec, { autoShutdown }: FullFlags): unknown {
  if (!significant) return undefined;
  const other = autoShutdown === "never" ? ["auto_shutdown", "never"] : ["restart", "permanent"];
  return autoShutdown === "never" || restart === "permanent"
    ? ["bad_combination", [other, ["significant", true]]]
    : undefined;
}
