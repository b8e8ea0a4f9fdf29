// The tools of tools/package.json, which a clone does not carry (Biome alone would add half its weight).
import { execFileSync } from "node:child_process";
import { isStale } from "./stale.mjs";

/** The path of a tool's program. The first call installs all of them. */
export function tool(name) {
  if (isStale(["tools/node_modules/.package-lock.json"], ["tools/package-lock.json"])) {
    console.log("installing the tools of tools/package.json, once");
    // Not `npm ci`: it refuses a lockfile without every platform's binaries, and some of Biome's and knip's come days after the release.
    execFileSync("npm", ["install", "--no-save", "--prefix", "tools", "--no-fund", "--no-audit"], { stdio: "inherit" });
  }
  return `tools/node_modules/.bin/${name}`;
}
