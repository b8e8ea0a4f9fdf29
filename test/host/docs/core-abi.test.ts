import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root, textOf } from "./block.ts";

const sourceOf = (name: string) => readFileSync(`${root}/assembly/${name}.ts`, "utf8");

/** The rows of all tables: the first cell without its quotes, and the second. */
const rows = [...textOf("docs/core-abi.md").matchAll(/^\| `?([^|`]+)`? \| ([^|]*) ?\|/gm)].map(
  ([, first = "", second = ""]) => [first, second.trim()] as const,
);
const described = (kind: RegExp) => rows.map(([first]) => first).filter((first) => kind.test(first));

const functions = [...sourceOf("index").matchAll(/^export function (\w+)\((.*)\): (\w+)/gm)];

test("core-abi.md describes the core's functions, all of them and no others", () => {
  const calls = functions.map(([, name, parameters = ""]) => `${name}(${parameters.replaceAll(/: \w+/g, "")})`);
  expect(calls).not.toEqual([]);
  expect(described(/\)$/).sort()).toEqual(calls.sort());
});

test("all numbers that cross the border are i32, but for times, which are f64", () => {
  for (const [declaration, , parameters = "", result] of functions) {
    const types = [...parameters.matchAll(/(\w+): (\w+)/g)].map(([, name, type]) => `${name}: ${type}`);
    for (const type of types) expect(type, declaration).toMatch(/: i32$|^(now|deadline): f64$/);
    expect(result, declaration).toMatch(/^(i32|f64|void)$/);
  }
});

test("core-abi.md says what each invariant is", () => {
  const numbers = [...sourceOf("check").matchAll(/return (?:[^;]* : )?-?(\d{3});/g)].map(([, number]) => number);
  expect(numbers).not.toEqual([]);
  expect(described(/^\d{3}$/).sort()).toEqual(numbers.sort());
});

test("core-abi.md has the constants of layout.ts, with their values", () => {
  const constants = [...sourceOf("layout").matchAll(/^export const (\w+) = (-?\d+);/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  const named = rows
    .filter(([name]) => /^[A-Z_]+$/.test(name))
    .map(([name, value]) => [name, Number(value.replaceAll(",", ""))]);
  expect(constants).not.toEqual([]);
  expect(named.sort()).toEqual(constants.sort());
});
