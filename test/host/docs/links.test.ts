import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { documents, root, textOf } from "./block.ts";

const all = [...documents, "CONTRIBUTING.md", "CHANGELOG.md"];

test.for(all)("links of %s to files and headings of the project lead there", (document) => {
  for (const [link, path = "", heading] of proseOf(document).matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)/g)) {
    const file = path === "" ? document : posix.join(posix.dirname(document), path);
    expect(existsSync(`${root}/${file}`), link).toBe(true);
    if (heading !== undefined) expect(headingsOf(file), link).toContain(heading);
  }
});

test("README.md has a line for each guarantee, in their order", () => {
  const lines = [...textOf("README.md").matchAll(/\(docs\/guarantees\.md#([^)]*)\) \|$/gm)].map(
    ([, heading]) => heading,
  );
  const guarantees = [...textOf("docs/guarantees.md").matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
  expect(lines).toEqual(guarantees);
});

/** A document without its code. */
function proseOf(document: string): string {
  return textOf(document).replaceAll(/^```.*?^```|`[^`\n]*`/gms, "");
}

/** As GitHub names them. */
function headingsOf(document: string): string[] {
  const headings = textOf(document)
    .replaceAll(/^```.*?^```/gms, "")
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}
