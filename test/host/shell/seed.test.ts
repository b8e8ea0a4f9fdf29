import { expect, test } from "vitest";
import { hasTerminal, session } from "./support/session.ts";

const BANNER = "Beamlet VERSION on HOST: h() tells what there is, Ctrl+D leaves";

test.runIf(hasTerminal)("S4 to S12: spawn, send, receive, and after, typed line by line", async () => {
  const { screen, code } = await session([
    "const parent = self()",
    'spawn(() => { send(parent, "hello from a process") })',
    "receive()",
    [
      'const pid = spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {',
      "  yield* self.receive(on([P.pid, 'ping'], ([sender]) => {",
      "    console.log('Got ping');",
      "    send(sender, 'pong');",
      "  }));",
      "})",
    ].join("\r"),
    'send(pid, [self(), "ping"])',
    "'Got ' + await receive() + ' back'",
    "isAlive(pid)",
    'for (const fruit of ["apple", "pear", "plum"]) send(self(), fruit)',
    'processInfo(self(), "messages")',
    'await receive(on("plum", () => "the plum"), on("pear", () => "the pear"))',
    "flush()",
    'receive(on(P._, (message) => message), after(50, () => "Timeout, giving up"))',
    "after(NaN, () => 1)",
  ]);
  expect(withoutContinuations(screen)).toEqual([
    BANNER,
    "",
    "beamlet(1)> const parent = self()",
    "#PID<0.4.0>",
    'beamlet(2)> spawn(() => { send(parent, "hello from a process") })',
    "#PID<0.5.0>",
    "beamlet(3)> receive()",
    '"hello from a process"',
    'beamlet(4)> const pid = spawn(function* (self: Self<[Pid<"pong">, "ping"]>) {',
    ">   yield* self.receive(on([P.pid, 'ping'], ([sender]) => {",
    ">     console.log('Got ping');",
    ">     send(sender, 'pong');",
    ">   }));",
    "> })",
    "#PID<0.6.0>",
    'beamlet(5)> send(pid, [self(), "ping"])',
    '[#PID<0.4.0>, "ping"]',
    "Got ping",
    "beamlet(6)> 'Got ' + await receive() + ' back'",
    '"Got pong back"',
    "beamlet(7)> isAlive(pid)",
    "false",
    'beamlet(8)> for (const fruit of ["apple", "pear", "plum"]) send(self(), fruit)',
    'beamlet(9)> processInfo(self(), "messages")',
    '["apple", "pear", "plum"]',
    'beamlet(10)> await receive(on("plum", () => "the plum"), on("pear", () => "the pear"))',
    '"the pear"',
    "beamlet(11)> flush()",
    '"apple"',
    '"plum"',
    '"ok"',
    'beamlet(12)> receive(on(P._, (message) => message), after(50, () => "Timeout, giving up"))',
    '"Timeout, giving up"',
    "beamlet(13)> after(NaN, () => 1)",
    expect.stringMatching(/^\*\* \(RangeError\) .*got NaN/),
    expect.stringMatching(/^ +at .*shell\/13:1/),
    "beamlet(13)>",
    ...end(screen),
  ]);
  expect(code).toBe(0);
});

const child = (how: string) =>
  `const child = ${how}(function* body(self: Self<"boom">) { yield* self.receive({ boom() { throw new Error("boom!"); } }); })`;

test.runIf(hasTerminal)(
  "S15 a linked crash: the EXIT text with the shell's own pid, a new banner, input 1, a new self, variables gone",
  async () => {
    const { screen, code } = await session([
      "self()",
      "const kept = 1",
      child("spawnLink"),
      'send(child, "boom")',
      { wait: "Spawned at" },
      "self()",
      "kept",
      "processInfo(self(), 'links').length",
    ]);
    expect(withoutStacks(screen)).toEqual([
      BANNER,
      "",
      "beamlet(1)> self()",
      "#PID<0.4.0>",
      "beamlet(2)> const kept = 1",
      "1",
      `beamlet(3)> ${child("spawnLink")}`,
      "#PID<0.5.0>",
      'beamlet(4)> send(child, "boom")',
      '"boom"',
      "** (EXIT from #PID<0.4.0>) shell process exited with reason: an exception was raised:",
      "    ** (Error) boom!",
      "",
      BANNER,
      "",
      "TIME [error] Process #PID<0.5.0> raised an exception",
      "** (Error) boom!",
      "Initial Call: body",
      expect.stringMatching(/^Spawned at: .*shell\/3:1/),
      "",
      "beamlet(1)> self()",
      "#PID<0.7.0>",
      "beamlet(2)> kept",
      "** (ReferenceError) kept is not defined",
      "beamlet(2)> processInfo(self(), 'links').length",
      // The supervisor.
      "1",
      "beamlet(3)>",
      ...end(screen),
    ]);
    expect(code).toBe(0);
  },
);

