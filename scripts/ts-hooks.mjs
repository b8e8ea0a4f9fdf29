// Node's module hooks for run-ts.mjs.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const core = new URL(`../build/core-${process.env.BEAMLET_CORE ?? "release"}.ts`, import.meta.url).href;

export function resolve(specifier, context, next) {
  if (specifier === "#core-simulated") {
    return { url: new URL("../build/core-simulated.ts", import.meta.url).href, shortCircuit: true };
  }
  return specifier === "#core" ? { url: core, shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "node20",
    sourcefile: path,
    sourcemap: "inline",
  });
  return { format: "module", source: code, shortCircuit: true };
}
