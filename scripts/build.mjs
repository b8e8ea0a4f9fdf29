// The package: the release core, then dist/. What is up to date is left alone.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isStale } from "./stale.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

run("scripts/build-core.mjs", "release", "simulated");
run("scripts/build-page.mjs");
const inputs = [
  "src",
  "assembly/layout.ts",
  "build/core-bundle.ts",
  "build/core-simulated-bundle.ts",
  "build/observer-page.ts",
  "tsup.config.ts",
  "scripts/bundle",
  "tsconfig.json",
  "package.json",
];
const entries = ["index", "kernel", "testing", "testing-vitest", "observer", "telemetry"];
const outputs = [...entries.flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`]), "dist/cli.js"];
if (isStale(outputs, inputs)) {
  // Not tsup's own cleaning: its builds run side by side.
  rmSync("dist", { recursive: true, force: true });
  run("node_modules/tsup/dist/cli-default.js", "--silent");
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
