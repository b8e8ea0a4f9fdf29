import { expect, test } from "vitest";
import { root } from "../docs/block.ts";
import { execute } from "../docs/program.ts";
import { absent, command, DOWNLOAD, type Ended, findBun, findDeno, findNode } from "./command.ts";

// The same suite under each framework, against the built package: what passes, what fails, and what is said of it.

const programs = `${root}/test/host/testing/programs`;

const PASSING = [
  "a generator body",
  "an async body",
  "a day of virtual time",
  "the host's code, in a runtime of its own",
  "the default runtime, with a context",
  "nothing is left of it",
];

/** What fails, and the lines that say why. */
const FAILING: Readonly<Record<string, readonly string[]>> = {
  "no message": [
    "Assertion failed, no matching message after 10ms",
    'pattern: ["count", P.number]',
    "Showing 1 of 1 message in the mailbox",
    'value: ["count", "one"]  ([1]: expected P.number, got "one")',
  ],
  "no message in the host's code": [
    "Assertion failed, no matching message after 1ms",
    'pattern: "never"',
    "The process mailbox is empty.",
  ],
  "a linked crash": ["the test's process exited with reason: an exception was raised:", "** (Error) boom"],
  "a child that does not start": [
    'startSupervised: failed to start the child "disk".',
    "Reason: an exception was raised:",
    "** (Error) boom",
  ],
  "a crash beside it": ["has exited with another reason", 'pattern: "normal"', "reason: Error: the worker fails"],
  "a simulation": ["assertion: Error: b came first", "replay: await simulate(scenario, { replay:"],
};

/** Expects what must be the same under all of them. */
function compare({ stdout, stderr }: Ended, passed: RegExp, failed: RegExp): void {
  const names = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, name]) => name);
  expect(names(passed)).toEqual(PASSING);
  expect(names(failed)).toEqual(Object.keys(FAILING));
  const text = (stdout + stderr).replaceAll('\\"', '"');
  for (const line of Object.values(FAILING).flat()) expect(text).toContain(line);
  expect(text).toMatch(
    /\d\d:\d\d:\d\d\.\d{3} \[error\] Process #PID<\S+> raised an exception\s+\*\* \(Error\) the worker fails/,
  );
  // Of the others nothing is reported: they are the tests' own failures.
  expect(text.match(/\[error\] Process .* raised an exception\s+\*\* \(Error\) boom/g)).toBeNull();
}

test("node:test", async () => {
  const node = await findNode();
  if (node === undefined) return absent("node");
  const ended = await command(node[0] as string, ["--test-reporter=tap", `${programs}/node-test.mjs`]);
  compare(ended, /^ok \d+ - (.*)$/gm, /^not ok \d+ - (.*)$/gm);
  expect(ended.exitCode).toBe(1);
});

test(
  "Deno.test, whose sanitizers find nothing left behind",
  async () => {
    const deno = await findDeno();
    if (deno === undefined) return absent("deno");
    const [file = "", ...args] = deno;
    const ended = await command(file, [...args, "test", "-A", "--no-lock", "--no-check", `${programs}/deno-test.mjs`]);

    compare(ended, /^(.*) \.\.\. ok/gm, /^(.*) \.\.\. FAILED/gm);
    expect(ended.stdout).not.toMatch(/Leaks detected/i);
    expect(ended.exitCode).toBe(1);
  },
  DOWNLOAD,
);

test(
  "bun test",
  async () => {
    const bun = await findBun();
    if (bun === undefined) return absent("bun");
    const [file = "", ...args] = bun;
    // The tests' own tsconfig.json would lead it to the sources.
    const ended = await command(file, [
      ...args,
      "test",
      `--tsconfig-override=${root}/tsconfig.json`,
      `${programs}/bun-suite.mjs`,
    ]);
    compare({ ...ended, stdout: ended.stderr }, /^\(pass\) (.*?) \[[\d.]+ms\]$/gm, /^\(fail\) (.*?) \[[\d.]+ms\]$/gm);
    expect(ended.exitCode).toBe(1);
  },
  DOWNLOAD,
);

test("Vitest, with Beamlet's reporter", async () => {
  const ended = await execute([
    `${root}/node_modules/vitest/vitest.mjs`,
    "run",
    "--config",
    `${programs}/vitest.config.mjs`,
  ]);
  compare(ended, /^ok \d+ - \S+ > (.*?) # time.*$/gm, /^not ok \d+ - \S+ > (.*?) # time.*$/gm);
  const [, ...sections] = `${ended.stdout}${ended.stderr}`.split(/^── vitest-suite\.mjs > /m);
  expect(sections.map((section) => section.slice(0, section.indexOf(" ──")))).toEqual([
    "a crash beside it",
    "a simulation",
  ]);
  expect(sections[0]).toContain("A process went down:");
  expect(sections[0]).toContain("** (Error) the worker fails");
  expect(sections[1]).toContain(
    "Simulation failed: assertion: Error: b came first\n  seed:   1 (run 1)\n  replay: await simulate(",
  );
  expect(sections[1]).toMatch(/step +ms +scenario/);
  expect(ended.exitCode).toBe(1);
});
