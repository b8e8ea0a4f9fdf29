import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { defineConfig, type Options } from "tsup";
import { coreNames } from "./scripts/bundle/core-names.ts";
import { exportedNames, internalNames, internalNamesOfOtp } from "./scripts/bundle/internal-names.ts";
import { letForConst } from "./scripts/bundle/let-for-const.ts";
import { shellDocs } from "./scripts/bundle/shell-docs.ts";

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
        "return { instance };",
      );
      contents = leaveOut(contents, /isModule\(source\) \? source : new WebAssembly\.Module\(source\)/g, "source");
      contents = leaveOut(contents, /^const utf16 = .*$/gm, "");
      contents = leaveOut(contents, /^Object\.hasOwn = Object\.hasOwn \|\| function[^}]*\};?$/gm, "");
      return { contents, loader: "js" };
    });
  },
};

/** What stands on the package's other entries stands on them as any program does: on what they export. */
const entriesApart: Plugin = {
  name: "entries-apart",
  setup(build) {
    build.onResolve({ filter: /^(\.\.\/|\.\/)(kernel|index)\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point"
        ? undefined
        : { path: `./${path.slice(path.lastIndexOf("/") + 1, -".ts".length)}.js`, external: true },
    );
    build.onResolve({ filter: /^\.\.\/(testing|observer|telemetry)\/index\.ts$/ }, ({ path }) => ({
      path: `./${path.split("/")[1]}.js`,
      external: true,
    }));
  },
};

/** Brotli finds the code to be of one kind, and the core's text of another: 0.1 kB less than with that in the midst of the code. */
const coreLast: NonNullable<Options["plugins"]>[number] = {
  name: "core-last",
  renderChunk(code) {
    const text = /^var text = ".*";$/m;
    const [core] = text.exec(code) ?? [];
    if (core === undefined) throw new Error("the bundle has no core in it");
    return { code: code.replace(text, "").replace(/^export \{/m, () => `${core}\nexport {`) };
  },
};

// Lines stay short, since Node prints the whole line that an uncaught error was thrown on: most statements end with one, which costs nothing where
// a semicolon would stand.
const compress = {
  passes: 3,
  sequences: false,
  lhs_constants: false,
  unsafe_methods: true,
  pure_getters: true,
  unsafe_arrows: true,
  global_defs: { "@Number.POSITIVE_INFINITY": "Infinity" },
};
const terser: NonNullable<Options["terserOptions"]> = {
  module: true,
  ecma: 2020,
  format: { semicolons: false, max_line_len: 1000 },
};

// Terser alone would spare every name that some object of some host has.
const properties = (names: readonly string[]) => ({ regex: new RegExp(`^(${names.join("|")})$`), builtins: true });

const shared: Options = { format: "esm", target: "es2022", outDir: "dist" };

export default defineConfig([
  {
    ...shared,
    entry: { kernel: "src/kernel.ts" },
    noExternal: ["@assemblyscript/loader"],
    esbuildPlugins: [rawExports, coreNames],
    plugins: [coreLast, letForConst],
    // 0.3 kB less over the wire than esbuild's.
    minify: "terser",
    terserOptions: {
      ...terser,
      // 30 bytes less.
      compress: { ...compress, inline: 1 },
      // Another 50, since no name is exported as another; and users see the names of errors wherever one is printed.
      mangle: { reserved: exportedNames(), properties: properties(internalNames()) },
    },
  },
  {
    ...shared,
    entry: { index: "src/index.ts" },
    esbuildPlugins: [entriesApart],
    plugins: [letForConst],
    minify: "terser",
    // Whoever prints a report or a result sees the name of its class.
    terserOptions: {
      ...terser,
      // It writes a function that is called in one place out there, as a closure made anew by each call. A supervisor then takes a third longer.
      compress: { ...compress, reduce_funcs: false },
      keep_classnames: true,
      // So does whoever asks for the initial calls of processes.
      keep_fnames: /^(serve|perform|coordinate|feed)$/,
      mangle: { properties: properties(internalNamesOfOtp()) },
    },
  },
  {
    ...shared,
    // What programs are watched and tested with, and not made of: its size is nobody's download.
    entry: {
      testing: "src/testing/index.ts",
      "testing-vitest": "src/testing/vitest.ts",
      observer: "src/observer/index.ts",
      telemetry: "src/telemetry/index.ts",
    },
    esbuildPlugins: [coreNames, entriesApart],
    splitting: false,
  },
  {
    ...shared,
    // A program of its own. What it is made of is in it: the package has no dependencies.
    entry: { cli: "src/shell/cli.ts", hooks: "src/shell/hooks.ts" },
    esbuildPlugins: [entriesApart, shellDocs],
    noExternal: ["acorn", "sucrase"],
    platform: "node",
    target: "node20",
    minify: true,
    splitting: true,
  },
  {
    ...shared,
    entry: {
      index: "src/index.ts",
      kernel: "src/kernel.ts",
      testing: "src/testing/index.ts",
      "testing-vitest": "src/testing/vitest.ts",
      observer: "src/observer/index.ts",
      telemetry: "src/telemetry/index.ts",
    },
    dts: {
      only: true,
      // tsup hands TypeScript a baseUrl, which TypeScript 6 calls deprecated.
      compilerOptions: { ignoreDeprecations: "6.0" },
      // A program that has no AsyncDisposable among its libs can import the package all the same.
      banner: '/// <reference lib="esnext.disposable" />',
    },
  },
]);
