import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const core = process.env["BEAMLET_CORE"] ?? "checked";
const ships = core === "release";

const chromium = {
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  resolve: {
    alias: [
      // Each in the order of what is asked for first.
      ...["testing", "observer", "telemetry"].map((entry) => ({
        find: new RegExp(`^(beamlet/${entry}${ships ? `|(\\.\\./)+src/${entry}/index\\.ts` : ""})$`),
        replacement: here(ships ? `dist/${entry}.js` : `src/${entry}/index.ts`),
      })),
      { find: "#core-simulated", replacement: here(`build/core-simulated${ships ? "" : "-checked"}.ts`) },
      {
        find: new RegExp(`^(beamlet/testing/vitest${ships ? "|(\\.\\./)+src/testing/vitest\\.ts" : ""})$`),
        replacement: here(ships ? "dist/testing-vitest.js" : "src/testing/vitest.ts"),
      },
      { find: "#core", replacement: here(`build/core-${core}.ts`) },
      // With the core that ships the tests run on the bundle that ships, unless they look inside.
      ships
        ? { find: /^(beamlet|(\.\.\/)+src\/index\.ts)$/, replacement: here("dist/index.js") }
        : { find: "beamlet", replacement: here("src/index.ts") },
    ],
  },
  test: {
    // No test waits for a clock; this is only how long a hang may last on a slow machine.
    testTimeout: 60_000,
    // Not one fewer, as vitest has it: much of what a test waits for are child programs.
    maxWorkers: availableParallelism(),
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: "node", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/**/*.test.ts"],
          // Whatever needs a file system or child programs lives in test/host. The others make more runtimes than a page of Chromium has
          // room for: about a hundred memories.
          exclude: ["test/host/**", "test/model/receives.test.ts", "test/otp/registry-model.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
