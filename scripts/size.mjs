// The size of what a program pays for `import … from "beamlet"`, WebAssembly included: of the kernel, and of all of OTP on top of it. And that README.md
// says the same, and that a program which imports nothing of OTP pays nothing for it.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const path = (name) => new URL(`../${name}`, import.meta.url);
const text = (name) => readFileSync(path(name), "utf8");
const kB = (code) => brotliCompressSync(code).length / 1000;

const kernel = kB(text("dist/kernel.js"));
const all = kB(text("dist/kernel.js") + text("dist/index.js"));
check("dist/kernel.js", kernel, 20, /([\d.]+) kB brotli/);
check("OTP, all of it", all - kernel, 32, /OTP adds at most ([\d.]+) kB/);

/** What a bundler makes of a program. */
async function bundled(program) {
  const { outputFiles } = await build({
    stdin: { contents: program.replace('"beamlet"', '"./dist/index.js"'), resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return kB(outputFiles[0].contents);
}
const bare = await bundled('export * from "./dist/kernel.js"');
const some = await bundled('export { spawn, createRuntime } from "beamlet"');
console.log(`a program of the kernel alone: ${some.toFixed(1)} kB, ${bare.toFixed(1)} with all of its exports`);
for (const each of ["GenServer", "Supervisor", "DynamicSupervisor", "Agent", "Registry", "GenStateMachine"]) {
  const size = await bundled(`export { ${each} } from "beamlet"`);
  console.log(`a program of ${each} alone: ${size.toFixed(1)} kB`);
  if (size > some + (all - kernel) * 0.7) fail(`a program of ${each} alone pays for the rest of OTP`);
}
if (some > bare) fail("a program that imports nothing of OTP pays for some of it");

function check(what, measured, limit, claim) {
  const claimed = text("README.md").match(claim)?.[1];
  console.log(`${what}: ${measured.toFixed(1)} kB brotli; limit ${limit}; README.md says ${claimed ?? "nothing"}`);
  if (measured >= limit) fail(`${what} has grown over ${limit} kB`);
  // What README.md says may be a little too much, never too little.
  if (!(measured <= Number(claimed) + 0.1)) fail(`README.md has to quote ${what} as ${measured.toFixed(1)} kB`);
}

function fail(problem) {
  console.error(problem);
  process.exitCode = 1;
}
