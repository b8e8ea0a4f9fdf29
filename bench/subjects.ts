import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { build } from "esbuild";

/** Builds programs that are to be watched, each in a Node process of its own, in which nothing is transformed on the way. */
export async function buildSubjects(entryPoints: string[], outdir: string): Promise<void> {
  await build({
    entryPoints,
    bundle: true,
    splitting: true,
    // The package imports itself by name: what is measured is dist/.
    external: ["beamlet"],
    platform: "node",
    format: "esm",
    target: "node20",
    outdir,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
}

/** Where and when it was measured, for the reader. */
export function circumstances(node: string, flags: readonly string[]): string {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? "unknown"}`;
  return `${machine}, ${new Date().toISOString().slice(0, 10)}, Node ${[version, ...flags].join(" ")}`;
}

/** The flags in one text. */
export function flagsOf(text: string): string[] {
  return text.split(" ").filter((flag) => flag !== "");
}
