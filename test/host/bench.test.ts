import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compare } from "../../bench/changes.ts";
import { grow, type Program, type Sample } from "../../bench/measure.ts";
import { program as async } from "../../bench/programs/async.ts";
import { program as callback } from "../../bench/programs/callback.ts";
import { otp } from "../../bench/programs/generator/otp.ts";
import { program as generator } from "../../bench/programs/generator.ts";
import { program as handwritten } from "../../bench/programs/handwritten.ts";
import { program as loop } from "../../bench/programs/loop.ts";
import type { Results } from "../../bench/results.ts";
import { report } from "../../bench/table.ts";
import { memoryTargets, targets } from "../../bench/targets.ts";
import { workloads } from "../../bench/workloads.ts";
import { lines, runProgram } from "./seed/program.ts";

// How fast they are is not asked here. Each workload checks its own result, and throws when it is wrong.

const programs: Record<string, Program> = { generator, loop, async, handwritten, callback };

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

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "beamlet-bench-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("generator bodies have all workloads but the huge ones", () => {
  const most = workloads.filter(({ isHuge }) => !isHuge).map(({ name }) => name);
  expect(Object.keys(generator).toSorted()).toEqual(most.toSorted());
});

const OTP = Object.keys(otp);

test("the BEAM has the same but OTP's, and they come to the right result", (context) => {
  const compiled = spawnSync("erlc", ["-o", directory, "bench/programs/beamlet_bench.erl"], { encoding: "utf8" });
  if (compiled.error !== undefined) context.skip("absent: erlc");
  expect(compiled.stdout + compiled.stderr).toBe("");
  const kernels = Object.keys(generator).filter((name) => !OTP.includes(name));
  const check = kernels.map((name) => `[{ops, _} | _] = beamlet_bench:workload(${name}, ${SIZE})`);
  const { stderr, status } = spawnSync(
    "erl",
    // One scheduler, as where it is measured: what the workloads take for granted of who runs first holds for one.
    [
      "+S",
      "1:1",
      "-noshell",
      "-pa",
      directory,
      "-eval",
      `${check.join(", ")}, none = beamlet_bench:workload(no, 1), halt().`,
    ],
    { encoding: "utf8", timeout: 50_000 },
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test.for(OTP)("Elixir has %s, too", (name, context) => {
  const args = ["--erl", "+S 1:1", "bench/programs/beamlet_bench.exs", name, "fixed", "10", `${SIZE}`];
  const { error, stdout, stderr } = spawnSync("elixir", args, { encoding: "utf8", timeout: 50_000 });
  if (error !== undefined) context.skip("absent: elixir");
  expect(stderr).toBe("");
  expect((JSON.parse(stdout) as Sample).ops).toBeGreaterThanOrEqual(SIZE);
});

// ── How it measures ──

/** 10 ns an op; `sizes` are those it was run with. */
function tenNs() {
  const sizes: number[] = [];
  const run = (n: number) => {
    sizes.push(n);
    return { ops: n, ns: n * 10 };
  };
  return { run, sizes };
}

test("a run grows until it lasts the target time, and a second one of that size counts", async () => {
  const { run, sizes } = tenNs();
  expect(await grow(run, 10, 80_000, 1e9)).toEqual({ ops: 10_000, ns: 100_000 });
  expect(sizes).toEqual([10, 100, 1000, 10_000, 10_000]);
});

test("or until it is as large as it may be", async () => {
  const { run, sizes } = tenNs();
  expect(await grow(run, 10, 80_000, 500)).toEqual({ ops: 500, ns: 5000 });
  expect(sizes).toEqual([10, 100, 500, 500]);
});

// ── What it prints ──

/** Of one op each. */
function samples(...figures: number[]): Sample[] {
  return figures.map((ns) => ({ ops: 1, ns }));
}

function results(of: Results["samples"]): Results {
  const systems = new Set(Object.values(of).flatMap((row) => Object.keys(row)));
  return {
    date: "2026-01-01T00:00:00.000Z",
    machine: "1 × a machine",
    systems: Object.fromEntries([...systems].map((name) => [name, `what ${name} is`])),
    workloads: Object.fromEntries(Object.keys(of).map((name) => [name, `what ${name} does`])),
    samples: of,
  };
}

/** The rows of a Markdown table that begin with `first`, as cells. */
function rows(text: string, first: string): string[][] {
  return lines(text)
    .filter((line) => line.startsWith(`| ${first} |`))
    .map((line) => line.slice(2, -2).split(" | "));
}

test("a cell has the median, the range and the ratios to the BEAM and to the ceiling", () => {
  const text = report(
    results({
      ping_pong: {
        erlang: samples(90, 100, 110),
        generator: samples(20, 40, 30),
        loop: samples(5),
        handwritten: samples(60, 60),
        callback: samples(10),
      },
    }),
  );
  expect(rows(text, "ping_pong")[0]).toEqual([
    "ping_pong",
    "100 (90–110)",
    "30 (20–40) · **0.30** · 0.50",
    "5 (5–5) · **0.05** · 0.50",
    "60 (60–60) · **0.60**",
    "10 (10–10) · **0.10**",
  ]);
});

test("a target is met, missed, or was not measured", () => {
  const text = report(
    results({
      ping_pong: { erlang: samples(100), generator: samples(20), loop: samples(20), handwritten: samples(10) },
    }),
  );
  expect(rows(text, "ping_pong").slice(1)).toEqual([
    ["ping_pong", "generator", "0.200", "0.20", "met", "2.000", "1.00", "**missed**"],
    ["ping_pong", "loop", "0.200", "0.09", "**missed**", "–", "0.90", "not measured"],
  ]);
});

test("so it is on each Node, by the systems of that Node", () => {
  const text = report(
    results({
      counting: {
        erlang: samples(100),
        "generator v20": samples(40),
        "generator v24": samples(30),
        "handwritten v20": samples(100),
        "handwritten v24": samples(50),
      },
    }),
  );
  expect(rows(text, "counting").slice(1)).toEqual([
    ["counting", "generator v20", "0.400", "0.35", "**missed**", "0.400", "0.40", "met"],
    ["counting", "generator v24", "0.300", "0.35", "met", "0.600", "0.40", "**missed**"],
  ]);
});

test("memory has a table and targets of its own", () => {
  const text = report(
    results({
      spawn_idle: {
        erlang: [{ ops: 1000, ns: 1, bytes: 2720, wake: 900 }],
        generator: [{ ops: 1000, ns: 1, bytes: 400.4, wake: 300 }],
      },
      queue_one: { generator: [{ ops: 1000, ns: 1, bytes: 20 }] },
    }),
  );
  expect(rows(text, "erlang")).toEqual([["erlang", "1,000", "2,720 (2,720–2,720)", "900 (900–900)", "–"]]);
  expect(rows(text, "generator")).toEqual([["generator", "1,000", "400 (400–400)", "300 (300–300)", "20 (20–20)"]]);
  expect(rows(text, "spawn_idle").at(-1)).toEqual(["spawn_idle", "generator", "400", "360", "**missed**"]);
  // Its time is nobody's concern.
  expect(rows(text, "queue_one")).toEqual([["queue_one", "generator", "20", "24", "met"]]);
});

test("every target is of a workload and a system that there are", () => {
  for (const { workload, system } of [...targets, ...memoryTargets]) {
    expect(Object.keys(programs[system] as Program), system).toContain(workload);
  }
});

// ── What changed ──

/** What `compare` says of ping_pong on generator bodies: the system that it takes as the measure, the change, the verdict. */
function verdict(base: Results["samples"][string], head: Results["samples"][string]) {
  const { text, worst } = compare(results({ ping_pong: base }), results({ ping_pong: head }));
  return { said: rows(text, "ping_pong").map((row) => row.slice(-3)), worst };
}

test("a slower machine is no change", () => {
  const { said, worst } = verdict(
    { erlang: samples(100, 101, 102), generator: samples(20, 21, 22) },
    { erlang: samples(200, 202, 204), generator: samples(40, 42, 44) },
  );
  expect(said).toEqual([["erlang", "0 %", "noise"]]);
  expect(worst).toBe(1);
});

test("what takes longer than before, as multiples of the BEAM, got worse", () => {
  const { said, worst } = verdict(
    { erlang: samples(100), generator: samples(20, 21, 22) },
    { erlang: samples(100), generator: samples(30, 42, 43) },
  );
  expect(said).toEqual([["erlang", "+100 %", "**worse**"]]);
  expect(worst).toBe(2);
});

test("while the ranges overlap it is noise", () => {
  const { said, worst } = verdict(
    { erlang: samples(100), generator: samples(20, 21, 32) },
    { erlang: samples(100), generator: samples(30, 42, 43) },
  );
  expect(said).toEqual([["erlang", "+100 %", "noise"]]);
  expect(worst).toBe(1);
});

test("without the BEAM the hand-written scheduler is the measure", () => {
  const { said } = verdict(
    { handwritten: samples(10), generator: samples(20) },
    { handwritten: samples(20), generator: samples(20) },
  );
  expect(said).toEqual([["handwritten", "−50 %", "better"]]);
});

test("bytes have no measure but themselves, and the worst comes first", () => {
  const { text } = compare(
    results({ spawn_idle: { erlang: samples(10), generator: [{ ops: 1, ns: 10, bytes: 100 }] } }),
    results({ spawn_idle: { erlang: samples(10), generator: [{ ops: 1, ns: 5, bytes: 150 }] } }),
  );
  expect(rows(text, "spawn_idle").map((row) => row.slice(2))).toEqual([
    ["B", "100 (100–100)", "150 (150–150)", "", "+50 %", "**worse**"],
    ["ns", "10 (10–10)", "5 (5–5)", "erlang", "−50 %", "better"],
  ]);
});

// ── The commands ──

const bench = (...args: string[]) => runProgram("bench/index.ts", ...args);
const benchCompare = (...args: string[]) => runProgram("bench/compare.ts", ...args);

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test("bench prints a table and writes every sample", async () => {
  const json = join(directory, "results.json");
  const { exitCode, stdout, stderr } = await bench(
    ...["--only", "^(ping_pong|whereis)$", "--systems", "generator,loop,handwritten", "--nodes", "node"],
    ...["--rounds", "2", "--target", "1", "--json", json],
  );
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const { samples } = JSON.parse(readFileSync(json, "utf8")) as Results;
  const counts = Object.entries(samples).map(([name, row]) => [name, Object.values(row).map(({ length }) => length)]);
  // A loop can't look up names.
  expect(counts).toEqual([
    ["ping_pong", [2, 2, 2]],
    ["whereis", [2, 2]],
  ]);
  expect(rows(stdout, "ping_pong")[0]).toHaveLength(4);
  expect(rows(stdout, "whereis")[0]?.[2]).toBe("–");
});

test.each([
  ["an unknown option", ["--bogus"], /bogus/],
  ["no regular expression", ["--only", "("], /^--only: /],
  ["no workload", ["--only", "^nothing$"], /^--only \^nothing\$ leaves none of ping_pong, /],
  ["a huge workload, unless it is asked for by its name", ["--only", "10m$"], /leaves none/],
  ["an unknown system", ["--systems", "generator,prolog"], /^--systems: expected some of erlang, .*, got prolog/],
  ["no number of rounds", ["--rounds", "some"], /^--rounds: expected a number above 0, got some/],
  ["half a round", ["--rounds", "1.5"], /^--rounds: expected a whole number, got 1.5/],
  ["no time", ["--target", "0"], /^--target: expected a number above 0, got 0/],
  ["a Node that is none", ["--nodes", "./no/node"], /^--nodes: \.\/no\/node does not run: /],
  [
    "two Nodes that would have one name",
    ["--nodes", "node,node"],
    /^--nodes: expected one of each major version, got v/,
  ],
  [
    "a file that can't be written",
    ["--json", "no/such/place.json", "--only", "ping_pong", "--systems", "handwritten", "--nodes", "node"],
    /^--json: ENOENT/,
  ],
])("bench refuses %s", async (_what, args, says) => {
  const { exitCode, stdout, stderr } = await bench(...args);
  expect(stderr).toMatch(says);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test("bench:compare fails when it is told to, and only then", async () => {
  const base = write("base.json", JSON.stringify(results({ ping_pong: { generator: samples(20) } })));
  const head = write("head.json", JSON.stringify(results({ ping_pong: { generator: samples(23) } })));
  const outcomes = await Promise.all([
    benchCompare(base, head),
    benchCompare(base, head, "--fail-above", "20"),
    benchCompare(base, head, "--fail-above", "10"),
  ]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 1]);
  expect(outcomes.map(({ stderr }) => stderr)).toEqual(["", "", "something got worse by 15 %\n"]);
  for (const { stdout } of outcomes) expect(rows(stdout, "ping_pong")).toHaveLength(1);
});

test.each([
  ["one file", ["base.json"], /^expected two files/],
  ["three files", ["a.json", "b.json", "c.json"], /^expected two files/],
  ["a file that is not there", ["no.json", "no.json"], /^no\.json: ENOENT/],
  ["a file of something else", ["package.json", "package.json"], /^package\.json: expected what npm run bench/],
  ["no percentage", ["a.json", "b.json", "--fail-above", "much"], /^--fail-above: expected a number above 0, got much/],
])("bench:compare refuses %s", async (_what, args, says) => {
  const { exitCode, stdout, stderr } = await benchCompare(...args);
  expect(stderr).toMatch(says);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});
