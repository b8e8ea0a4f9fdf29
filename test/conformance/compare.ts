import { type Expectation, type Expected, INITIAL, type Result, type State } from "./scenario.ts";
import { equal, type Term } from "./term.ts";

/** What a step showed. `state` has every live process. */
export interface Observation {
  readonly result?: Result;
  readonly completed: Readonly<Record<string, Result>>;
  readonly deaths: Readonly<Record<string, Term>>;
  readonly state: ReadonlyMap<string, State>;
}

/** One part of a step that was not as expected: `result`, `completed`, `deaths`, `live`, `state.<label>.<field>` or `driver`. */
export interface Difference {
  readonly part: string;
  readonly expected: unknown;
  readonly observed: unknown;
}

/** What must be seen of each live process; mailboxes may have groups that are still open. */
export type States = ReadonlyMap<string, State>;

/** The states that must be seen after a step, from those before it. */
export function statesAfter(before: States, expect: Expectation): States {
  const after = new Map(before);
  for (const [label, state] of Object.entries(expect.state ?? {})) after.set(label, { ...INITIAL, ...state });
  for (const label of Object.keys(expect.deaths ?? {})) after.delete(label);
  return after;
}

/** Every difference of a step, `states` being those that must be seen after it. */
export function compare(expect: Expectation, states: States, observed: Observation): Difference[] {
  const parts: Difference[] = [
    { part: "result", expected: expect.result, observed: observed.result },
    { part: "completed", expected: expect.completed ?? {}, observed: observed.completed },
    { part: "deaths", expected: expect.deaths ?? {}, observed: observed.deaths },
    { part: "live", expected: [...states.keys()].sort(), observed: [...observed.state.keys()].sort() },
  ];
  const differences = parts.filter((part) => !equal(part.expected, part.observed));
  for (const [label, state] of states) {
    const seen = observed.state.get(label);
    if (seen !== undefined) differences.push(...compareStates(label, state, seen));
  }
  return differences;
}

function compareStates(label: string, expected: State, observed: State): Difference[] {
  const fields = Object.keys(INITIAL) as (keyof State)[];
  return fields
    .filter((field) =>
      field === "messages"
        ? !sameMessages(expected.messages, observed.messages as readonly Term[])
        : !equal(expected[field], observed[field]),
    )
    .map((field) => ({ part: `state.${label}.${field}`, expected: expected[field], observed: observed[field] }));
}

/** Whether a mailbox is one of those that are expected: a group stands for as many messages in any order. */
export function sameMessages(expected: readonly Expected[], observed: readonly Term[]): boolean {
  let at = 0;
  for (const item of expected) {
    const group = groupOf(item);
    if (!sameInAnyOrder(group, observed.slice(at, at + group.length))) return false;
    at += group.length;
  }
  return at === observed.length;
}

function groupOf(item: Expected): readonly Term[] {
  return typeof item === "object" && "any_order" in item ? item.any_order : [item];
}

function sameInAnyOrder(expected: readonly Term[], observed: readonly Term[]): boolean {
  const left = [...observed];
  return (
    expected.length === left.length &&
    expected.every((message) => {
      const at = left.findIndex((other) => equal(message, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}
