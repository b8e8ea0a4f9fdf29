import { compare, type Difference, type States, statesAfter } from "./compare.ts";
import { Machine } from "./machine.ts";
import { type AnyScenario, INITIAL, isForSupervisor, type Scenario, type Step } from "./scenario.ts";
import { runSupervisor } from "./supervisor-driver.ts";
import { type Ways, World } from "./world.ts";

/** A scenario that went otherwise than on the BEAM. */
export interface Failure {
  /** The number of the step, from 1; 0 when the processes could not even be made. */
  readonly step: number;
  /** At least one. */
  readonly differences: readonly Difference[];
}

/** How many processes a shared machine has room for; no scenario has more alive. */
const SHARED_SIZE = 100;

/** Performs scenarios, one at a time. */
export class Driver {
  readonly #ways: Ways;
  #machine: Machine | undefined;

  constructor(ways: Ways = {}) {
    this.#ways = ways;
  }

  /**
   * Performs a scenario. Ends at the first step that differs: what follows has no meaning. `onStep` is told of every step
   * before it is performed.
   */
  async run(scenario: AnyScenario, onStep: (step: number) => void = () => {}): Promise<Failure | undefined> {
    let number = 0;
    const noteStep = (step: number) => {
      number = step;
      onStep(step);
    };
    try {
      return await (isForSupervisor(scenario)
        ? runSupervisor(scenario, this.#ways, noteStep)
        : this.#runProcesses(scenario, noteStep));
    } catch (error) {
      return driverFailure(number, error);
    }
  }

  async #runProcesses(scenario: Scenario, onStep: (step: number) => void): Promise<Failure | undefined> {
    const shared = this.#ways.world === "shared";
    const machine = this.#machine ?? new Machine(shared ? { maxProcesses: SHARED_SIZE } : {});
    this.#machine = undefined;
    onStep(0);
    const world = new World(machine, scenario.names, this.#ways);
    await world.populate(scenario.procs);
    let states: States = new Map(scenario.procs.map((label) => [label, INITIAL]));
    for (const [i, step] of scenario.steps.entries()) {
      onStep(i + 1);
      states = statesAfter(states, step.expect);
      const differences = await runStep(step, states, world);
      if (differences.length > 0) return { step: i + 1, differences };
    }
    await world.clear();
    // One that a scenario failed on is not used again.
    if (shared) this.#machine = machine;
    return undefined;
  }
}

/** The failure of a scenario that could not be performed to its end. */
export function driverFailure(step: number, error: unknown): Failure {
  const observed = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return { step, differences: [{ part: "driver", expected: "no error", observed }] };
}

async function runStep(step: Step, states: States, world: World): Promise<Difference[]> {
  const cannot = step.op === "advance" ? undefined : world.cannotAct(step.by);
  if (step.op === "advance") await world.advance(step.ms);
  else if (cannot === undefined) await world.perform(step.by, step);

  const { results, deaths } = world.takeEvents();
  const living = world.living();
  const completed = [...results].filter(
    ([label]) => !deaths.has(label) && (step.op === "advance" || label !== step.by),
  );
  return compare(step.expect, states, {
    ...(step.op !== "advance" && { result: resultOf(step.by) }),
    completed: byLabel(completed),
    deaths: byLabel(deaths),
    state: new Map(living.map((label) => [label, world.state(label)])),
  });

  function resultOf(actor: string) {
    if (cannot !== undefined) return { skipped: cannot };
    if (deaths.has(actor)) return { died: true } as const;
    return results.get(actor) ?? ({ blocked: true } as const);
  }
}

/** The order of labels, since that of events is the host's. */
function byLabel<T>(entries: Iterable<[string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
