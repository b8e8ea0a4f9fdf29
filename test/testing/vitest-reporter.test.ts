import { expect, test } from "vitest";
import type { Reporter } from "vitest/node";
import { type Self, spawn } from "../../src/index.ts";
import { type SimulationError, simulate } from "../../src/testing/index.ts";
import BeamletReporter from "../../src/testing/vitest.ts";
import { rejection } from "../semantics/support/own-runtime.ts";

const REPORT = "\n12:00:00.000 [error] Process #PID<0.5.0> raised an exception\n** (Error) boom\n";

/** A test as the reporter sees one. */
const testCase = (id: string, state: string, errors: readonly unknown[] = []) =>
  ({ id, fullName: `suite > ${id}`, module: { moduleId: "/x/a.test.ts" }, result: () => ({ state, errors }) }) as never;

function printing(): { reporter: BeamletReporter; printed: string[] } {
  const printed: string[] = [];
  const reporter = new BeamletReporter({ print: (text) => printed.push(text), color: false, width: 100 });
  return { reporter, printed };
}

test("is one of Vitest's reporters", () => {
  const reporter: Reporter = new BeamletReporter();
  expect(reporter.onTestRunEnd).toBeTypeOf("function");
});

test("says nothing when nothing of its kind has failed", () => {
  const { reporter, printed } = printing();
  reporter.onTestRunStart();
  reporter.onUserConsoleLog({ content: REPORT, taskId: "passes" });
  reporter.onUserConsoleLog({ content: "hello\n", taskId: "fails" });
  reporter.onUserConsoleLog({ content: REPORT });
  reporter.onTestCaseResult(testCase("passes", "passed"));
  reporter.onTestCaseResult(testCase("fails", "failed", [{ name: "Error", message: "x" }]));
  reporter.onTestRunEnd();
  expect(printed).toEqual([]);
});

test("prints reports beside the test that has failed, and forgets them with the next run", () => {
  const { reporter, printed } = printing();
  reporter.onTestRunStart();
  reporter.onUserConsoleLog({ content: REPORT, taskId: "fails" });
  reporter.onTestCaseResult(testCase("fails", "failed", []));
  reporter.onTestRunEnd();
  expect(printed.join()).toBe(`
── /x/a.test.ts > suite > fails ──

A process went down:

  12:00:00.000 [error] Process #PID<0.5.0> raised an exception
  ** (Error) boom
`);
  reporter.onTestRunStart();
  reporter.onTestRunEnd();
  expect(printed).toHaveLength(1);
});

test("prints a failed simulation: seed, replay, chart", async () => {
  const error = (await rejection(
    simulate(
      function* (self: Self<any>) {
        for (const each of ["a", "b"]) spawn(() => void self.runtime.send(self.pid, each));
        if ((yield* self.receive()) === "b") throw new Error("b came first");
      },
      { seeds: 100 },
    ),
  )) as SimulationError;
  // As it comes from a worker.
  const plain = JSON.parse(JSON.stringify({ ...error, name: error.name, message: error.message }));
  for (const each of [plain, { name: "Error", cause: plain }]) {
    const { reporter, printed } = printing();
    reporter.onTestRunStart();
    reporter.onTestCaseResult(testCase("fails", "failed", [each]));
    reporter.onTestRunEnd();
    const text = printed.join();
    expect(text).toContain("Simulation failed: assertion: Error: b came first");
    expect(text).toContain(`  seed:   ${error.seed} (run ${error.runs})`);
    expect(text).toContain(`  replay: ${error.replay}`);
    expect(text).toMatch(/"b"/);
    expect(text).toContain("b came first");
  }
});
