import { expect, test } from "vitest";
import { runProgram } from "../seed/program.ts";

/** The output of a program in programs/, which must end well and have nothing to say on stderr. */
async function outputOf(program: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(`test/host/faults/programs/${program}.ts`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.trim();
}

interface Refusal {
  readonly kind: string;
  readonly message: string;
  readonly ours: boolean;
}

test("two copies of the package in one program refuse each other's pids, with a ForeignError that says whose they are", async () => {
  const { copies, stranger, refusals, alive, processes, printed } = JSON.parse(await outputOf("copies")) as {
    copies: boolean;
    stranger: string;
    refusals: Record<string, Refusal>;
    printed: string;
    alive: boolean;
    processes: number[];
  };
  expect(copies).toBe(true);
  const { demonitor, cancelTimer, ...ofPids } = refusals;
  for (const { kind, message, ours } of Object.values(ofPids)) {
    expect([kind, ours]).toEqual(["ForeignError", true]);
    expect(message).toContain(`${stranger} belongs to another copy of the package`);
  }
  // References of another copy are no references at all here.
  for (const refusal of [demonitor, cancelTimer]) expect(["ForeignError", "TypeError"]).toContain(refusal?.kind);
  expect(printed).toMatch(/^\[#PID<0\.\d+\.0>, #Reference<.*>\]$/);
  expect(alive).toBe(true);
  expect(processes).toEqual([2, 2]);
});

test("a program ends by itself when its runtime was stopped with timers set, or waits for what can't come", async () => {
  expect(await outputOf("ends")).toMatch(/^ran #PID<0\.\d+\.0>$/);
});

test("killing async bodies in all their waits leaves no unhandled rejection", async () => {
  expect(JSON.parse(await outputOf("rejections"))).toEqual({ unhandled: 0, processes: 0 });
});

test("abort listeners that throw are the host's affair: the runtime goes on, and every process is closed", async () => {
  const { result, closed, told, processes } = JSON.parse(await outputOf("listeners"));
  expect([result, closed, processes]).toEqual(["went on", ["first", "second"], 1]);
  expect(new Set(told)).toEqual(new Set(["listener of the first", "listener of the second"]));
});

test("a module that is not there, fails, or exports no such body ends the process that should run it, with a report", async () => {
  const { results, told, left, stopped, processes, reports } = JSON.parse(await outputOf("modules"));
  const { twice, default: other, url, noModule, fails, noJavaScript, ...others } = results as Record<string, unknown>;
  expect([twice, other, url]).toEqual([42, "the default", 8]);
  expect(others).toEqual({
    noExport: "ExitError: TypeError",
    noFunction: "ExitError: TypeError",
    prototype: "ExitError: TypeError",
  });
  // What hosts throw for these is theirs.
  for (const error of [noModule, fails, noJavaScript]) expect(error).toMatch(/^ExitError: \w+$/);
  expect(told).toEqual([["DOWN", true, true], "here"]);
  expect(left).toEqual([0, 1, 0, 0]);
  expect([stopped, processes, reports]).toEqual(["ExitError: String", 0, 7]);
});

test("10^7 processes, one after the other, use the same slots again, in flat memory", async () => {
  const { ran, before, after, processes, perSecond } = JSON.parse(await outputOf("ten-million"));
  console.log(`10^7 spawns and exits: ${perSecond.toLocaleString("en-US")} a second, ${after.slots} slots`);
  expect([ran, processes]).toEqual([10_000_000, 1]);
  expect([after.core, after.slots]).toEqual([before.core, before.slots]);
  // The host collects its garbage when it likes; what 10^7 processes would keep is 10 times as much.
  expect(after.rss - before.rss).toBeLessThan(256 * 1024 * 1024);
});
