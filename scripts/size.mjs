// The size of what a program pays for `import … from "beamlet"`, WebAssembly included; and that README.md says the same.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const LIMIT = 20;
const path = (name) => new URL(`../${name}`, import.meta.url);
const measured = brotliCompressSync(readFileSync(path("dist/index.js"))).length / 1000;
const claimed = readFileSync(path("README.md"), "utf8").match(/([\d.]+) kB brotli/)?.[1];

console.log(`dist/index.js: ${measured.toFixed(1)} kB brotli; limit ${LIMIT}; README.md says ${claimed ?? "nothing"}`);
if (measured >= LIMIT) fail(`the package has grown over ${LIMIT} kB`);
if (!(Math.abs(Number(claimed) - measured) <= measured / 100)) {
  fail(`README.md has to quote the size as "${measured.toFixed(1)} kB brotli"`);
}

function fail(problem) {
  console.error(problem);
  process.exitCode = 1;
}
