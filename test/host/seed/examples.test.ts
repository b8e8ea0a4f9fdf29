import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { expect, test, vi } from "vitest";
import { Output } from "../../../examples/tour/output.ts";
import { lines, type Outcome, runProgram } from "./program.ts";

const folder = new URL("../../../examples/", import.meta.url);
const PID = String.raw`#PID<0\.\d+\.0>`;

/** What each script writes to stdout; crash.test.ts looks at the two that crash. */
const scripts: Record<string, (string | RegExp)[]> = {
  "01-spawn.ts": [
    new RegExp(`^spawn returned ${PID}$`),
    "hello from a process",
    "hello, Joe",
    "hello, Robert",
    "DOWN: the last one ended, normal",
  ],
  "02-mailboxes.ts": ["Got ping", "Got pong back", "pear", /^\[ ["']apple["'], ["']plum["'] \]$/],
  "03-receive-after.ts": ["Timeout, giving up", "here already", "nothing there"],
  "04-spawn-link.ts": [],
  "05-spawn-unlinked.ts": ["still here"],
  "06-holding-state.ts": ["13", "13"],
  "07-registered-processes.ts": ["true", /^true \[ ["']count["'] \]$/, "inc", "11"],
};

test("every script of examples/ is run here", () => {
  const found = readdirSync(folder).filter((name) => /^\d.*\.ts$/.test(name));
  expect(found.sort()).toEqual(Object.keys(scripts));
});

for (const [script, stdout] of Object.entries(scripts)) {
  test(`examples/${script} prints what the page says`, async () => {
    const outcome = await runProgram(`examples/${script}`);
    const crashes = /0[45]/.test(script);
    expect(lines(outcome.stdout)).toEqual(
      stdout.map((line) => (typeof line === "string" ? line : expect.stringMatching(line))),
    );
    expect(outcome.exitCode).toBe(script.startsWith("04") ? 1 : 0);
    if (!crashes) expect(outcome.stderr).toBe("");
  });
}

/** One run for all tests: it takes ten seconds, five of them for the page's own timeout. */
let tour: Promise<Outcome> | undefined;
const runTour = () => {
  tour ??= runProgram("examples/tour.ts", "20000");
  return tour;
};

test("the tour runs all snippets, in 80 columns, and each prints what the page promises", async () => {
  const { exitCode, stdout, stderr } = await runTour();
  expect(stdout.match(/^ +✗.*/gm)).toBeNull();
  expect(stdout).toMatch(/^22 snippets, each printed what the page promises\./m);
  expect(stdout).toMatch(/^ {2}live processes +20,000$/m);
  expect(lines(stdout).filter((line) => line.length > 80)).toEqual([]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("the tour shows the text of the functions that it runs", async () => {
  const { stdout } = await runTour();
  const source = readFileSync(new URL("tour/snippets.ts", folder), "utf8");
  const bodies = [...source.matchAll(/^export (?:async )?function \w+\(\) \{\n(.*?)^\}/gms)];
  expect(bodies.length).toBe(20);
  for (const [, body = ""] of bodies) expect(stdout).toContain(body.replace(/^ {2}(?=.)/gm, "    "));
});

test("the tour notices a snippet that prints something else", async () => {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const output = new Output(["right", /^right too$/, { many: /^ / }, "last"]);
  output.print("right\nwrong");
  output.print("  any\n  number\nlast\nmore");
  const failures = [output.close(), new Output(["missing"]).close()];
  write.mockRestore();
  expect(failures).toEqual([2, 1]);
  expect(written.join("")).toBe(
    [
      "  ✓ right",
      "  ✗ wrong",
      "    expected: /^right too$/",
      "  ✓   any",
      "  ✓   number",
      "  ✓ last",
      "  ✗ more",
      "    expected: nothing more",
      "  ✗ missing: missing",
      "",
    ].join("\n"),
  );
});
