import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { expect } from "vitest";
import { root } from "../docs/block.ts";
import type { execute } from "../docs/program.ts";

/** How long a test may take for which another runtime may have to be downloaded first, ms. */
export const DOWNLOAD = 240_000;

/** What came of a program. */
export type Ended = Awaited<ReturnType<typeof execute>>;

/** Runs a command; exit code -1 when there is none of that name, or it does not come to an end. */
export function command(file: string, args: readonly string[]): Promise<Ended> {
  const options = { cwd: root, env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" }, timeout: 100_000 };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ stdout, stderr, exitCode });
    });
  });
}

/** The first of some commands that is there: `--version` says so. */
async function available(commands: readonly (readonly string[])[]): Promise<readonly string[] | undefined> {
  for (const each of commands) {
    const [file = "", ...args] = each;
    if ((await command(file, [...args, "--version"])).exitCode === 0) return each;
  }
  return undefined;
}

/** Says what is missing; on a machine that checks for others, that is a failure. */
export function absent(what: string): void {
  console.log(`${what} is not there: its suite was not run`);
  expect(process.env["CI"], `${what} is not there`).not.toBe("true");
}

/** Node, by which the tests of `node:test` run, whatever runs these. */
export async function findNode(): Promise<readonly string[] | undefined> {
  const isNode = process.versions["deno"] === undefined && process.versions["bun"] === undefined;
  return isNode ? [process.execPath] : available([["node"]]);
}

/** Deno: this one, that of the machine, or the one that package.json names. */
export function findDeno(): Promise<readonly string[] | undefined> {
  return find("deno");
}

/** Bun, in the same way. */
export function findBun(): Promise<readonly string[] | undefined> {
  return find("bun");
}

function find(name: "deno" | "bun"): Promise<readonly string[] | undefined> {
  const text = readFileSync(`${root}/package.json`, "utf8");
  const [, version = ""] = new RegExp(`npx --yes (${name}@[\\d.]+)`).exec(text) ?? [];
  const own = process.versions[name] === undefined ? [] : [[process.execPath]];
  return available([...own, [name], ["npx", "--yes", version]]);
}
