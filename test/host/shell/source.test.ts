import { expect, test } from "vitest";
import { compile, Incomplete } from "../../../src/shell/source.ts";

/** What becomes of the text of one input, without what stands around it. */
const names = (text: string) => compile(text).names;

test("an input that is not all there asks for more", () => {
  const incomplete = [
    "function f(x: number) {",
    "foo(",
    "`abc",
    "/* abc",
    "{ a: 1,",
    "{ ...x,",
    "const y =",
    "class A { x: number",
    "type T = {",
    "spawn(function* (self: Self) {\n  yield* self.receive(on([P.pid, 'ping'], ([sender]) => {",
    "`${f(",
    "enum A {",
  ];
  for (const text of incomplete) expect(() => compile(`${text}\n`), text).toThrow(Incomplete);
});

test("an input that no line could make right is an error at once", () => {
  for (const text of ["foo(1))", "'abc", "let x: = 3", "a b", "}", "export default 1"]) {
    expect(() => compile(`${text}\n`), text).toThrow(SyntaxError);
    expect(() => compile(`${text}\n`), text).not.toThrow(Incomplete);
  }
});

test("variables, functions, classes, enums, imports and assignments are the session's", () => {
  expect(names("const a = 1, { b, c: [d = 2, ...e], ...f } = g()")).toEqual(["a", "b", "d", "e", "f"]);
  expect(names("function f() {}; class A {}; enum B { C }")).toEqual(["f", "A", "B"]);
  expect(names('import d, { x as y, type T } from "m"; import * as n from "n"')).toEqual(["d", "y", "n"]);
  expect(names("x = receive()")).toEqual(["x"]);
  expect(names("for (const i of [1]) { let j = i; }")).toEqual([]);
  expect(names("interface I { a: string }")).toEqual([]);
});

test("lines stay where they were, one behind the first", () => {
  const { code } = compile('import {\n  a,\n} from "m"\nconst b: string = f(\n  1,\n)\nthrown\n');
  expect(code.split("\n").findIndex((line) => line.includes("thrown"))).toBe(7);
});
