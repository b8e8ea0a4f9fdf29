import { expect, test } from "vitest";
import { textOf } from "./block.ts";

/** The systems of README's table, as the page of all figures calls them, in their order. */
const SYSTEMS = ["generator", "loop", "erlang", "xstate", "effect", "nact"];

/** The cells of a line of a table. */
const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

test("README.md's figures are those of docs/performance.md", () => {
  const lines = textOf("docs/performance.md").split("\n");
  const heads = lines.find((line) => line.startsWith("| workload | erlang"));
  const columns = cellsOf(heads ?? "").map((cell) => cell.split(" ")[0]);
  const rows = [...textOf("README.md").matchAll(/^\|[^|]*\(`(\w+)`\) (\|.*\|)$/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, workload, figures = ""] of rows) {
    const cells = cellsOf(lines.find((line) => line.startsWith(`| ${workload} | `)) ?? "");
    const medians = SYSTEMS.map((system) => cells[columns.indexOf(system)]?.split(" ")[0]);
    expect(cellsOf(figures), workload).toEqual(medians);
  }
});

test("and so are the bytes of an idle process", () => {
  const text = textOf("docs/performance.md");
  const bytes = SYSTEMS.map((system) => text.match(new RegExp(`^\\| ${system} \\| [\\d,]+ \\| ([\\d,]+) `, "m"))?.[1]);
  const figures = textOf("README.md").match(/^\| bytes of an idle process (\|.*\|)$/m)?.[1] ?? "";
  expect(cellsOf(figures)).toEqual(bytes);
});
