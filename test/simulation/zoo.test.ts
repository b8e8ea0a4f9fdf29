import { SimulationError, type Strategy, simulate } from "beamlet/testing";
import { afterAll, describe, expect, test } from "vitest";
import type { Exhibit } from "./exhibit.ts";
import { exhibits } from "./exhibits.ts";
import { runOrdinarily } from "./ordinary.ts";

// Each program of the zoo passes as long as the ordinary scheduler runs it. A simulation must find its bug, tell it by a short schedule, and find nothing in
// the corrected program.

interface Host {
  readonly process?: {
    readonly env?: Record<string, string | undefined>;
    readonly versions?: Record<string, string | undefined>;
  };
}
const { env = {}, versions = {} } = (globalThis as Host).process ?? {};
const isNode20 = versions["node"]?.startsWith("20.") && versions["bun"] === undefined && versions["deno"] === undefined;
const extent = env["BEAMLET_ZOO"] ?? (isNode20 ? "usual" : "quick");

/** How many seeds a corrected program must survive. */
const SURVIVED = { random: extent === "quick" ? 300 : 10_000, pct: extent === "full" ? 10_000 : 300 };
/** ms, for slow machines. */
const PATIENCE = 600_000;
const WITHIN = 1000;
const REPLAYS = 100;
const STRATEGIES = ["random", "pct"] as const satisfies Strategy[];

const rows: string[][] = [];

async function failure({ broken, options }: Exhibit, strategy: Strategy, replay?: string): Promise<SimulationError> {
  const how = { ...options, strategy, seeds: WITHIN, ...(replay !== undefined && { replay }) };
  const error: unknown = await simulate(broken, how).then(
    () => new Error(`no failure in ${WITHIN} seeds`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SimulationError) return error;
  throw error;
}

/** What stands in a failure's line that does it again. */
function replayOf(error: SimulationError): string {
  const [, replay] = /replay: "([^"]*)"/.exec(error.replay) ?? [];
  if (replay === undefined) throw new Error(`no replay in ${error.replay}`);
  return replay;
}

describe.each(exhibits)("$name", (exhibit) => {
  const { name, finds, options, broken, fixed } = exhibit;

  test("passes under the ordinary scheduler", async () => {
    const expects = options?.expectCrashes ?? (() => false);
    await runOrdinarily(broken, expects);
    await runOrdinarily(fixed, expects);
    // What a simulation takes for the ordinary order.
    await simulate(broken, { ...options, replay: "0" });
  });

  test.each(STRATEGIES)("%s finds it, and makes it small; its replay is the same each time", async (strategy) => {
    const found = await failure(exhibit, strategy);
    const { kind, message, schedule, first } = found;
    rows.push([name, strategy, kind, `${found.runs}`, `${first.length} → ${schedule.length}`]);
    expect(kind).toBe(finds.kind);
    expect(message).toContain(finds.text);
    expect(schedule.length).toBeLessThanOrEqual(first.length / 3);
    for (let i = 0; i < REPLAYS; i++) {
      const again = await failure(exhibit, strategy, replayOf(found));
      expect([again.kind, again.failure.title, again.fingerprint]).toEqual([
        kind,
        found.failure.title,
        found.fingerprint,
      ]);
    }
  });

  test.each(STRATEGIES)(
    "%s finds nothing in the corrected program",
    async (strategy) => {
      const seeds = SURVIVED[strategy];
      expect((await simulate(fixed, { ...options, strategy, seeds })).runs).toBe(seeds);
    },
    PATIENCE,
  );
});

afterAll(() => {
  const table = [["bug", "strategy", "failure", "seeds", "choices out of the ordinary"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  const survived = `corrected programs: ${SURVIVED.random} seeds by random, ${SURVIVED.pct} by pct`;
  const more = extent === "full" ? "" : "; BEAMLET_ZOO=full runs 10000 by both";
  console.log(`${table.map((row) => line(row).trimEnd()).join("\n")}\n${survived}${more}`);
});
