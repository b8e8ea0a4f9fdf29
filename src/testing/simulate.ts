import { STRATEGY_FIRST } from "../../assembly/layout.ts";
import type { RunEvent } from "./event.ts";
import { type Failure, isSame } from "./failure.ts";
import { drawFaults, type Fault } from "./faults.ts";
import { forgetPlaces, unwatchHost, watchHost } from "./host-use.ts";
import { codeOf, type Plan, planOf, type Scenario, type SimulateOptions } from "./plan.ts";
import { Recorder } from "./recorder.ts";
import { type Choosing, Run, type RunResult, type Watcher } from "./run.ts";
import { indexOf, type Schedule, scheduleOf, widthOf } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { SimulationError } from "./simulation-error.ts";

/** What came of a simulation that found nothing. */
export interface Simulation {
  readonly runs: number;
  /** How many of them were different, event for event. */
  readonly distinct: number;
  /** Whether every order was tried: only an exhaustive search can say so. */
  readonly complete: boolean;
  /** The fingerprint of the last run. */
  readonly fingerprint: string;
  /** Steps of all runs together. */
  readonly steps: number;
}

/** How long the search keeps the host from its other work, ms. */
const TURN = 50;
const PROGRESS = 100;

/**
 * Runs a scenario under many seeds, each of which is one order of all that may happen in different orders, in virtual time.
 *
 * The first failure ends the search. It is made as small as possible, and told as a `SimulationError`: what failed, the seed, the schedule, a chart of what happened, and
 * the line that does it again.
 *
 * *Throws* `SimulationError`, by rejecting, for a failure; `UsageError` for an async body; `TypeError` or `RangeError` for a wrong option.
 *
 * @example
 * await simulate(function* (self) {
 *   const counter = spawn(listen, 0);
 *   spawn(increment, counter);
 *   spawn(increment, counter);
 *   …
 * });
 */
export async function simulate<Msg = never>(
  scenario: Scenario<Msg>,
  options: SimulateOptions = {},
): Promise<Simulation> {
  const plan = planOf(scenario, options);
  const search = new Search(plan);
  watchHost();
  try {
    if (plan.replay !== undefined) return await search.replay(plan.replay.schedule, plan.replay.faults);
    return await (plan.strategy === "exhaustive" ? search.all() : search.seeds());
  } finally {
    unwatchHost();
  }
}

class Search {
  private readonly plan: Plan;
  private readonly prints = new Set<string>();
  private readonly started = performance.now();
  private turnEnd = performance.now() + TURN;
  private nextProgress = performance.now() + PROGRESS;
  private runs = 0;
  private steps = 0;
  private last = "";

  constructor(plan: Plan) {
    this.plan = plan;
    forgetPlaces();
  }

  async seeds(): Promise<Simulation> {
    const { plan } = this;
    const strategy = codeOf(plan.strategy);
    // PCT spreads its changes over as many choices as the ordinary run has, or one that has been seen since.
    const ordinary = plan.strategy === "pct" || plan.faults !== undefined ? await this.run(ORDINARY) : undefined;
    let expected = ordinary?.trace.length ?? 0;
    for (let i = 0; i < plan.runs && !this.isOver(); i++) {
      const seed = plan.seeds?.[i] ?? plan.firstSeed + i;
      const faults = drawFaults(plan.faults, seed, ordinary?.steps ?? 0);
      const result = await this.counted({ strategy, seed, schedule: [], faults, expected });
      if (result.failure !== undefined) throw await this.explained(result, result.failure, seed, faults);
      expected = Math.max(expected, result.trace.length);
    }
    return this.outcome(false);
  }

  /** Depth first through all choices: each run follows the one before up to the last choice that had another possibility, and takes that. */
  async all(): Promise<Simulation> {
    let path: number[] | undefined = [];
    while (path !== undefined && this.runs < this.plan.runs && !this.isOver()) {
      const schedule = path.map((index, at) => ({ at, index })).filter(({ index }) => index !== 0);
      const result = await this.counted({ ...ORDINARY, schedule });
      if (result.failure !== undefined) throw await this.explained(result, result.failure, undefined, []);
      path = nextPath(result.trace);
    }
    return this.outcome(path === undefined);
  }

