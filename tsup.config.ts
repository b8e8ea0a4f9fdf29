import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: "esm",
  target: "es2022",
  clean: true,
  noExternal: ["@assemblyscript/loader"],
  // 0.3 kB less over the wire than esbuild's, and it can leave the names that users see in reports.
  minify: "terser",
  terserOptions: {
    module: true,
    compress: { ecma: 2020, passes: 3 },
    mangle: { keep_classnames: /Error$/ },
    keep_classnames: /Error$/,
  },
  // tsup hands TypeScript a baseUrl, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
