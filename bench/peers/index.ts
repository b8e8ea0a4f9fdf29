// Other actor libraries, as programs like those in bench/programs/. They are no dependencies of a clone: whoever first asks for one installs all.
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const { dependencies } = JSON.parse(readFileSync(`${HERE}/package.json`, "utf8")) as {
  dependencies: Record<string, string>;
};

/** By the name of the program's file, what it is. */
export const peers: Readonly<Record<string, string>> = {
  xstate: `XState ${dependencies["xstate"]}, callback actors`,
  effect: `Effect ${dependencies["effect"]}, fibers with queues`,
  nact: `Nact ${dependencies["nact"]}`,
};

/** Makes `outdir/NAME.mjs` of each, with all it needs in it. */
export async function buildPeers(outdir: string): Promise<void> {
  install();
  await build({
    entryPoints: Object.keys(peers).map((name) => `${HERE}/${name}.ts`),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outdir,
    outExtension: { ".js": ".mjs" },
    // Nact is CommonJS and requires modules of Node's.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
}

/** Installs what bench/peers/package.json names, unless it is there. */
export function install(): void {
  if (changed("node_modules/.package-lock.json") > changed("package-lock.json")) return;
  console.error("installing the packages of bench/peers, once");
  // Its output is no result of a benchmark.
  execFileSync("npm", ["ci", "--no-fund", "--no-audit"], { cwd: HERE, stdio: ["ignore", "ignore", "inherit"] });
}

function changed(path: string): number {
  return statSync(`${HERE}/${path}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
