import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}/docs/guarantees.md`, "utf8");

/** Each guarantee: its heading, and what stands below it. */
const guarantees = page
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [heading = "", ...body] = text.split(/^## /m)[0]?.split("\n") ?? [];
    return { heading, text: body.join("\n").trim() };
  });

test("the page has guarantees", () => {
  expect(guarantees.length).toBeGreaterThan(30);
});

test.each(guarantees)(
  "$heading begins with a sentence to rely on, and leads to the test of its name",
  ({ heading, text }) => {
    expect(text).toMatch(/^\*\*[^*]+\.\*\*/);
    const links = [...text.matchAll(/^\[Test\]\(\.\.\/(test\/(?:semantics|host)\/[\w-]+\.test\.ts)\)$/gm)];
    expect(links.map(([, file]) => file?.replace(/^test\/\w+\//, ""))).toEqual([`${heading}.test.ts`]);
    const [, file] = links[0] ?? [];
    expect(existsSync(`${root}/${file}`)).toBe(true);
  },
);

test("every file of test/semantics stands for a guarantee, once", () => {
  const files = readdirSync(`${root}/test/semantics`).filter((name) => name.endsWith(".ts"));
  const linked = [...page.matchAll(/^\[Test\]\(\.\.\/test\/semantics\/([\w.-]+)\)$/gm)].map(([, file]) => file);
  expect(linked.sort()).toEqual(files.sort());
});

test("the list at the top names every guarantee, in the page's order", () => {
  const listed = [...page.matchAll(/\[([\w-]+)\]\(#\1\)/g)].map(([, name]) => name);
  const headings = guarantees.map(({ heading }) => heading);
  expect(listed.slice(0, headings.length)).toEqual(headings);
});
