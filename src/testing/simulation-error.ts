import { htmlChart } from "./chart/html.ts";
import type { ChartOptions } from "./chart/layout.ts";
import { svgChart } from "./chart/svg.ts";
import { type TextChartOptions, textChart } from "./chart/text.ts";
import type { RunEvent } from "./event.ts";
import type { Failure, FailureKind } from "./failure.ts";
import type { Fault } from "./faults.ts";
import type { Strategy } from "./plan.ts";
import { type Schedule, writeSchedule } from "./schedule.ts";

interface Facts {
  readonly seed: number | undefined;
  readonly strategy: Strategy;
  readonly runs: number;
  readonly first: Schedule;
  readonly schedule: Schedule;
  readonly faults: readonly Fault[];
  readonly events: readonly RunEvent[];
  readonly steps: number;
  readonly fingerprint: string;
}

/** A simulation found a failure. Its message is what the failing run said, with a chart of it and the line that does it again. */
export class SimulationError extends Error {
  override readonly name: string = "SimulationError";
  readonly kind: FailureKind;
  /** The seed that found it; undefined for a replay and for an exhaustive search. */
  readonly seed: number | undefined;
  /** Runs until it was found, with that one. */
  readonly runs: number;
  /** The schedule that was found, as it was before it was made smaller. */
  readonly first: Schedule;
  /** The smallest one that fails in the same way. */
  readonly schedule: Schedule;
  /** What was made to go wrong in it. */
  readonly faults: readonly Fault[];
  /** The line that does it again. */
  readonly replay: string;
  /** What happened in it. */
  readonly events: readonly RunEvent[];
  readonly steps: number;
  readonly fingerprint: string;
  readonly failure: Failure;

  /** @internal */
  constructor(failure: Failure, facts: Facts) {
    const replay = `await simulate(scenario, { replay: "${writeSchedule(facts.schedule, facts.faults)}" })`;
    super(messageOf(failure, facts, replay), failure.reason === undefined ? undefined : { cause: failure.reason });
    this.kind = failure.kind;
    this.failure = failure;
    this.seed = facts.seed;
    this.runs = facts.runs;
    this.first = facts.first;
    this.schedule = facts.schedule;
    this.faults = facts.faults;
    this.replay = replay;
    this.events = facts.events;
    this.steps = facts.steps;
    this.fingerprint = facts.fingerprint;
  }

  /** What happened in the failing run, as a sequence chart for a terminal. */
  diagram(options?: TextChartOptions): string {
    return textChart(this.events, options);
  }

  /** The same as an SVG that stands by itself. */
  svg(options?: ChartOptions): string {
    return svgChart(this.events, options);
  }

  /** The same as a page that stands by itself: to be searched, and gone through step by step. */
  html(options?: ChartOptions): string {
    return htmlChart(this.events, options);
  }
}

function messageOf(failure: Failure, { seed, strategy, runs, first, schedule, events }: Facts, replay: string): string {
  const found = seed === undefined ? "" : `seed ${seed}, `;
  const size = schedule.length === first.length ? `${schedule.length}` : `${schedule.length} (of ${first.length})`;
  return [
    `${failure.kind}: ${failure.title}`,
    `found by ${found}${strategy}, in run ${runs}; choices out of the ordinary order: ${size}`,
    "",
    textChart(events),
    "",
    failure.text,
    "",
    `replay: ${replay}`,
  ].join("\n");
}
