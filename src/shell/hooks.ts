// Node's module hooks, in a thread of their own: TypeScript, and "beamlet" as the copy that runs.
import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveHook } from "node:module";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "sucrase";
import { ENTRIES, FROM_HERE } from "./load.ts";

export const resolve: ResolveHook = async (specifier, context, next) => {
  if (specifier.startsWith(FROM_HERE)) {
    const parentURL = `${pathToFileURL(process.cwd()).href}/shell.mjs`;
    return next(specifier.slice(FROM_HERE.length), { ...context, parentURL });
  }
  const own = ENTRIES[specifier];
  if (own !== undefined) return { url: new URL(own, import.meta.url).href, shortCircuit: true };
  try {
    return await next(specifier, context);
  } catch (error) {
    // TypeScript has its users write the name of the file that it would make.
    const source = specifier.replace(/\.(m?)js$/, ".$1ts");
    if (source === specifier || !/^(\.|file:)/.test(specifier)) throw error;
    try {
      return await next(source, context);
    } catch {
      throw error;
    }
  }
};

export const load: LoadHook = async (url, context, next) => {
  const { protocol, pathname } = new URL(url);
  if (protocol !== "file:" || !/\.m?ts$/.test(pathname)) return next(url, context);
  const filePath = fileURLToPath(url);
  const { code, sourceMap } = transform(await readFile(filePath, "utf8"), {
    transforms: ["typescript"],
    disableESTransforms: true,
    preserveDynamicImport: true,
    filePath,
    sourceMapOptions: { compiledFilename: filePath },
  });
  const map = Buffer.from(JSON.stringify({ ...sourceMap, sources: [url] })).toString("base64");
  const source = `${code}\n//# sourceMappingURL=data:application/json;base64,${map}`;
  return { format: "module", source, shortCircuit: true };
};
