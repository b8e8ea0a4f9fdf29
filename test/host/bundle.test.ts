import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "./docs/block.ts";

test("in the bundle the processes of OTP have the names of their bodies", async () => {
  const { GenServer, processInfo, Task } = (await import(
    `${root}/dist/index.js`
  )) as typeof import("../../src/index.ts");
  const server = await GenServer.define({ name: "Stack", init: () => 0 }).start();
  expect(processInfo(server, "initialCall")).toBe("serve");
  const task = Task.async(() => 1);
  expect(processInfo(task.pid as never, "initialCall")).toBe("perform");
  expect(await Task.await(task)).toBe(1);
});

test("the kernel's bundle calls everything as its types do", () => {
  // Only there are names made short. What several entries share of their types lies in files of its own; that
  // of the core's functions, which no program calls, is another one.
  const own = readFileSync(`${root}/dist/kernel.d.ts`, "utf8");
  const shared = [...new Set(own.match(/(?<=from ['"]\.\/)types-[\w-]+(?=\.js['"])/g))];
  const types = [own, ...shared.map((name) => readFileSync(`${root}/dist/${name}.d.ts`, "utf8"))].join("\n");
  const words = new Set(readFileSync(`${root}/dist/kernel.js`, "utf8").match(/\w+/g));
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    // What pids need of a runtime, and nobody exports.
    if (ts.isTypeAliasDeclaration(node) && node.name.text === "PidRuntime") return;
    if ((ts.isClassElement(node) || ts.isTypeElement(node)) && node.name && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("index.d.ts", types, ts.ScriptTarget.Latest));
  expect(names.size).toBeGreaterThan(50);
  expect([...names].filter((name) => !words.has(name))).toEqual([]);
});
