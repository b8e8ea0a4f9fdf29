import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { exhibits } from "../../simulation/exhibits.ts";
import { root, textOf } from "./block.ts";

test("docs/simulation-zoo.md has a row for each program of the zoo", () => {
  const rows = [...textOf("docs/simulation-zoo.md").matchAll(/^\| \[(.+)\]\(.*\/zoo\/(.+)\) \| .* \| (\w+) \|$/gm)];
  expect(rows.map(([, name, , kind]) => `${name}: ${kind}`).sort()).toEqual(
    exhibits.map(({ name, finds }) => `${name}: ${finds.kind}`).sort(),
  );
  expect(rows.map(([, , file]) => file).sort()).toEqual(readdirSync(`${root}/test/simulation/zoo`).sort());
});
