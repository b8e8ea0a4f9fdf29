import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const dist = (name) => fileURLToPath(new URL(`../../../../dist/${name}.js`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: "beamlet/testing/vitest", replacement: dist("testing-vitest") },
      { find: "beamlet/testing", replacement: dist("testing") },
      { find: "beamlet", replacement: dist("index") },
    ],
  },
  test: {
    // Those of the documentation lie elsewhere.
    root: process.env["BEAMLET_SUITES"] ?? fileURLToPath(new URL(".", import.meta.url)),
    include: ["vitest-suite.mjs"],
    reporters: ["tap-flat", dist("testing-vitest")],
    server: { deps: { external: [/\/dist\//] } },
  },
});
