import { readFileSync } from "node:fs";
import process from "node:process";

/** The version of the package. */
export const version: string = read(new URL("../package.json", import.meta.url));

function read(file: URL): string {
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The host and its version: `"Node 24.1.0"`. */
export const host: string = (() => {
  const { deno, bun, node } = process.versions;
  return deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
})();

/** What the shell begins with, and begins anew. */
export const banner: string = `Beamlet ${version} on ${host}: h() tells what there is, Ctrl+D leaves`;
