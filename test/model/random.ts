import fc from "fast-check";

const { env = {} } = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process ?? {};

/** The seed of a run's random tests: BEAMLET_SEED, or another one each time. */
export const seed: number =
  env["BEAMLET_SEED"] === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(env["BEAMLET_SEED"]);

/** How many times as many runs as usual: for a long search. */
const more = Number(env["BEAMLET_RUNS"] ?? 1);

/** How long such a search may take, ms. */
export const patience: number = 60_000 * more;

/** Which run of a seed to begin with: what a failure prints. */
const path = env["BEAMLET_PATH"];

/** Tells which seed a file's tests run with. Call it once for a file, at its top. */
export function announce(file: string): void {
  console.log(`${file}: BEAMLET_SEED=${seed}`);
}

/** Options for `fc.assert` in `file`: the seed, and the command that runs a failure again. */
export function options<T>(file: string, numRuns: number): fc.Parameters<T> {
  const where = path === undefined ? {} : { path };
  return { seed, numRuns: numRuns * more, ...where, reporter: (details) => report(file, details) };
}

/** The same for a property that is asynchronous. */
export function asyncOptions<T>(file: string, numRuns: number): fc.Parameters<T> {
  const { reporter: _, ...others } = options<T>(file, numRuns);
  return { ...others, asyncReporter: async (details) => report(file, details) };
}

function report<T>(file: string, details: fc.RunDetails<T>): void {
  if (!details.failed) return;
  const again = `npx vitest run --project node ${file}`;
  // Its first number is the run's; the others are steps of shrinking, which commands can't take again.
  const [at] = details.counterexamplePath?.split(":") ?? [];
  throw new Error(
    `again: BEAMLET_SEED=${details.seed} ${again}\n` +
      `only the run that failed: BEAMLET_SEED=${details.seed} BEAMLET_PATH=${at} ${again}\n` +
      fc.defaultReportMessage(details as never),
    { cause: details.errorInstance },
  );
}
