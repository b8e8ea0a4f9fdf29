import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { root, textOf } from "../docs/block.ts";
import { execute } from "../docs/program.ts";
import { absent, command, DOWNLOAD, findDeno, findNode } from "./command.ts";

// The `ts` blocks of docs/testing.md run as those of all documents do. Its `js` blocks are tests of some framework, and run under that.

// Below the project, so that "beamlet" is the project's own package.
mkdirSync(`${root}/build`, { recursive: true });
const folder = mkdtempSync(`${root}/build/docs-`);
afterAll(() => rmSync(folder, { recursive: true }));

const blocks = [...textOf("docs/testing.md").matchAll(/^```js\n(.*?)^```/gms)].map(([, text = ""]) => text);
const ofDeno = blocks.filter((text) => text.includes("Deno.test("));
const ofVitest = blocks.filter((text) => text.includes('from "vitest"'));
const ofNode = blocks.filter((text) => text.includes('from "node:test"'));

test("each is of one framework, and there are some of all three", () => {
  expect(blocks).toHaveLength(ofDeno.length + ofVitest.length + ofNode.length);
  for (const each of [ofDeno, ofVitest, ofNode]) expect(each).not.toEqual([]);
});

test("those of node:test pass", async () => {
  const node = await findNode();
  if (node === undefined) return absent("node");
  for (const [index, text] of ofNode.entries()) {
    writeFileSync(`${folder}/node-${index}.mjs`, text);
    const { stdout, exitCode } = await command(node[0] as string, [
      "--test-reporter=tap",
      `${folder}/node-${index}.mjs`,
    ]);
    expect(stdout).toMatch(/^# pass 1$/m);
    expect(exitCode, stdout).toBe(0);
  }
});

test(
  "those of Deno pass",
  async () => {
    const deno = await findDeno();
    if (deno === undefined) return absent("deno");
    const [file = "", ...args] = deno;
    for (const [index, text] of ofDeno.entries()) {
      writeFileSync(`${folder}/deno-${index}.mjs`, text);
      const { stdout, exitCode } = await command(file, [
        ...args,
        "test",
        "-A",
        "--no-lock",
        "--no-check",
        `${folder}/deno-${index}.mjs`,
      ]);
      expect(stdout).toMatch(/1 passed \| 0 failed/);
      expect(exitCode, stdout).toBe(0);
    }
  },
  DOWNLOAD,
);

test("those of Vitest pass", async () => {
  for (const text of ofVitest) {
    writeFileSync(`${folder}/vitest-suite.mjs`, text);
    const { stdout, exitCode } = await execute(
      [
        `${root}/node_modules/vitest/vitest.mjs`,
        "run",
        "--config",
        `${root}/test/host/testing/programs/vitest.config.mjs`,
      ],
      { BEAMLET_SUITES: folder },
    );
    expect(stdout).toMatch(/^ok 1 /m);
    expect(exitCode, stdout).toBe(0);
  }
});
