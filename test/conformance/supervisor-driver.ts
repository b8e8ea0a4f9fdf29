import { type Difference, sameMessages } from "./compare.ts";
import type { Failure } from "./driver.ts";
import type { SupervisorExpectation, SupervisorScenario } from "./supervisor-scenario.ts";
import { SupervisorWorld } from "./supervisor-world.ts";
import { equal } from "./term.ts";
import type { Ways } from "./world.ts";

/** Performs a scenario for supervisors. Step 0 is the start of the supervisor. */
export async function runSupervisor(
  scenario: SupervisorScenario,
  ways: Ways,
  onStep: (step: number) => void,
): Promise<Failure | undefined> {
  onStep(0);
  const world = new SupervisorWorld(scenario, ways);
  let children: unknown;
  for (const [number, action] of [undefined, ...scenario.steps].entries()) {
    onStep(number);
    const wasRunning = world.exit === undefined;
    const result = action === undefined ? await world.begin() : await world.act(action);
    const expect = action?.expect ?? scenario.init;
    if (expect.children !== undefined) children = expect.children;
    const differences = compare({ ...expect, children }, await observe(world, result, wasRunning));
    if (differences.length > 0) return { step: number, differences };
  }
  return undefined;
}

async function observe(world: SupervisorWorld, result: unknown, wasRunning: boolean): Promise<SupervisorExpectation> {
  const events = world.takeEvents();
  const children = await world.children();
  return { result, events, children, ...(wasRunning && world.exit !== undefined && { sup_exit: world.exit }) };
}

function compare(expected: SupervisorExpectation, observed: SupervisorExpectation): Difference[] {
  const parts = (["result", "children", "sup_exit"] as const).map((part) => ({
    part,
    expected: expected[part],
    observed: observed[part],
  }));
  const differences: Difference[] = parts.filter((part) => !equal(part.expected, part.observed));
  const events = expected.events ?? [];
  // Groups of events are as those of messages.
  if (!sameMessages(events as never, observed.events as never))
    differences.unshift({ part: "events", expected: events, observed: observed.events });
  return differences;
}
