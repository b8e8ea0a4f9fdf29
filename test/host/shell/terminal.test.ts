import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasTerminal, host, session } from "./support/session.ts";

const shown = async (...args: Parameters<typeof session>) => (await session(...args)).screen.join("\n");

test.runIf(hasTerminal)("pids, references and reports have Elixir's colours, and none with NO_COLOR", async () => {
  const steps = ["[self(), 1, 'a', null, monitor(self())]", "spawn(() => { throw 1 })", { wait: "Spawned at" }];
  const { written } = await session(steps);
  expect(written).toContain("\x1b[33m#PID<0.4.0>\x1b[39m");
  expect(written).toContain("\x1b[33m#Reference<");
  expect(written).toContain('\x1b[32m"a"\x1b[39m');
  expect(written).toContain("\x1b[35mnull\x1b[39m");
  const report = written.slice(0, written.indexOf(" [error] Process #PID<0.5.0> raised an exception"));
  expect(report.slice(report.lastIndexOf("\n") + 1)).toMatch(/^.\[31m[\d:.]+$/);
  const plain = await session(steps, { env: { NO_COLOR: "1" } });
  for (const code of [31, 32, 33, 35, 39]) expect(plain.written).not.toContain(`\x1b[${code}m`);
});

test.runIf(hasTerminal)("long values stand on several lines", async () => {
  const text = await shown(["({ list: Array.from({ length: 4 }, (_, n) => ({ n, name: 'x'.repeat(10) })) })"], {
    columns: 60,
  });
  expect(text).toContain(
    [
      "{",
      "  list: [",
      '    {n: 0, name: "xxxxxxxxxx"},',
      '    {n: 1, name: "xxxxxxxxxx"},',
      '    {n: 2, name: "xxxxxxxxxx"},',
      '    {n: 3, name: "xxxxxxxxxx"}',
      "  ]",
      "}",
    ].join("\n"),
  );
});

test.runIf(hasTerminal)("what processes write while somebody types stands above what is typed", async () => {
  const { screen } = await session([
    "spawn(function* (self) { yield* self.sleep(200); console.log('from a process') })",
    { wait: ")> \x1b[" },
    { type: "1 + 1" },
    { wait: "from a process" },
    { type: "\r" },
  ]);
  const at = screen.indexOf("from a process");
  expect(screen.slice(at - 1, at + 3)).toEqual(["#PID<0.5.0>", "from a process", "beamlet(2)> 1 + 1", "2"]);
});

test.runIf(hasTerminal)("what is typed while something is evaluated runs afterwards, in order", async () => {
  const { screen } = await session(["await new Promise((done) => setTimeout(done, 200, 1))\rv() + 1\rv() + 1"]);
  expect(screen.filter((line) => /^\d$/.test(line))).toEqual(["1", "2", "3"]);
});

test.runIf(hasTerminal)("Ctrl+C ends what is waited for; the variables stay", async () => {
  const { screen } = await session([
    "const kept = [self()]",
    "setTimeout(() => console.log('waits'), 100); receive()",
    { wait: "waits\r\n" },
    { type: "\x03" },
    { wait: "interrupted" },
    "[kept[0] === self(), isAlive(kept[0]), kept.length]",
  ]);
  const at = screen.indexOf("waits");
  expect(screen.slice(at + 1, at + 4)).toEqual([
    "** (EXIT) interrupted",
    "beamlet(2)> [kept[0] === self(), isAlive(kept[0]), kept.length]",
    "[false, false, 1]",
  ]);
});

if (host !== "Node") console.log(`test/host/shell: ${host} can't interrupt a loop that does not wait`);

test.runIf(hasTerminal && host === "Node")("Ctrl+C ends a loop that does not wait", async () => {
  const { screen } = await session([
    "console.log('begins'); for (;;);",
    { wait: "begins\r\n" },
    { type: "\x03" },
    "'still here'",
  ]);
  expect(screen.join("\n")).toMatch(/\*\* \(Error\) .*interrupted/);
  expect(screen).toContain('"still here"');
});

test.runIf(hasTerminal && host === "Node")(
  "Ctrl+C in the midst of writing leaves the terminal, and whoever writes on it, as they were",
  async () => {
    const loops = [
      "for (;;) console.log('tick')",
      "for (;;) process.stdout.write('tick\\n')",
      "for (;;) console.error({})",
    ];
    const { screen } = await session([
      // Sooner or later it comes in the midst.
      ...[...loops, ...loops, ...loops].flatMap((loop) => [loop, { pause: 0.1 }, { type: "\x03" }]),
      "console.log('out', { is: 1 }); console.error('err'); process.stdout.write('raw\\n'); 'value'",
    ]);
    expect(screen.slice(-6, -1)).toEqual(["out { is: 1 }", "err", "raw", '"value"', expect.stringMatching(/^beamlet/)]);
    expect(screen.filter((line) => line.includes("interrupted by"))).toHaveLength(9);
  },
);

test.runIf(hasTerminal)(
  "Tab completes names of the API, members, variables, and registered processes in quotes",
  async () => {
    const { screen } = await session([
      "const counter = spawn(function* (self) { for (;;) yield* self.receive() })",
      "register(counter, 'counting')",
      { wait: ")> \x1b[" },
      { type: "spawnMon\t" },
      { wait: "spawnMonitor" },
      { type: "\x15GenServer.def\t" },
      { wait: "GenServer.define" },
      { type: "\x15counte\t" },
      { wait: "counter" },
      { type: "\x15send('counti\t" },
      { wait: "send('counting" },
      { type: "', 'x')\r" },
    ]);
    expect(screen).toContain("beamlet(3)> send('counting', 'x')");
    expect(screen).toContain('"x"');
  },
);

test.runIf(hasTerminal)("what was typed is in the history of the next session", async () => {
  const folder = mkdtempSync(join(tmpdir(), "beamlet-history-"));
  const env = { BEAMLET_HISTORY: join(folder, "history") };
  await session(["'from the first'", "2"], { env });
  const { screen } = await session([{ wait: ")> \x1b[" }, { type: "\x1b[A\x1b[A\r" }], { env });
  expect(readFileSync(env.BEAMLET_HISTORY, "utf8")).toContain("'from the first'");
  rmSync(folder, { recursive: true });
  expect(screen).toContain("beamlet(1)> 'from the first'");
  expect(screen).toContain('"from the first"');
});

test.runIf(hasTerminal)("v, pid, flush, i and processes", async () => {
  const { screen } = await session([
    "'first'",
    "v(1) + v()",
    "v(9)",
    "pid('0.4.0') === self() && pid(0, 4, 0) === self() && pid(String(self())) === self()",
    "pid('0.999.0')",
    "send(self(), ['a', self()])",
    "i(self())",
    "flush()",
    "i('text')",
    "processes()",
  ]);
  const text = screen.join("\n");
  expect(text).toContain('beamlet(2)> v(1) + v()\n"firstfirst"');
  expect(text).toContain("** (RangeError) v(9) is out of bounds: there are 2 values");
  expect(text).toMatch(/pid\(String\(self\(\)\)\) === self\(\)\ntrue/);
  expect(text).toContain("** (Error) pid: no process is #PID<0.999.0>");
  expect(text).toContain('Message queue length\n  1\nFirst messages\n  ["a", #PID<0.4.0>]');
  expect(text).toContain('flush()\n["a", #PID<0.4.0>]\n"ok"');
  expect(text).toContain("Type\n  string\nLength\n  4 UTF-16 units, 4 bytes in UTF-8");
  const table = screen.slice(
    screen.findIndex((line) => line.startsWith("Pid ")),
    -2,
  );
  expect(table.map((line) => line.split(/ {2,}/).slice(0, 2).join(" "))).toEqual([
    "Pid Name",
    "#PID<0.1.0> (the program)",
    "#PID<0.3.0> Supervisor.startLink",
    "#PID<0.4.0> evaluator",
  ]);
});

test.runIf(hasTerminal)("h prints the doc comments", async () => {
  const { screen } = await session(["h()", "h(spawnLink)", "h('GenServer.call')", "h(flush)", "h(1)"], {
    columns: 100,
  });
  const text = screen.join("\n");
  expect(text).toContain("the documentation of a function");
  expect(text).toMatch(/spawnLink<X, A extends readonly unknown\[\]>\(body: Body<X, A>, \.\.\.args: A\): Pid<X>/);
  expect(text).toContain("links the process to this one before it can run");
  expect(text).toMatch(/ {2}call\(/);
  expect(text).toContain("Takes all messages out of the shell's mailbox");
  expect(text).toContain("** (Error) h: that is no name of the API");
});

test.runIf(hasTerminal)("observer() serves the observer, and tells where", async () => {
  const { screen } = await session(["observer()", "observer()"]);
  const told = screen.filter((line) => /^the observer is at http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/$/.test(line));
  // The second time it is the same one.
  expect(told).toEqual([told[0], told[0]]);
});

test.runIf(hasTerminal)("the observer knows at which input a process was spawned", async () => {
  const { screen } = await session([
    "const pid = spawn(function* waits(self) { yield* self.receive() })",
    "const { localSource } = await import('beamlet/observer')",
    "(await new Promise((told) => localSource().subscribe('process', { pid: String(pid) }, told))).spawnedAt[0]",
  ]);
  // Which line of it depends on what the host adds in front.
  expect(screen.find((line) => line.startsWith('"at '))).toMatch(/^"at (.* \()?shell\/1:\d/);
});

test.runIf(hasTerminal)("an error in a timer, and a promise that nobody waits for, end nothing", async () => {
  const { screen } = await session([
    "setTimeout(() => { throw new Error('of a timer') }, 10) && 1",
    { wait: "(Error) of a timer" },
    { type: "Promise.reject(new Error('of a promise')) && 2\r" },
    { wait: "(Error) of a promise" },
    { type: "'still here'\r" },
    { wait: '"still here"' },
  ]);
  expect(screen).toContain("** (Error) of a timer");
  expect(screen).toContain("** (Error) of a promise");
});
