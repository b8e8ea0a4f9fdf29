// node [flags] scripts/run-ts.mjs FILE.ts [args …]
//
// Runs a TypeScript file on every supported runtime. Node 20 can't strip types, so on Node esbuild does, file by file: import.meta.url stays
// that of the source, and its source maps keep the lines of stack traces. `BEAMLET_CORE` chooses the core for programs that import from src/.
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error("expected a file: node scripts/run-ts.mjs FILE.ts [args …]");
  process.exit(2);
}
process.argv.splice(1, process.argv.length, resolve(file), ...args);
if (!process.versions.bun && !process.versions.deno) {
  process.setSourceMapsEnabled(true);
  register("./ts-hooks.mjs", import.meta.url);
}
await import(pathToFileURL(resolve(file)).href);
