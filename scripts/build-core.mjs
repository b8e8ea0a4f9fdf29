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
import { isStale } from "./stale.mjs";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const targets = process.argv.slice(2);
for (const target of targets.length > 0 ? targets : ["release"]) await buildCore(target);

async function buildCore(target) {
  const wasm = `build/core-${target}.wasm`;
  const made = [wasm, `build/core-${target}.ts`];
  if (target === "release") made.push("build/core-bundle.ts");
  if (target === "simulated") made.push("build/core-simulated-bundle.ts");
  if (!isStale(made, ["assembly", "asconfig.json", "scripts/build-core.mjs", "package-lock.json"])) return;
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
    writeFileSync(
      "build/core-bundle.ts",
      `${embed(shortened)}
export const names = ${JSON.stringify(names)};
`,
    );
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

/** Gives exported functions, and the memory, other names. */
function rename(bytes, names) {
  const module = binaryen.readBinary(bytes);
  const exported = Array.from({ length: module.getNumExports() }, (_, i) =>
    binaryen.getExportInfo(module.getExportByIndex(i)),
  );
  for (const { name, kind, value } of exported) {
    if (names[name] === undefined) continue;
    module.removeExport(name);
    if (kind === binaryen.ExternalKinds.Memory) module.addMemoryExport(value, names[name]);
    else module.addFunctionExport(value, names[name]);
  }
  return module.emitBinary();
}

/** The same core under short names: nobody who downloads it reads those of its functions. */
function shorten(bytes) {
  const module = binaryen.readBinary(bytes);
  const exported = Array.from({ length: module.getNumExports() }, (_, i) =>
    binaryen.getExportInfo(module.getExportByIndex(i)),
  );
  const short = [...LETTERS, ...LETTERS.flatMap((first) => LETTERS.map((second) => first + second))];
  const names = {};
  for (const { name, kind, value } of exported) {
    names[name] = short.shift();
    module.removeExport(name);
    if (kind === binaryen.ExternalKinds.Memory) module.addMemoryExport(value, names[name]);
    else module.addFunctionExport(value, names[name]);
  }
  // asc has optimized it already, and yet this makes 0.1 kB less of it.
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  module.optimize();
  return { names, shortened: module.emitBinary() };
}

/**
 * A module that carries `bytes` and decodes them when asked: no file access, no fetch.
 *
 * A byte below 90 is one printable character, another one has a mark behind it: most of WebAssembly is small numbers, and brotli
 * still sees the bytes. Over the wire 4 % less than hex and a quarter less than base64, whose groups of three hide them. Latin-1
 * would be no smaller and break wherever a script is served without its charset.
 */
function embed(bytes) {
  const marks = ["", "}", "~"];
  const text = [...bytes].map((byte) => String.fromCharCode(35 + (byte % 90)) + marks[Math.floor(byte / 90)]).join("");
  return `// Made by scripts/build-core.mjs from assembly/.
const text = ${JSON.stringify(text)};

export function wasm(): Uint8Array<ArrayBuffer> {
  const parts = text.match(/.[}~]?/g) as string[];
  return Uint8Array.from(parts, (part) => part.charCodeAt(0) - 35 + (part.charCodeAt(1) - 124 || 0) * 90);
}
`;
}
