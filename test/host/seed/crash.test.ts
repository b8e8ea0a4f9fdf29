import { expect, test } from "vitest";
import { lines, runProgram } from "./program.ts";

const PID = String.raw`#PID<0\.\d+\.0>`;

/** What stderr says, but for the frames of stacks. */
const withoutStack = (text: string) => lines(text).filter((line) => !/^ +at /.test(line));

const report = [
  expect.stringMatching(new RegExp(String.raw`^[\d:.]{12} \[error\] Process ${PID} raised an exception$`)),
  "** (Error) boom!",
  expect.stringMatching(/^Spawned at: /),
];

test("S15 a shell whose main process crashes prints its own pid, its banner, and the child's report, and goes on", async () => {
  const { exitCode, stdout, stderr } = await runProgram("test/host/seed/programs/shell.ts");
  const [before, child, rejection, now, state] = lines(stdout);
  const pid = new RegExp(`${PID}$`).exec(before ?? "")?.[0];
  expect(before).toBe(`I am ${pid}`);
  expect(rejection).toBe("ExitError: exited with reason Error: boom!");
  expect(now).toMatch(new RegExp(`^I am ${PID}$`));
  expect(now).not.toBe(before);
  expect(JSON.parse(state ?? "")).toEqual({ links: [], messages: [] });

  const text = withoutStack(stderr);
  expect(text).toEqual([
    `** (EXIT from ${pid}) shell process exited with reason: an exception was raised:`,
    "    ** (Error) boom!",
    "the banner",
    ...report,
  ]);
  // The report names the child.
  expect(`my child is ${new RegExp(PID).exec(text[3] ?? "")?.[0]}`).toBe(child);
  expect(exitCode).toBe(0);
});

test("S17 a script whose main process crashes by a link: the EXIT text on stderr, and exit code 1", async () => {
  const { exitCode, stdout, stderr } = await runProgram("examples/04-spawn-link.ts");
  expect(withoutStack(stderr)).toEqual([
    expect.stringMatching(new RegExp(String.raw`^\*\* \(EXIT from ${PID}\) an exception was raised:$`)),
    "    ** (Error) boom!",
    ...report,
  ]);
  expect(stderr).toMatch(/^ +at .*04-spawn-link\.ts/m);
  expect(stdout).toBe("");
  expect(exitCode).toBe(1);
});

test("S17 nothing after a wait of that script runs", async () => {
  const { exitCode, stdout, stderr } = await runProgram("test/host/seed/programs/awaiting.ts");
  expect(lines(stderr)[0]).toMatch(new RegExp(String.raw`^\*\* \(EXIT from ${PID}\) an exception was raised:$`));
  expect(stdout).toBe("");
  expect(exitCode).toBe(1);
});

test("S17 a script with an unlinked crash: the report alone, and exit code 0", async () => {
  const { exitCode, stdout, stderr } = await runProgram("examples/05-spawn-unlinked.ts");
  expect(withoutStack(stderr)).toEqual(report);
  expect(stderr).toMatch(/^ +at .*05-spawn-unlinked\.ts/m);
  expect(stdout).toBe("still here\n");
  expect(exitCode).toBe(0);
});
