import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "beamlet";
import { observe } from "beamlet/observer";
import { afterAll, expect, test } from "vitest";
import { cli, host } from "./support/session.ts";

// Far from any package: "beamlet" is this one all the same.
const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "beamlet-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("--help and --version tell, for each command, with exit code 0", async () => {
  const { stdout, stderr, code } = await cli(["--help"]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name as string);
  expect(commands).toEqual(["shell", "run", "tour", "observer", "help"]);
  for (const name of commands.slice(0, -1)) {
    const helps = await Promise.all([cli([name, "--help"]), cli(["help", name])]);
    expect(helps[0]).toEqual(helps[1]);
    expect(helps[0].stdout).toMatch(/^Usage: beamlet /);
    expect(helps[0].code).toBe(0);
  }
  expect((await cli(["--version"])).stdout).toMatch(new RegExp(`^beamlet ${version}, ${host} [\\d.]+\\n$`));
});

test("a command line that means nothing says so, with exit code 2", async () => {
  const wrong: [string[], string][] = [
    [["sehll"], "expected a command (shell, run, tour, observer), got sehll"],
    [["shell", "x"], "shell: expected no more arguments, got x"],
    [["run"], "run: expected a file"],
    [["run", "--watch", "x.ts"], "run: expected a file, got --watch"],
    [["tour", "1", "2"], "tour: expected no more arguments, got 2"],
    [["observer"], "observer: expected --attach URL"],
    [["observer", "--attach", "here"], "observer: expected a URL behind --attach, got here"],
    [["observer", "--port", "1"], "observer: Unknown option '--port'"],
    [["help", "x"], "expected a command"],
  ];
  for (const [args, says] of wrong) {
    const { stdout, stderr, code } = await cli(args);
    expect({ args, stdout, code }).toEqual({ args, stdout: "", code: 2 });
    expect(stderr).toContain(`beamlet: ${says}`);
    expect(stderr).toContain("beamlet --help");
  }
  const missing = await cli(["run", join(folder, "nothing.ts")]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("there is no file");
});

test("run: TypeScript, with enums where the host knows them, imports of files and of beamlet, arguments", async () => {
  program("part.ts", "export type Part = string;\nexport const part = (text: Part): string => 'part ' + text;\n");
  const path = program(
    "main.ts",
    [
      'import { defaultRuntime, receive, type Self, self, send, spawn } from "beamlet";',
      'import { part, type Part } from "./part.ts";',
      "const main = self();",
      'spawn(function* (me: Self) { send(main, part("one" as Part)); });',
      "console.log(await receive(), process.argv.slice(2));",
      'console.log(typeof (await import("beamlet/testing")), defaultRuntime().node);',
    ].join("\n"),
  );
  const { stdout, stderr, code } = await cli(["run", path, "a", "--help"], "", { NO_COLOR: "1" });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout.replaceAll("'", '"')).toBe('part one [ "a", "--help" ]\nobject nonode@nohost\n');
});

test("run: the exit code is the program's", async () => {
  const codes: [string, number][] = [
    ["process.exit(7);", 7],
    ["process.exitCode = 3;", 3],
    ['throw new Error("uncaught");', 1],
    ['import { spawnLink } from "beamlet"; spawnLink(() => { throw new Error("boom"); });', 1],
    ['import { spawn } from "beamlet"; spawn(() => { throw new Error("boom"); });', 0],
  ];
  for (const [text, code] of codes) {
    const outcome = await cli(["run", program("code.ts", text)]);
    expect({ text, code: outcome.code }).toEqual({ text, code });
  }
});

test("run: stacks name the lines that were written", async () => {
  const text =
    'interface Unused {\n  a: string;\n}\nfunction fails(what: string): never {\n  throw new Error(what);\n}\nfails("here");\n';
  const { stderr } = await cli(["run", program("lines.ts", text)], "", { NO_COLOR: "1" });
  expect(stderr).toMatch(/lines\.ts:5:\d+/);
  expect(stderr).toMatch(/lines\.ts:7:\d+/);
});

test("tour: a number of processes that is none is refused", async () => {
  const { stderr, code } = await cli(["tour", "none"]);
  expect(stderr).toBe("expected a number of processes from 1 to 1000000, got none\n");
  expect(code).toBe(2);
});

test("observer --attach: says whether the observer of a running program answers", async () => {
  await using runtime = createRuntime();
  await using observer = await observe(runtime);
  const found = await cli(["observer", "--attach", observer.url]);
  expect(found).toMatchObject({ stderr: "", code: 0 });
  expect(found.stdout).toContain(observer.url);
  const guessed = await cli(["observer", "--attach", new URL("/guessed/", observer.url).href]);
  expect(guessed).toMatchObject({ stdout: "", code: 1 });
  expect(guessed.stderr).toContain("refuses");
  const nobody = await cli(["observer", "--attach", "http://127.0.0.1:1/token/"]);
  expect(nobody).toMatchObject({ stdout: "", code: 1 });
  expect(nobody.stderr).toContain("nobody answers");
});
