import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";

/** Bundles the core that has short names (scripts/build-core.mjs), and calls it by them: `core.park(…)` becomes `core.b(…)`. */
export const coreNames: Plugin = {
  name: "core-names",
  setup(build) {
    const core = resolve("build/core-bundle.ts");
    const [, listed = "{}"] = readFileSync(core, "utf8").match(/^export const names = (.*);$/m) ?? [];
    const names: Record<string, string> = JSON.parse(listed);
    build.onResolve({ filter: /^#core$/ }, () => ({ path: core }));
    build.onResolve({ filter: /^#core-simulated$/ }, () => ({ path: resolve("build/core-simulated-bundle.ts") }));
    build.onLoad({ filter: /[\\/]src[\\/]((testing|observer|telemetry)[\\/])?[\w-]+\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      // Where its functions were taken out of it they would keep their names.
      const taken = /\{([^{}]*)\} = [\w.]*\bcore;/.exec(source);
      if (taken !== null) throw new Error(`${path}: call the functions of the core as core.name(…), not by${taken[1]}`);
      const contents = source.replace(/\b(core|bareCore)\.(?!ts\b)(\w+)/g, (access, holder: string, name: string) => {
        const short = names[name];
        if (short === undefined) throw new Error(`${path}: ${access}, which the core does not export`);
        return /\w|\$/.test(short) ? `${holder}.${short}` : `${holder}[${JSON.stringify(short)}]`;
      });
      return { contents, loader: "ts" };
    });
  },
};