  async replay(schedule: Schedule, faults: readonly Fault[]): Promise<Simulation> {
    const result = await this.counted({ ...ORDINARY, schedule, faults });
    if (result.failure !== undefined) throw await this.told(result.failure, schedule, schedule, undefined, faults);
    return this.outcome(false);
  }

  private outcome(complete: boolean): Simulation {
    return { runs: this.runs, distinct: this.prints.size, complete, fingerprint: this.last, steps: this.steps };
  }

  private isOver(): boolean {
    return performance.now() - this.started > this.plan.time;
  }

  private async counted(choosing: Choosing): Promise<RunResult> {
    const result = await this.run(choosing);
    this.runs++;
    this.steps += result.steps;
    this.last = result.fingerprint;
    this.prints.add(result.fingerprint);
    return result;
  }

  /** One run; the host gets its turns in between. */
  private async run(choosing: Choosing, watcher?: Watcher): Promise<RunResult> {
    const now = performance.now();
    if (now > this.nextProgress) {
      this.nextProgress = now + PROGRESS;
      const of = this.plan.strategy === "exhaustive" ? undefined : this.plan.runs;
      this.plan.onProgress?.({ runs: this.runs, of, elapsed: now - this.started });
    }
    if (now > this.turnEnd) {
      await hostTurn();
      this.turnEnd = performance.now() + TURN;
    }
    const run = new Run(this.plan, choosing, watcher);
    let result = run.go();
    const end = performance.now() + this.plan.hostTimeout;
    while (result === undefined) {
      await hostTurn();
      result = run.go(performance.now() > end);
    }
    return result;
  }

  /** A failure of a search: made small, recorded, and told. */
  private async explained(
    found: RunResult,
    failure: Failure,
    seed: number | undefined,
    drawn: readonly Fault[],
  ): Promise<SimulationError> {
    const first = scheduleOf(found.trace);
    const before = await this.needed(drawn, first, failure);
    const widths = Array.from((await this.run({ ...ORDINARY, faults: before })).trace, widthOf);
    const small = await shrink(first, widths, (schedule) => this.attempt(schedule, before, failure));
    return this.told(failure, first, small, seed, await this.needed(before, small, failure));
  }

  /** How a run by a schedule goes, if it fails in the same way. */
  private async attempt(schedule: Schedule, faults: readonly Fault[], failure: Failure): Promise<Schedule | undefined> {
    const result = await this.run({ ...ORDINARY, schedule, faults });
    return isSame(result.failure, failure) ? scheduleOf(result.trace) : undefined;
  }

  /** Those faults that the failure needs. */
  private async needed(faults: readonly Fault[], schedule: Schedule, failure: Failure): Promise<readonly Fault[]> {
    let needed = faults;
    for (const fault of faults) {
      const fewer = needed.filter((each) => each !== fault);
      if ((await this.attempt(schedule, fewer, failure)) !== undefined) needed = fewer;
    }
    return needed;
  }

  private async told(
    failure: Failure,
    first: Schedule,
    schedule: Schedule,
    seed: number | undefined,
    faults: readonly Fault[],
  ): Promise<SimulationError> {
    const recorder = new Recorder();
    const result = await this.run({ ...ORDINARY, schedule, faults }, recorder);
    const events: readonly RunEvent[] = recorder.events;
    return new SimulationError(result.failure ?? failure, {
      seed,
      strategy: this.plan.strategy,
      runs: this.runs,
      first,
      schedule,
      faults,
      events,
      steps: result.steps,
      fingerprint: result.fingerprint,
    });
  }
}

/** As the ordinary scheduler does, unless a schedule says something else. */
const ORDINARY: Choosing = { strategy: STRATEGY_FIRST, seed: 0, schedule: [], faults: [], expected: 0 };

function nextPath(trace: ArrayLike<number>): number[] | undefined {
  const path = Array.from(trace, indexOf);
  for (let at = path.length - 1; at >= 0; at--) {
    const index = (path[at] as number) + 1;
    if (index < widthOf(trace[at] as number)) return [...path.slice(0, at), index];
  }
  return undefined;
}

function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
