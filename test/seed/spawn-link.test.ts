// The page's section on spawn_link.
import { expect, test } from "vitest";
import {
  exitText,
  formatReport,
  on,
  P,
  type Pid,
  type Report,
  type Runtime,
  type Self,
  shellExitText,
} from "../../src/index.ts";
import { idle, ownRuntime, rejection, trapping } from "../semantics/support/own-runtime.ts";

/** The page's snippet: it crashes when told so. */
function* bomb(self: Self<"boom">) {
  yield* self.receive({
    boom() {
      throw new Error("boom!");
    },
  });
}

/** The lines of a report before the stack. */
function head(report: Report | undefined): string[] {
  return report === undefined ? [] : formatReport(report).split("\n").slice(0, 2);
}

const crashed = (pid: Pid<never>, error: string) => [
  expect.stringMatching(new RegExp(String.raw`^[\d:.]{12} \[error\] Process ${pid} raised an exception$`)),
  `** ${error}`,
];

test("S14 when one of two linked processes ends abnormally, both end", () => {
  const { runtime } = ownRuntime();
  const parent = runtime.spawn(function* (self: Self<Pid<"boom">>) {
    self.spawnLink(() => self.runtime.exit("a reason"));
    yield* self.receive();
  });
  const child = runtime.spawn(idle);
  runtime.spawn((self: Self) => {
    self.link(child);
    throw new Error("the parent's end reaches the child as well");
  });
  runtime.run();
  expect(runtime.isAlive(parent)).toBe(false);
  expect(runtime.isAlive(child)).toBe(false);
});

test("S14 a normal end leaves the other alive", () => {
  const { runtime } = ownRuntime();
  let child: Pid<never> | undefined;
  const parent = runtime.spawn(function* (self: Self) {
    child = self.spawnLink(() => {});
    yield* self.receive();
  });
  runtime.run();
  expect(runtime.isAlive(child as Pid<never>)).toBe(false);
  expect(runtime.isAlive(parent)).toBe(true);
  expect(runtime.processInfo(parent, "links")).toEqual([]);
});

test("S14 the reason travels along a chain, to whoever traps exits", () => {
  const { runtime } = ownRuntime();
  const last = runtime.spawn(trapping);
  const beyond = runtime.spawn(idle);
  const middle = runtime.spawn(function* (self: Self) {
    self.link(last);
    self.spawnLink(() => runtime.exit("deep"));
    yield* self.receive();
  });
  runtime.spawn(function* (self: Self) {
    self.link(last);
    self.link(beyond);
    yield* self.receive();
  });
  runtime.run();
  expect(runtime.isAlive(middle)).toBe(false);
  expect(runtime.processInfo(last, "messages")).toEqual([["EXIT", middle, "deep"]]);
  expect(runtime.isAlive(beyond)).toBe(true);
});

test("S15 a linked crash ends the main process: its text names its own pid, the report the child's", async () => {
  const { runtime, reports, mainExits } = ownRuntime();
  const main = runtime.self();
  const waiting = runtime.receive();
  const rejected = rejection(waiting);
  const child = runtime.spawnLink(bomb);
  runtime.send(child, "boom");
  runtime.run();

  expect(mainExits).toEqual([{ pid: main, reason: expect.objectContaining({ message: "boom!" }) }]);
  const reason = mainExits[0]?.reason;
  expect(shellExitText(main, reason).split("\n").slice(0, 2)).toEqual([
    `** (EXIT from ${main}) shell process exited with reason: an exception was raised:`,
    "    ** (Error) boom!",
  ]);
  expect(reports.map(head)).toEqual([crashed(child, "(Error) boom!")]);
  expect(await rejected).toMatchObject({ name: "ExitError", reason });
});

test("S15 a new main process takes its place: a new self, no links, no messages, no name", () => {
  const { runtime, mainExits } = ownRuntime();
  const main = runtime.self();
  runtime.register(main, "main");
  runtime.send(main, "lost with it");
  runtime.send(runtime.spawnLink(bomb), "boom");
  runtime.run();

  const next = runtime.self();
  expect(next).not.toBe(main);
  expect(runtime.isAlive(main)).toBe(false);
  expect(runtime.isAlive(next)).toBe(true);
  expect(runtime.processInfo(next)).toMatchObject({
    links: [],
    messages: [],
    registeredName: undefined,
    trapExit: false,
  });
  expect(runtime.whereis("main")).toBeUndefined();

  // And it goes down and comes back as often as it has to.
  runtime.send(runtime.spawnLink(bomb), "boom");
  runtime.run();
  expect(mainExits.map(({ pid }) => pid)).toEqual([main, next]);
});

test("S15 whoever is told of the end acts for the new main process already", () => {
  const selves: Pid<never>[] = [];
  const { runtime } = ownRuntime({ onMainExit: () => selves.push(runtime.self()) });
  runtime.send(runtime.spawnLink(bomb), "boom");
  runtime.run();
  expect(selves).toEqual([runtime.self()]);
});

