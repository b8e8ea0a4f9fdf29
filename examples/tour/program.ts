import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The command line that runs a script of `examples/` on this host. */
export function command(script: string): string[] {
  const options =
    process.versions["deno"] === undefined ? [] : ["run", "-A"];
  return [...options, "dist/cli.js", "run", `examples/${script}`];
}

/**
 * Runs a script as a program of its own; `print` gets its lines, those of
 * stdout first. Returns its exit code.
 */
export function runProgram(
  script: string,
  print: (text: string, error: boolean) => void,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command(script), {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      print(stdout.trimEnd(), false);
      print(stderr.trimEnd(), true);
      resolve(code);
    });
  });
}
