import type { Deviation, Schedule } from "./schedule.ts";

/** Whether a run by a schedule fails in the same way; and how it then really went, which may be shorter. */
export type Attempt = (schedule: Schedule) => Promise<Schedule | undefined>;

/** So many runs at most. */
const ATTEMPTS = 3000;
/** Up to so many choices every single deviation is tried. */
const SINGLE = 400;

/**
 * Makes a failing schedule as small as it gets: first whole parts of it are left out, then smaller ones, until none of its deviations can go; then single
 * deviations are tried in the place of what is left, or of two of them. Source: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input",
 * 2002 (ddmin).
 *
 * @param widths how many could have been chosen at each choice of the ordinary run.
 */
export async function shrink(schedule: Schedule, widths: readonly number[], attempt: Attempt): Promise<Schedule> {
  let left = ATTEMPTS;
  const fails: Attempt = async (candidate) => (left-- > 0 ? attempt(candidate) : undefined);
  const ordinary = await fails([]);
  if (ordinary !== undefined) return [];
  let best = await withoutParts(schedule, fails);
  if (best.length > 1) best = (await single(widths, best.length, fails)) ?? best;
  if (best.length > 1) best = await merged(best, widths, fails);
  return earlier(best, fails);
}

async function withoutParts(schedule: Schedule, fails: Attempt): Promise<Schedule> {
  let best = schedule;
  let size = Math.ceil(best.length / 2);
  while (best.length > 0) {
    let found = false;
    // From the end: what comes late is most often of no importance, and leaving it out changes nothing before it.
    for (let end = best.length; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      const shorter = await fails([...best.slice(0, start), ...best.slice(end)]);
      if (shorter !== undefined && shorter.length < best.length) {
        best = shorter;
        found = true;
        end = Math.min(end, best.length + size);
      }
    }
    if (size === 1 && !found) break;
    if (!found || size > best.length) size = Math.max(1, Math.floor(size / 2));
  }
  return best;
}

/** A schedule of one deviation, if one will do. */
async function single(widths: readonly number[], than: number, fails: Attempt): Promise<Schedule | undefined> {
  for (let at = 0; at < Math.min(widths.length, SINGLE); at++) {
    for (let index = 1; index < (widths[at] as number); index++) {
      const shorter = await fails([{ at, index }]);
      if (shorter !== undefined && shorter.length < than) return shorter;
    }
  }
  return undefined;
}

/** One deviation in the place of two, until no two can be replaced. */
async function merged(schedule: Schedule, widths: readonly number[], fails: Attempt): Promise<Schedule> {
  let best = schedule;
  for (let found = true; found && best.length > 1; ) {
    found = false;
    for (const candidate of mergers(best, widths)) {
      const shorter = await fails(candidate);
      if (shorter === undefined || shorter.length >= best.length) continue;
      best = shorter;
      found = true;
      break;
    }
  }
  return best;
}

/** All schedules with one deviation, no later than the last, for two of these. */
function* mergers(best: Schedule, widths: readonly number[]): Generator<Schedule> {
  for (let first = 0; first < best.length; first++) {
    for (let second = first + 1; second < best.length; second++) {
      const rest = best.filter((_, i) => i !== first && i !== second);
      const end = Math.min((best.at(-1) as Deviation).at + 1, SINGLE);
      for (let at = 0; at < end; at++) {
        if (rest.some((each) => each.at === at)) continue;
        for (let index = 1; index < (widths[at] ?? 3); index++) {
          yield [...rest, { at, index }].sort((a, b) => a.at - b.at);
        }
      }
    }
  }
}

/** Smaller numbers where they do as well. */
async function earlier(schedule: Schedule, fails: Attempt): Promise<Schedule> {
  let best = schedule;
  for (let i = 0; i < best.length; i++) {
    const { at, index } = best[i] as Deviation;
    for (let smaller = 1; smaller < index; smaller++) {
      const tried = await fails([...best.slice(0, i), { at, index: smaller }, ...best.slice(i + 1)]);
      if (tried !== undefined && tried.length <= best.length) {
        best = tried;
        break;
      }
    }
  }
  return best;
}
