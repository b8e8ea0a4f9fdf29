import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

export interface Outcome {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a TypeScript file, named from the root of the project, as a program of its own on the host that runs the test. */
export function runProgram(file: string, ...args: string[]): Promise<Outcome> {
  const options = process.versions["deno"] === undefined ? [] : ["run", "-A"];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...options, "scripts/run-ts.mjs", file, ...args],
      // Colours would be taken for text.
      { cwd: root, env: { ...process.env, NO_COLOR: "1" } },
      (error, stdout, stderr) => resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
    );
  });
}

/** The lines of a text that aren't empty. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
