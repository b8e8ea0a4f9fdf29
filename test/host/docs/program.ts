import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { transform } from "esbuild";
import { type Block, root } from "./block.ts";

export interface Outcome {
  readonly prints: Record<number, string>;
  readonly stderr: string;
  readonly exitCode: number;
}

// Each console.log tells its line. Objects print as Node prints them, on every host. It stands on line 1, which a program never has.
const PRELUDE = `import { format } from "node:util"; const print = (line, ...values) => console.info(JSON.stringify([line, format(...values)]));`;

/** Runs a program as one of its own against the built package. */
export async function run(block: Block, folder: string): Promise<Outcome> {
  const lines = block.program.split("\n");
  const numbered = lines.map((text, index) => text.replace("console.log(", `print(${index + 1}, `));
  numbered[0] = PRELUDE;
  const { code } = await transform(numbered.join("\n"), { loader: "ts", format: "esm", target: "node20" });
  const file = `${folder}/${block.file}.mjs`;
  writeFileSync(file, code);

  const { stdout, stderr, exitCode } = await execute([file]);
  const prints: Record<number, string> = {};
  for (const text of stdout.trimEnd().split("\n").filter(Boolean)) {
    const [line, printed] = JSON.parse(text) as [number, string];
    prints[line] = line in prints ? `${prints[line]}, ${printed}` : printed;
  }
  return { prints, stderr: stderr.trim(), exitCode };
}

/** Runs Node, Deno or Bun, whichever this is. */
export function execute(
  args: string[],
  more: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const all = process.versions["deno"] === undefined ? args : ["run", "-A", ...args];
  // A program that hangs is ended before the test gives up on it.
  const options = { cwd: root, env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", ...more }, timeout: 50_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, all, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ stdout, stderr, exitCode });
    });
  });
}
