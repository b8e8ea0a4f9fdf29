import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Program } from "../../bench/measure.ts";
import { program as async } from "../../bench/programs/async.ts";
import { program as generator } from "../../bench/programs/generator.ts";
import { program as handwritten } from "../../bench/programs/handwritten.ts";
import { program as loop } from "../../bench/programs/loop.ts";
import { workloads } from "../../bench/workloads.ts";

// How fast they are is not asked here. Each workload checks its own result, and throws when it is wrong.

const programs: Record<string, Program> = { generator, loop, async, handwritten };

/** Small, and a power of ten, which skynet needs. */
const SIZE = 100;

const NAMES = workloads.map(({ name }) => name);

test.each(Object.entries(programs))("the workloads of %s come to the right result", async (_name, program) => {
  for (const [name, run] of Object.entries(program)) {
    expect(NAMES).toContain(name);
    const sample = await run(SIZE);
    expect(sample.ops, name).toBeGreaterThanOrEqual(SIZE);
    expect(sample.ns, name).toBeGreaterThanOrEqual(0);
  }
});

test("generator bodies have all workloads", () => {
  expect(Object.keys(generator).toSorted()).toEqual(NAMES.toSorted());
});

test("so has the BEAM", (context) => {
  const directory = mkdtempSync(join(tmpdir(), "beamlet-bench-"));
  try {
    const compiled = spawnSync("erlc", ["-o", directory, "bench/programs/beamlet_bench.erl"], { encoding: "utf8" });
    if (compiled.error !== undefined) context.skip("absent: erlc");
    expect(compiled.stdout + compiled.stderr).toBe("");
    const check = NAMES.map((name) => `[{ops, _} | _] = beamlet_bench:workload(${name}, ${SIZE})`);
    const { stderr, status } = spawnSync(
      "erl",
      ["-noshell", "-pa", directory, "-eval", `${check.join(", ")}, none = beamlet_bench:workload(no, 1), halt().`],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
