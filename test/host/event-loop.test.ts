import { expect, test } from "vitest";
import { lines, runProgram } from "./seed/program.ts";

// Each program runs as a child of its own. One that did not end by itself would hang its test.

const PROGRAMS: [name: string, promise: string, prints: string[]][] = [
  ["waitsForMessages", "processes that wait for messages keep no program alive", ["end of the script"]],
  ["runnable", "processes that can run do, beyond the end of the script", ["end of the script", "the last message"]],
  ["sleeps", "so do those that sleep", ["end of the script", "woke"]],
  ["waitsWithTimeout", "and those that wait with a timeout", ["end of the script", "timeout"]],
  ["timer", "a timer keeps the program alive until it has fired", ["end of the script", "tick"]],
  ["timerCancelled", "a cancelled timer does not", ["end of the script"]],
  ["timerOfTheDead", "nor does one whose process has ended", ["end of the script"]],
  ["sleepEndedByASignal", "nor a sleep that a signal has ended", ["end of the script"]],
  [
    "timerLongerThanTheHosts",
    "a timer beyond the host's 2^31 ms does not fire early",
    ["end of the script", "not yet: true"],
  ],
  ["hostPromise", "a promise of the host brings its process back", ["end of the script", "the host's answer"]],
  ["mainWaits", "the main process waits at the top level of a module", ["for main and more", "end of the script"]],
];

test.each(PROGRAMS)("%s: %s", async (name, _promise, prints) => {
  const { exitCode, stdout, stderr } = await runProgram("test/host/programs/event-loop.ts", name);
  expect(stderr).toBe("");
  expect(lines(stdout)).toEqual(prints);
  expect(exitCode).toBe(0);
});
