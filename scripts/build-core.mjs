// node scripts/build-core.mjs [debug|checked|release|simulated|simulated-checked …]
//
// Each target of asconfig.json becomes build/core-<target>.wasm and build/core-<target>.ts, the same bytes as a module.
// What ships is build/core-bundle.ts: the release core, whose exports have short names, and which these are.
// build/core-simulated-bundle.ts is the core of simulations, whose functions have the same short names as far as the release core has them.
// A target that is newer than all it is made from is left alone.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { embed, nameOf, pack } from "./core-text.mjs";
import { isStale } from "./stale.mjs";

/** What the kernel calls in one place or in none. */
const SELDOM = ["check", "edgesInUse", "timersInUse", "segmentsInUse", "init", "bound"];
/** Where the short names are that most of can't stand behind a dot. */
const FIRST_SELDOM = 26;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const targets = process.argv.slice(2);
for (const target of targets.length > 0 ? targets : ["release"]) await buildCore(target);

async function buildCore(target) {
  const wasm = `build/core-${target}.wasm`;
  const made = [wasm, `build/core-${target}.ts`];
  if (target === "release") made.push("build/core-bundle.ts");
  if (target === "simulated") made.push("build/core-simulated-bundle.ts");
  if (
    !isStale(made, [
      "assembly",
      "asconfig.json",
      "scripts/build-core.mjs",
      "scripts/core-text.mjs",
      "package-lock.json",
    ])
  )
    return;
  const started = performance.now();
  mkdirSync("build", { recursive: true });
  // The core of simulations has functions of its own.
  const entries = target.startsWith("simulated") ? ["assembly/simulated.ts"] : [];
  const { error } = await asc.main([...entries, "--target", target], {
    stdout: process.stdout,
    stderr: process.stderr,
  });
  if (error) {
    console.error(`asc could not build the ${target} core: ${error.message}`);
    process.exit(1);
  }
  const bytes = readFileSync(wasm);
  writeFileSync(`build/core-${target}.ts`, embed(bytes));
  if (target === "release") {
    const { names, shortened } = shorten(bytes);
    const source = await pack(shortened);
    writeFileSync("build/core-bundle.ts", `${source}export const names = ${JSON.stringify(names)};\n`);
  }
  if (target === "simulated") {
    // What the kernel calls has the names that its bundle knows; what only simulations call keeps its own.
    await buildCore("release");
    writeFileSync("build/core-simulated-bundle.ts", embed(rename(bytes, readNames())));
  }
  console.log(`${wasm}: ${bytes.length} bytes in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** The names that build/core-bundle.ts says its functions have. */
function readNames() {
  return JSON.parse(readFileSync("build/core-bundle.ts", "utf8").match(/^export const names = (.*);$/m)[1]);
}

/** What a module exports. */
function exportsOf(module) {
  return Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)));
}

/** Gives exported functions, and the memory, other names. */
function rename(bytes, names) {
  const module = binaryen.readBinary(bytes);
  for (const { name, kind, value } of exportsOf(module)) {
    if (names[name] === undefined) continue;
    module.removeExport(name);
    if (kind === binaryen.ExternalKinds.Memory) module.addMemoryExport(value, names[name]);
    else module.addFunctionExport(value, names[name]);
  }
  return module.emitBinary();
}

/**
 * The same core under short names: nobody who downloads it reads those of its functions. Their names and their order are such
 * that `pack` can leave out what says which they are.
 */
function shorten(bytes) {
  const module = binaryen.readBinary(bytes);
  // asc has optimized it already, and yet this makes 0.1 kB less of it.
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  module.optimize();

  const names = { memory: "$" };
  const exported = new Map();
  for (const { name, kind, value } of exportsOf(module)) {
    module.removeExport(name);
    if (kind === binaryen.ExternalKinds.Memory) module.addMemoryExport(value, names[name]);
    else exported.set(value, name);
  }
  const functions = Array.from({ length: module.getNumFunctions() }, (_, i) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
  );
  // Those of one type side by side, the most frequent first: to brotli the list of all their types is a few runs.
  const type = ({ params, results }) => `${binaryen.expandType(params)}:${binaryen.expandType(results)}`;
  const ofType = (one) => functions.filter((each) => type(each) === one);
  const types = [...new Set(functions.map(type))].sort((a, b) => ofType(b).length - ofType(a).length);
  const sorted = types.flatMap(ofType);
  const inOrder = sorted.filter(({ name }) => exported.has(name) && !SELDOM.includes(exported.get(name)));
  inOrder.splice(FIRST_SELDOM, 0, ...sorted.filter(({ name }) => SELDOM.includes(exported.get(name))));
  for (const [i, { name }] of inOrder.entries()) names[exported.get(name)] = nameOf(i);
  inOrder.push(...sorted.filter(({ name }) => !exported.has(name)));

  for (const { name } of functions) module.removeFunction(name);
  for (const { name, params, results, vars, body } of inOrder) {
    module.addFunction(name, params, results, vars, body);
    if (exported.has(name)) module.addFunctionExport(name, names[exported.get(name)]);
  }
  return { names, shortened: module.emitBinary() };
}
