import { createRuntime, defaultRuntime, type Report, self, spawn } from "beamlet";
import { expect, test } from "vitest";

test("the default runtime is made with the options of whoever asks first, and with nobody's afterwards", () => {
  const reports: Report[] = [];
  const runtime = defaultRuntime({ node: "shell@here", logger: (report) => reports.push(report) });
  expect(defaultRuntime({ node: "other@here" })).toBe(runtime);
  expect(runtime.node).toBe("shell@here");
  const error = new Error("boom");
  const pid = spawn(() => {
    throw error;
  });
  runtime.run();
  expect(reports).toEqual([expect.objectContaining({ kind: "crash", pid, reason: error })]);
  expect(runtime.self()).toBe(self());
  expect(createRuntime().node).toBe("nonode@nohost");
});
