import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { blocksOf, documents, root } from "./block.ts";
import { execute, run } from "./program.ts";

// Below the project, so that "beamlet" is the project's own package.
mkdirSync(`${root}/build`, { recursive: true });
const folder = mkdtempSync(`${root}/build/docs-`);
afterAll(() => rmSync(folder, { recursive: true }));

const blocks = documents.flatMap(blocksOf);

test("README.md has programs", () => {
  expect(blocks.filter(({ document }) => document === "README.md")).not.toEqual([]);
});

test.for(blocks.map((block) => [block.name, block] as const))("%s does what it says", async ([, block]) => {
  expect(block.source).toContain(`from "beamlet"`);
  const { prints, stderr, exitCode } = await run(block, folder);
  expect(Object.keys(prints)).toEqual(Object.keys(block.prints));
  for (const [line, printed] of Object.entries(prints)) {
    expect(printed, `line ${line}`).toMatch(pattern(block.prints[Number(line)] ?? ""));
  }
  expect(stderr).toMatch(pattern(block.stderr));
  expect(exitCode).toBe(block.exitCode);
});

test("every program is well typed", async () => {
  for (const block of blocks) writeFileSync(`${folder}/${block.file}.ts`, block.program);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { isolatedDeclarations: false },
    include: ["*.ts"],
  };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
  const { stdout } = await execute([`${root}/node_modules/typescript/bin/tsc`, "-p", folder]);
  expect(stdout).toBe("");
});

/** The text itself, and anything where it says `…`. */
function pattern(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`);
}