test.runIf(hasTerminal)("S16 an unlinked crash: only a report", async () => {
  const { screen } = await session([
    child("spawn"),
    'send(child, "boom")',
    { wait: "Spawned at" },
    "[isAlive(child), self()]",
  ]);
  expect(withoutStacks(screen)).toEqual([
    BANNER,
    "",
    `beamlet(1)> ${child("spawn")}`,
    "#PID<0.5.0>",
    'beamlet(2)> send(child, "boom")',
    '"boom"',
    "",
    "TIME [error] Process #PID<0.5.0> raised an exception",
    "** (Error) boom!",
    "Initial Call: body",
    expect.stringMatching(/^Spawned at: .*shell\/1:1/),
    "",
    "beamlet(3)> [isAlive(child), self()]",
    "[false, #PID<0.4.0>]",
    "beamlet(4)>",
    ...end(screen),
  ]);
});

test.runIf(hasTerminal)(
  "S18 a Beamlet supervisor starts the evaluator again, whatever ends it; and its own end is no end",
  async () => {
    const { screen } = await session([
      "exit(self(), 'kill')",
      "self()",
      "const [supervisor] = processInfo(self(), 'links')",
      "(await Supervisor.whichChildren(supervisor)).map(([id, pid]) => [id, pid === self()])",
      "exit(supervisor, 'kill')",
      "isAlive(pid('0.3.0'))",
      "processInfo(self(), 'links').length",
    ]);
    const exit = (pid: string) => [`** (EXIT from #PID<${pid}>) shell process exited with reason: killed`, "", BANNER];
    expect(screen).toEqual([
      BANNER,
      "",
      "beamlet(1)> exit(self(), 'kill')",
      ...exit("0.4.0"),
      "beamlet(1)> self()",
      "#PID<0.6.0>",
      "beamlet(2)> const [supervisor] = processInfo(self(), 'links')",
      "[#PID<0.3.0>]",
      "beamlet(3)> (await Supervisor.whichChildren(supervisor)).map(([id, pid]) => [id, pid === self()])",
      '[["evaluator", true]]',
      "beamlet(4)> exit(supervisor, 'kill')",
      expect.stringMatching(/^\*\* \(EXIT from #PID<0\.6\.0>\) shell process exited with reason: killed$/),
      ...exit("").slice(1),
      "beamlet(1)> isAlive(pid('0.3.0'))",
      "false",
      "beamlet(2)> processInfo(self(), 'links').length",
      "1",
      "beamlet(3)>",
      ...end(screen),
    ]);
  },
);

test.runIf(hasTerminal)("S23 to S28: the counter says 13, the registered one 11, and names have edges", async () => {
  const { screen } = await session([
    [
      "function* listen(self, count: number) {",
      "  for (;;) yield* self.receive({ inc: () => { count++; }, val: ([, from]) => { send(from, count); } });",
      "}",
    ].join("\r"),
    "const Counter = { start: (count: number) => spawn(listen, count) }",
    "const counter = Counter.start(10)",
    'send(counter, "inc"); send(counter, "inc"); send(counter, "inc")',
    'send(counter, ["val", self()])',
    "receive()",
    'register(Counter.start(10), "count")',
    'whereis("count")',
    'whereis("nobody")',
    'send("count", "inc")',
    'send("count", ["val", self()])',
    "receive()",
    'register(counter, "count")',
    'send("nobody", "x")',
    'send(pid("0.5.0"), "late")',
  ]);
  expect(withoutStacks(screen).slice(5)).toEqual([
    "beamlet(2)> const Counter = { start: (count: number) => spawn(listen, count) }",
    "{start: [Function: start]}",
    "beamlet(3)> const counter = Counter.start(10)",
    "#PID<0.5.0>",
    'beamlet(4)> send(counter, "inc"); send(counter, "inc"); send(counter, "inc")',
    '"inc"',
    'beamlet(5)> send(counter, ["val", self()])',
    '["val", #PID<0.4.0>]',
    "beamlet(6)> receive()",
    "13",
    'beamlet(7)> register(Counter.start(10), "count")',
    "true",
    'beamlet(8)> whereis("count")',
    "#PID<0.6.0>",
    'beamlet(9)> whereis("nobody")',
    "undefined",
    'beamlet(10)> send("count", "inc")',
    '"inc"',
    'beamlet(11)> send("count", ["val", self()])',
    '["val", #PID<0.4.0>]',
    "beamlet(12)> receive()",
    "11",
    'beamlet(13)> register(counter, "count")',
    expect.stringMatching(/^\*\* \(NameError\) the name "count" is taken by #PID<0\.6\.0>/),
    'beamlet(13)> send("nobody", "x")',
    expect.stringMatching(/^\*\* \(NameError\) no process is registered as "nobody"/),
    'beamlet(13)> send(pid("0.5.0"), "late")',
    '"late"',
    "beamlet(14)>",
    ...end(screen),
  ]);
});

/** What Ctrl+D leaves behind: an empty line. */
function end(screen: string[]): string[] {
  return screen.at(-1) === "" ? [""] : [];
}

/** node:repl's prompts for a line that goes on are Node's own since 24, and Bun's. */
function withoutContinuations(screen: string[]): string[] {
  return screen.map((line) => line.replace(/^(\.\.\.\(\d+\)>|\|) ?/, "> ").trimEnd());
}

function withoutStacks(screen: string[]): string[] {
  return screen.filter((line) => !/^ +at /.test(line));
}
