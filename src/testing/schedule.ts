import { CHOICE_SHIFT } from "../../assembly/layout.ts";
import { type Fault, readFault, writeFault } from "./faults.ts";

/** One choice that is not what the ordinary scheduler would have done: the `at`th choice of the run, and which was taken. */
export interface Deviation {
  readonly at: number;
  readonly index: number;
}

/**
 * A schedule: where a run leaves the ordinary order. All other choices are the first ones, so the empty schedule is the ordinary run, and the fewer deviations
 * there are, the easier a run is to follow.
 */
export type Schedule = readonly Deviation[];

/** The schedule of a run, from the core's trace. */
export function scheduleOf(trace: ArrayLike<number>): Deviation[] {
  const schedule: Deviation[] = [];
  for (let at = 0; at < trace.length; at++) {
    const index = (trace[at] as number) & ((1 << CHOICE_SHIFT) - 1);
    if (index !== 0) schedule.push({ at, index });
  }
  return schedule;
}

/** How many could have been chosen at each choice of a trace. */
export function widthOf(choice: number): number {
  return choice >>> CHOICE_SHIFT;
}

export function indexOf(choice: number): number {
  return choice & ((1 << CHOICE_SHIFT) - 1);
}

/** The choices one by one, as the core is given them. */
export function choicesOf(schedule: Schedule): number[] {
  const last = schedule.at(-1);
  const choices = new Array<number>(last === undefined ? 0 : last.at + 1).fill(0);
  for (const { at, index } of schedule) choices[at] = index;
  return choices;
}

/** A schedule and faults as a word: `5.1-12.3-k40.7`, or `0` for the ordinary run. */
export function writeSchedule(schedule: Schedule, faults: readonly Fault[] = []): string {
  if (schedule.length + faults.length === 0) return "0";
  return [...schedule.map(({ at, index }) => `${at}.${index}`), ...faults.map(writeFault)].join("-");
}

/** What `writeSchedule` wrote. *Throws* `TypeError` for anything else. */
export function readSchedule(text: unknown): { readonly schedule: Schedule; readonly faults: readonly Fault[] } {
  if (text === "0") return { schedule: [], faults: [] };
  const wrong = new TypeError(`simulate: expected a schedule as replay, like "5.1-12.3", got ${JSON.stringify(text)}`);
  if (typeof text !== "string") throw wrong;
  const faults: Fault[] = [];
  const schedule: Deviation[] = [];
  for (const part of text.split("-")) {
    const fault = readFault(part);
    if (fault !== undefined) {
      faults.push(fault);
      continue;
    }
    const [, at, index] = /^(\d{1,9})\.(\d{1,5})$/.exec(part) ?? [];
    if (at === undefined) throw wrong;
    schedule.push({ at: Number(at), index: Number(index) });
  }
  if (schedule.some(({ at }, i) => i > 0 && at <= (schedule[i - 1] as Deviation).at)) throw wrong;
  return { schedule, faults };
}
