import { register } from "node:module";
import process from "node:process";

/** Stands before the name of a package that is to be looked for from the working directory. */
export const FROM_HERE = "beamlet-from-here:";

/** The package's entries, and the files beside this one that they are. */
export const ENTRIES: Readonly<Record<string, string>> = {
  beamlet: "./index.js",
  "beamlet/kernel": "./kernel.js",
  "beamlet/testing": "./testing.js",
  "beamlet/testing/vitest": "./testing-vitest.js",
  "beamlet/observer": "./observer.js",
  "beamlet/telemetry": "./telemetry.js",
};

let registered = false;

/** Whether modules are loaded by way of hooks.ts: on Node. */
export function hasHooks(): boolean {
  return registered;
}

interface BunHost {
  readonly plugin: (plugin: { readonly name: string; setup(build: BunBuild): void }) => void;
}

interface BunBuild {
  module(specifier: string, load: () => Promise<{ exports: unknown; loader: "object" }>): void;
}

/**
 * Has this program import TypeScript, and this very copy of the package under the name "beamlet". Deno and Bun know TypeScript themselves.
 */
export function loadTypeScript(): void {
  const { Bun } = globalThis as { Bun?: BunHost };
  if (Bun !== undefined) {
    Bun.plugin({
      name: "beamlet",
      setup(build) {
        for (const [name, file] of Object.entries(ENTRIES)) {
          const url = new URL(file, import.meta.url).href;
          build.module(name, async () => ({ exports: await import(url), loader: "object" }));
        }
      },
    });
    return;
  }
  if (process.versions["deno"] !== undefined) return;
  process.setSourceMapsEnabled(true);
  register("./hooks.js", import.meta.url);
  registered = true;
}
