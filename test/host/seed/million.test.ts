import process from "node:process";
import { expect, test } from "vitest";
import { lines, runProgram } from "./program.ts";

/** Resident memory of an idle process on the BEAM (Erlang/OTP 25), B. */
const BEAM = 2640;

/** Runs the program and prints its figures; a program that fails shows what it said. */
async function figures(
  size: number,
  body: string,
): Promise<{ live: number; received: number; refused: unknown; bytes: number }> {
  const { exitCode, stdout, stderr } = await runProgram("test/host/seed/programs/idle.ts", String(size), body);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const { seconds, ...rest } = JSON.parse(stdout);
  const count = (n: number) => Math.round(n).toLocaleString("en-US");
  console.log(
    `${count(size)} idle ${body} processes: ${count(rest.bytes / size)} B each (BEAM: ${count(BEAM)}), ${count(size / seconds)} spawns/s`,
  );
  return rest;
}

for (const body of ["generator", "loop"]) {
  test(`S1 10^6 live idle ${body} processes take less memory than the BEAM's, and one more than the limit is refused`, async () => {
    const size = 1_000_000;
    const { live, received, refused, bytes } = await figures(size, body);
    // The main process is one more.
    expect(live).toBe(size + 1);
    expect(received).toBe(size);
    expect(refused).toBe("SystemLimitError");
    expect(bytes / size).toBeLessThan(BEAM);
  });
}

const tenMillion = process.env["BEAMLET_TEN_MILLION"] === "1";
if (!tenMillion)
  console.log("S1 10^7 live idle processes: not run, it takes 3 GB and a minute; BEAMLET_TEN_MILLION=1 runs it");

test.runIf(tenMillion)("S1 10^7 live idle processes, the most a runtime takes", { timeout: 600_000 }, async () => {
  const size = 10_000_000;
  const { live, received, refused, bytes } = await figures(size, "loop");
  expect(live).toBe(size + 1);
  expect(received).toBe(size);
  expect(refused).toBe("SystemLimitError");
  expect(bytes / size).toBeLessThan(BEAM);
});

for (const body of ["generator", "loop"]) {
  test(`S22 the memory of a ${body} that holds state is constant over 10^7 messages`, async () => {
    const { exitCode, stdout, stderr } = await runProgram("test/host/seed/programs/constant-memory.ts", body);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const { counted, grown } = JSON.parse(lines(stdout)[0] ?? "");
    expect(counted).toBe(10_000_000);
    // Nine million messages were sent meanwhile: 32 MB is less than 4 B for each of them.
    expect(grown).toBeLessThan(32e6);
  });
}
