import { createRequire, isBuiltin } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { FROM_HERE, hasHooks } from "./load.ts";

const own: Readonly<Record<string, () => Promise<unknown>>> = {
  beamlet: () => import("../index.ts"),
  "beamlet/kernel": () => import("../kernel.ts"),
  "beamlet/testing": () => import("../testing/index.ts"),
  "beamlet/observer": () => import("../observer/index.ts"),
  "beamlet/telemetry": () => import("../telemetry/index.ts"),
};

/** `import` as a module in the working directory does it. Names of this package mean this very copy. */
export function importFrom(specifier: string): Promise<unknown> {
  if (Object.hasOwn(own, specifier)) return (own[specifier] as () => Promise<unknown>)();
  if (/^\.{0,2}\//.test(specifier)) return import(new URL(specifier, metaOf().url).href);
  if (isBuiltin(specifier) || /^[a-z]{2,}:/i.test(specifier)) return import(specifier);
  if (hasHooks()) return import(`${FROM_HERE}${specifier}`);
  // For want of a way to say who imports: what `require` would find.
  const { resolve } = createRequire(metaOf().url);
  return import(pathToFileURL(resolve(specifier)).href);
}

/** `import.meta` of what is typed. */
export function metaOf(): { readonly url: string } {
  return { url: `${pathToFileURL(process.cwd()).href}/shell` };
}
