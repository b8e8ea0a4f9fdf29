import { fileURLToPath } from "node:url";
import { main } from "./main.ts";
import { guarded } from "./runner.ts";

// npm run conformance -- FILE…
const runTypeScript = new URL("../../scripts/run-ts.mjs", import.meta.url);
const worker = new URL("worker.ts", import.meta.url);
const run = guarded(runTypeScript, [fileURLToPath(worker)]);
process.exitCode = await main(process.argv.slice(2), run, console.log, console.error);