test("S16 an unlinked crash is a report, and nothing else dies", () => {
  const { runtime, reports, mainExits } = ownRuntime();
  const main = runtime.self();
  const bystander = runtime.spawn(idle);
  const child = runtime.spawn(bomb);
  runtime.send(child, "boom");
  runtime.run();

  expect(reports.map(head)).toEqual([crashed(child, "(Error) boom!")]);
  expect(formatReport(reports[0] as Report)).toMatch(/^ {4}at .*spawn-link\.test\.ts/m);
  expect(runtime.isAlive(child)).toBe(false);
  expect(runtime.isAlive(bystander)).toBe(true);
  expect(runtime.self()).toBe(main);
  expect(mainExits).toEqual([]);
});

test("S17 the text of a script's main process is Elixir's", () => {
  const { runtime, mainExits } = ownRuntime();
  const main = runtime.self();
  runtime.send(runtime.spawnLink(bomb), "boom");
  runtime.run();
  const text = exitText(main, mainExits[0]?.reason).split("\n");
  expect(text.slice(0, 2)).toEqual([`** (EXIT from ${main}) an exception was raised:`, "    ** (Error) boom!"]);
  expect(text[2]).toMatch(/^ {8}at .*spawn-link\.test\.ts/);
});

/** What restarts a shell's evaluator: of the OTP Supervisor, which comes with the OTP modules, the heart. */
function* supervisor(self: Self, runtime: Runtime, evaluators: Pid<string>[]) {
  self.trapExit = true;
  for (;;) {
    const child: Pid<string> = self.spawnLink(function* evaluator(self: Self<string>) {
      for (const variables = new Set<string>(); ; ) {
        const line = yield* self.receive();
        if (line === "boom") throw new Error("boom!");
        variables.add(line);
        self.put("variables", variables.size);
      }
    });
    runtime.register(child, "evaluator");
    evaluators.push(child);
    yield* self.receive(on(["EXIT", child, P._], () => {}));
  }
}

test("S18 an evaluator under a supervising process is restarted, with a new pid and its variables gone", () => {
  const { runtime, reports } = ownRuntime();
  const evaluators: Pid<string>[] = [];
  const pid = runtime.spawn(supervisor, runtime, evaluators);
  runtime.run();
  for (const line of ["x", "y", "boom"]) runtime.send("evaluator", line);
  runtime.run();
  runtime.send("evaluator", "z");
  runtime.run();

  expect(evaluators.length).toBe(2);
  const [before, now] = evaluators as [Pid<string>, Pid<string>];
  expect(now).not.toBe(before);
  expect(runtime.isAlive(before)).toBe(false);
  expect(runtime.whereis("evaluator")).toBe(now);
  expect(runtime.processInfo(now, "dictionary")).toEqual(new Map([["variables", 1]]));
  expect(runtime.isAlive(pid)).toBe(true);
  expect(reports.map(head)).toEqual([crashed(before, "(Error) boom!")]);
});

// The GenServer's and the Task's own reports come with them.
const endings: [string, (self: Self) => void, string | undefined][] = [
  [
    "a thrown error is reported",
    () => {
      throw new TypeError("not like this");
    },
    "(TypeError) not like this",
  ],
  [
    "a thrown value that is no error is reported as nocatch",
    () => {
      throw "a value";
    },
    '(ErlangError) Erlang error: ["nocatch", "a value"]',
  ],
  ['exit("bad") is not reported', (self) => self.exit("bad"), undefined],
  ["exit with an error as reason is not reported", (self) => self.exit({ an: "object" }), undefined],
  ['exit("shutdown") is not reported', (self) => self.exit("shutdown"), undefined],
  ['exit(["shutdown", term]) is not reported', (self) => self.exit(["shutdown", 1]), undefined],
  ['exit("normal") is not reported', (self) => self.exit("normal"), undefined],
  ["a normal return is not reported", () => {}, undefined],
];

for (const [name, body, report] of endings) {
  test(`S20 ${name}`, () => {
    const { runtime, reports } = ownRuntime();
    const pid = runtime.spawn(body);
    runtime.run();
    expect(runtime.isAlive(pid)).toBe(false);
    expect(reports.map(head)).toEqual(report === undefined ? [] : [crashed(pid, report)]);
  });
}

test("S20 an exit signal, and the end of a linked process, are not reported", () => {
  const { runtime, reports } = ownRuntime();
  const [killed, told, linked] = [runtime.spawn(idle), runtime.spawn(idle), runtime.spawn(idle)];
  const dying = runtime.spawn((self: Self) => {
    self.link(linked);
    self.exit("bad");
  });
  runtime.exit(killed, "kill");
  runtime.exit(told, "a reason");
  runtime.run();
  for (const pid of [killed, told, linked, dying]) expect(runtime.isAlive(pid)).toBe(false);
  expect(reports).toEqual([]);
});
