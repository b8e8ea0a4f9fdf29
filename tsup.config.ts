import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { defineConfig } from "tsup";

/** Private members may have any name. Those that are part of something public, or of the host, elsewhere keep theirs. */
const source = (name: string) => readFileSync(`src/${name}`, "utf8");
const words = (text: string) => text.match(/\w+/g) ?? [];
const kept = new Set(
  ["types.ts", "core.ts", "host.ts", "report.ts", "inspect.ts"].flatMap((name) => words(source(name))),
);
const secret = readdirSync("src")
  .flatMap((name) => [...source(name).matchAll(/^ {2}private (?:readonly |get |set )?(\w+)/gm)])
  .map(([, name]) => name as string)
  .filter((name) => !kept.has(name));

/** Names that users see wherever an error is printed. */
const errors = [...source("errors.ts").matchAll(/^export class (\w+)/gm)].map(([, name]) => name as string);

/**
 * Leaves out of the bundle what the loader does for strings, arrays and imports, of which the core has none: src/core.ts takes the raw exports. And a polyfill
 * of what every supported host has. 2 kB of what every user downloads.
 */
const rawExports: Plugin = {
  name: "raw-exports",
  setup(build) {
    build.onLoad({ filter: /@assemblyscript[\\/]loader[\\/]index\.js$/ }, ({ path }) => {
      const leaveOut = (text: string, part: RegExp, instead: string) => {
        if (!part.test(text))
          throw new Error("@assemblyscript/loader has changed: look at rawExports in tsup.config.ts again");
        return text.replaceAll(part, instead);
      };
      let contents = readFileSync(path, "utf8");
      contents = leaveOut(contents, /const extended = preInstantiate\(imports\);/g, "");
      contents = leaveOut(
        contents,
        /const exports = postInstantiate\(.*\);\s+return \{ module, instance, exports \};/g,
        "return { module, instance };",
      );
      contents = leaveOut(contents, /^Object\.hasOwn = Object\.hasOwn \|\| function[^}]*\};?$/gm, "");
      return { contents, loader: "js" };
    });
  },
};

/** What the methods of `Memory` (assembly/hot/memory.ts) come to over an array of words, as src/words.ts has it. */
const ACCESSES: Record<string, (memory: string, record: string, offset: string, word: string) => string> = {
  read: (memory, record, offset) => `${memory}[${record} + (${offset} >>> 2)]`,
  write: (memory, record, offset, word) => `${memory}[${record} + (${offset} >>> 2)] = ${word}`,
  follow: (memory, record, offset) => `(${memory}[${record} + (${offset} >>> 2)] >>> 2)`,
  point: (memory, record, offset, other) => `${memory}[${record} + (${offset} >>> 2)] = (${other}) << 2`,
  behind: (_, record, words) => `(${record} + (${words}))`,
};

/** Writes those calls out as the accesses that they are: V8 inlines only so much into one function, and each of them would count. */
const accesses: Plugin = {
  name: "accesses",
  setup(build) {
    build.onLoad({ filter: /assembly[\\/]hot[\\/][\w-]+\.ts$|src[\\/](scheduler|spawner)\.ts$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      // The last call first: so none is ever within the arguments of one that is still to come.
      const calls = [...contents.matchAll(/\b(memory|words)\.(read|write|follow|point|behind)\(/g)].reverse();
      for (const { 0: call, 1: memory, 2: method, index } of calls) {
        const args = [""];
        let end = index + call.length;
        for (let depth = 0; depth >= 0; end++) {
          const character = contents[end] as string;
          depth += character === "(" ? 1 : character === ")" ? -1 : 0;
          if (depth === 0 && character === ",") args.push("");
          else if (depth >= 0) args[args.length - 1] += character;
        }
        const [record = "", offset = "", word = ""] = args;
        const access = ACCESSES[method as string]?.(memory as string, record, offset, word) ?? "";
        contents = contents.slice(0, index) + access + contents.slice(end);
      }
      return { contents, loader: "ts" };
    });
  },
};

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: "esm",
  target: "es2022",
  clean: true,
  noExternal: ["@assemblyscript/loader"],
  esbuildPlugins: [rawExports, accesses],
  // 0.3 kB less over the wire than esbuild's. Lines stay short, since Node prints the whole line that an uncaught error was thrown on.
  minify: "terser",
  terserOptions: {
    module: true,
    compress: { ecma: 2020, passes: 3 },
    mangle: { reserved: errors, properties: { regex: new RegExp(`^(${secret.join("|")})$`) } },
    format: { max_line_len: 500 },
  },
  dts: {
    // tsup hands TypeScript a baseUrl, which TypeScript 6 calls deprecated.
    compilerOptions: { ignoreDeprecations: "6.0" },
    // A program that has no AsyncDisposable among its libs can import the package all the same.
    banner: '/// <reference lib="esnext.disposable" />',
  },
});
