import { expect, test } from "vitest";
import { cli, same } from "./support/session.ts";

const lines = (text: string) => text.split("\n").map(same);

test("in a pipe: the values on stdout, no prompt, no colour, exit code 0", async () => {
  const input =
    'const a: number = 1\na + 1\nfunction f(\n  x: string,\n) {\n  return [x]\n}\nf("x")\n\n// nothing\nself()\n';
  const { stdout, stderr, code } = await cli([], input);
  expect(stdout).toBe('1\n2\n["x"]\n#PID<0.4.0>\n');
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test("what was set going runs to its end by itself, as in every program", async () => {
  const input = 'spawn(function* (self) { yield* self.sleep(50); console.log("hi") })';
  expect(await cli([], input)).toEqual({ stdout: "#PID<0.5.0>\nhi\n", stderr: "", code: 0 });
});

test("an error goes to stderr, the lines behind it run, and the exit code is 1", async () => {
  const { stdout, stderr, code } = await cli([], "1\nnothing\nexit('x')\nthrow 3\nfoo(1))\n2\n");
  expect(stdout).toBe("1\n2\n");
  expect(stderr.split("\n").filter((line) => !/^ +at /.test(line))).toEqual([
    expect.stringMatching(/^\*\* \(ReferenceError\) .*nothing/),
    '** (exit) "x"',
    "** (throw) 3",
    expect.stringMatching(/^\*\* \(SyntaxError\) Unexpected token/),
    "",
  ]);
  expect(code).toBe(1);
});

test("a linked crash is on stderr: the EXIT text, then the report; variables are gone", async () => {
  const { stdout, stderr, code } = await cli([], 'const x = 1\nspawnLink(() => { throw new Error("boom!") })\nx\n');
  expect(lines(stdout).filter((line) => line !== "")).toEqual([
    "1",
    "#PID<0.5.0>",
    "Beamlet VERSION on HOST: h() tells what there is, Ctrl+D leaves",
  ]);
  expect(lines(stderr).filter((line) => !/^ +at |^$|^Spawned at/.test(line))).toEqual([
    "** (EXIT from #PID<0.4.0>) shell process exited with reason: an exception was raised:",
    "    ** (Error) boom!",
    "TIME [error] Process #PID<0.5.0> raised an exception",
    "** (Error) boom!",
    expect.stringMatching(/^\*\* \(ReferenceError\) /),
  ]);
  expect(code).toBe(1);
});

test("input that ends in the midst of a statement is an error", async () => {
  const { stdout, stderr, code } = await cli(["shell"], "1\nf({\n");
  expect(stdout).toBe("1\n");
  expect(stderr).toBe("** (SyntaxError) the input ended in the midst of a statement\n");
  expect(code).toBe(1);
});

test("modules: of this package, of the host, from the working directory, by statement and by call", async () => {
  const input = [
    'import { GenServer as G } from "beamlet"',
    'import * as kernel from "beamlet/kernel"',
    'import { basename } from "node:path"',
    "G === GenServer && kernel.spawn === spawn && basename('/a/b')",
    'import { Output } from "./examples/tour/output.ts"',
    "typeof Output",
    'typeof (await import("beamlet/testing"))',
    'import.meta.url.startsWith("file:")',
  ].join("\n");
  const { stdout, stderr, code } = await cli([], input);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toBe('"b"\n"function"\n"object"\ntrue\n');
});

test("processes of OTP are started, linked and called by the shell's own process", async () => {
  const input = [
    'const Stack = GenServer.define({ name: "Stack", init: (items: string[]) => items, calls: { pop: (items) => reply(items[0], items.slice(1)) } })',
    'const top = Supervisor.startLink([Stack.child(["hello"], { name: "stack" })], { strategy: "one_for_one" })',
    "processInfo(self(), 'links').includes(top)",
    "Stack.call.pop('stack')",
    "GenServer.call('stack', ['none'])",
    "isAlive(top)",
  ].join("\n");
  const { stdout, stderr, code } = await cli([], input);
  expect(stdout.split("\n").slice(-5)).toEqual([expect.stringMatching(/^#PID/), "true", '"hello"', "true", ""]);
  expect(stderr).toContain("** (exit) exited in: GenServer.call(");
  expect(code).toBe(1);
});
