import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ENTRIES } from "./load.ts";

/** Runs a program in place of this one: its arguments, its exit code. */
export async function runProgram(file: string | URL, args: readonly string[]): Promise<void> {
  const path = typeof file === "string" ? resolve(file) : fileURLToPath(file);
  if (!existsSync(path)) {
    console.error(`beamlet: there is no file ${path}`);
    process.exit(2);
  }
  if (process.versions["deno"] !== undefined) return onDeno(path, args);
  process.argv.splice(1, process.argv.length, path, ...args);
  await import(pathToFileURL(path).href);
}

/** Deno takes names of modules from an import map only, and that when it starts: so another Deno runs the program. */
async function onDeno(path: string, args: readonly string[]): Promise<void> {
  const imports = Object.fromEntries(
    Object.entries(ENTRIES).map(([name, file]) => [name, new URL(file, import.meta.url).href]),
  );
  const map = `data:application/json,${encodeURIComponent(JSON.stringify({ imports }))}`;
  const child = spawn(process.execPath, ["run", "-A", `--import-map=${map}`, path, ...args], { stdio: "inherit" });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (signal !== null) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}
