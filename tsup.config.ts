import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "tsup";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const sources = files.map((file) => readFileSync(`src/${file}`, "utf8"));
const classes = sources.flatMap((source) => [...source.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)]);

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: "esm",
  target: "es2022",
  clean: true,
  noExternal: ["@assemblyscript/loader"],
  // 0.3 kB less over the wire than esbuild's. Classes keep their names, which are printed; lines stay short, since Node prints the whole line that
  // an uncaught error was thrown on. (keep_classnames does not serve: esbuild's bundles have `var A = class`.)
  minify: "terser",
  terserOptions: {
    module: true,
    compress: { ecma: 2020, passes: 3 },
    mangle: { reserved: classes.map(([, name]) => name ?? "") },
    format: { max_line_len: 200 },
  },
  // tsup hands TypeScript a baseUrl, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
