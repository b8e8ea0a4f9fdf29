import { expect, test } from "vitest";
import { Supervisor } from "../../src/index.ts";
import { announce, patience, seed } from "../model/random.ts";
import { ownRuntime } from "../semantics/support/own-runtime.ts";
import { FiringRange } from "./support/firing-range.ts";

// A tree of every kind of supervisor is shot at. A model, which knows nothing but the rules of Erlang's supervisors, tells what has to become of
// it: who runs, in which order, and how often each was started, by which restarts that were one too many are seen as well. Of volleys,
// and of killed supervisors below which names are held for a while, it can't: then the tree must be one that the specs allow.

const FILE = "test/otp/trees-under-fire.test.ts";
const SUPERVISORS = 50;
const WORKERS = 500;
const KILLS = 10_000;

announce(FILE);

test("a tree that is shot at ten thousand times is always what its specs say", { timeout: 10 * patience }, async () => {
  const own = ownRuntime({ development: false });
  const range = await FiringRange.make(own, seed, SUPERVISORS, WORKERS);
  expect(own.runtime.processes()).toHaveLength(SUPERVISORS + WORKERS + 1);
  try {
    for (let round = 1; range.kills < KILLS; round++) {
      range.fire();
      if (round % 100 > 0) continue;
      range.lookClosely();
      expect((own.runtime as unknown as { check(): number }).check()).toBe(0);
    }
  } catch (error) {
    const again = `BEAMLET_SEED=${seed} npx vitest run --project node ${FILE}`;
    throw new Error(`after ${range.kills} kills: ${(error as Error).message}\nagain: ${again}`, { cause: error });
  }
  range.lookClosely();
  expect(range.told.volleys).toBeGreaterThan(100);
  expect(range.told.killedSupervisors).toBeGreaterThan(100);
  expect(range.model.gaveUp).toBeGreaterThan(100);

  // Nothing is left when it has ended.
  const { runtime, pass } = own;
  runtime.spawn(function* () {
    yield* Supervisor.stop(range.root);
  });
  for (let i = 0; i < WORKERS; i++) pass(1);
  expect(runtime.processes()).toEqual([runtime.self()]);
  expect(runtime.registered()).toEqual([]);
});
