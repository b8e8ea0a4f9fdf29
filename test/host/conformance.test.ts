import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sameMessages } from "../conformance/compare.ts";
import { CorpusError, readCorpus } from "../conformance/corpus.ts";
import { Driver, type Failure } from "../conformance/driver.ts";
import { main } from "../conformance/main.ts";
import { failureBlock, tally } from "../conformance/report.ts";
import { guarded, runHere } from "../conformance/runner.ts";
import { type AnyScenario, isForSupervisor, type Scenario, type Step } from "../conformance/scenario.ts";
import type { Ways } from "../conformance/world.ts";

const data = (name: string) => fileURLToPath(new URL(`../data/conformance/${name}`, import.meta.url));
const named = readCorpus(data("named.jsonl"));
const random = readCorpus(data("random-dev.jsonl.gz"));
const supervisors = readCorpus(data("supervisor-named.jsonl"));
const randomSupervisors = readCorpus(data("supervisor-random-dev.jsonl.gz"));

describe("processes show what they show on the BEAM", () => {
  const plain = { named, random };
  // Ours, with the oracle's answers: what becomes of messages that a process sends to its own alias. The code of an async body
  // runs between slices, where such a message has arrived as soon as it is sent: it is never in transit.
  const ownAlias = { "own alias": readCorpus(data("own-alias.jsonl")) };
  const ways: [way: string, Ways, corpora: Record<string, AnyScenario[]>][] = [
    // Not the random ones: on JavaScriptCore two thousand runtimes take minutes.
    ["each in a runtime of its own", {}, { named, ...ownAlias }],
    ["all in one small runtime", { world: "shared" }, { ...plain, ...ownAlias }],
    [
      "with the library's own patterns and leaps of time",
      { patterns: "library", time: "leap", world: "shared" },
      { ...plain, ...ownAlias },
    ],
    ["with async bodies", { bodies: "async", world: "shared" }, plain],
    ["in supervision trees", {}, { supervisors, "random supervisors": randomSupervisors }],
    ["in supervision trees, with async start functions", { bodies: "async" }, { supervisors }],
  ];
  for (const [way, options, corpora] of ways) {
    for (const [name, corpus] of Object.entries(corpora)) {
      test(`the ${name} scenarios, ${way}`, async () => {
        let passed = 0;
        const blocks: string[] = [];
        await runHere(corpus, options, (scenario, failure) => {
          if (failure === undefined) passed++;
          else blocks.push(failureBlock(scenario, failure));
        });
        expect(blocks.slice(0, 5).join("\n")).toBe("");
        expect(passed).toBe(corpus.length);
      });
    }
  }
});

// biome-ignore lint/suspicious/noExplicitAny: tests write what no expectation should hold
type Anything = any;

/** Runs a scenario of the named corpus after `spoil` has changed what it expects of the step with this number. */
async function spoiled(
  id: string,
  step: number,
  spoil: (expected: Anything) => void,
): Promise<{ scenario: AnyScenario; failure: Failure }> {
  const original = [...named, ...supervisors].find((scenario) => scenario.id === id);
  if (original === undefined) throw new Error(`no scenario ${id}`);
  const scenario = structuredClone(original);
  spoil(step === 0 && isForSupervisor(scenario) ? scenario.init : scenario.steps[step - 1]?.expect);
  const failure = await new Driver().run(scenario);
  if (failure === undefined) throw new Error(`${id} passed`);
  return { scenario, failure };
}

const partsOf = (failure: Failure) => failure.differences.map(({ part }) => part);

describe("the driver finds every kind of difference", () => {
  test("another result", async () => {
    const { failure } = await spoiled("exit-boom-link", 2, (expected) => {
      expected.result = { ok: { ref: "m2" } };
    });
    expect(failure).toEqual({
      step: 2,
      differences: [{ part: "result", expected: { ok: { ref: "m2" } }, observed: { ok: { ref: "m1" } } }],
    });
  });

  test("a result where the process dies", async () => {
    const { failure } = await spoiled("exit-boom-link", 3, (expected) => {
      expected.result = { ok: true };
    });
    expect(failure.differences).toEqual([{ part: "result", expected: { ok: true }, observed: { died: true } }]);
  });

  test("an operation completed unexpectedly", async () => {
    const { failure } = await spoiled("burst-blocking", 3, (expected) => {
      delete expected.completed;
    });
    expect(failure.step).toBe(3);
    expect(partsOf(failure)).toEqual(["completed"]);
  });

  test("another reason of a death", async () => {
    const { failure } = await spoiled("exit-boom-link", 3, (expected) => {
      expected.deaths.a = "killed";
    });
    expect(failure.differences).toEqual([
      { part: "deaths", expected: { a: "killed", b: "boom" }, observed: { a: "boom", b: "boom" } },
    ]);
  });

  test("a death that nobody expected, and the survivor that was", async () => {
    const { failure } = await spoiled("exit-boom-link", 3, (expected) => {
      delete expected.deaths.a;
    });
    expect(failure.differences.slice(0, 2)).toEqual([
      { part: "deaths", expected: { b: "boom" }, observed: { a: "boom", b: "boom" } },
      { part: "live", expected: ["a", "c"], observed: ["c"] },
    ]);
  });

  test("a process that nobody expected", async () => {
    const { failure } = await spoiled("burst-spawn-link-return", 1, (expected) => {
      delete expected.state.b;
    });
    expect(failure.differences).toEqual([{ part: "live", expected: ["z"], observed: ["b", "z"] }]);
  });

  const fields: [field: string, value: unknown][] = [
    ["messages", ["other"]],
    ["links", ["z"]],
    ["monitors", ["z"]],
    ["monitored_by", ["z"]],
    ["name", "n3"],
    ["trap_exit", true],
    ["blocked", true],
  ];
  for (const [field, value] of fields) {
    test(`another ${field} of a process`, async () => {
      const { failure } = await spoiled("exit-normal-link", 1, (expected) => {
        expected.state.b[field] = value;
      });
      expect(failure.step).toBe(1);
      expect(partsOf(failure)).toEqual([`state.b.${field}`]);
      expect(failure.differences[0]?.expected).toEqual(value);
    });
  }

  test("a process that changed and is not listed", async () => {
    const { failure } = await spoiled("exit-normal-link", 1, (expected) => {
      delete expected.state.b;
    });
    expect(failure.differences).toEqual([{ part: "state.b.links", expected: [], observed: ["a"] }]);
  });

  test("a process that is listed and did not change", async () => {
    const { failure } = await spoiled("exit-normal-link", 3, (expected) => {
      expected.state = { a: { links: ["b"] } };
    });
    expect(failure).toEqual({ step: 3, differences: [{ part: "state.a.links", expected: ["b"], observed: [] }] });
  });

  const spoilt: [part: string, id: string, step: number, spoil: (expected: Anything) => void][] = [
    ["result", "sup-start-order", 2, (expected) => expected.result.counts.active++],
    ["result", "sup-start-fails-first", 0, (expected) => (expected.result.error.t[0] = "normal")],
    ["events", "sup-ofa-crash", 1, (expected) => expected.events.reverse()],
    ["events", "sup-simple-stop-trap", 4, (expected) => expected.events.pop()],
    ["children", "sup-ofa-crash", 1, (expected) => (expected.children[0][1] = "a#1")],
    ["children", "sup-start-order", 0, (expected) => expected.children.pop()],
    ["sup_exit", "sup-stop-normal", 1, (expected) => (expected.sup_exit = "shutdown")],
  ];
  for (const [part, id, step, spoil] of spoilt) {
    test(`another ${part} of a supervisor: ${id}`, async () => {
      const { failure } = await spoiled(id, step, spoil);
      expect([failure.step, partsOf(failure)]).toEqual([step, [part]]);
    });
  }

  const impossible: [what: string, step: object, message: string][] = [
    ["an unknown operation", { by: "a", op: "dance" }, "unknown operation"],
    ["an unknown process", { by: "a", op: "link", to: { pid: "q" } }, 'no process has the label "q"'],
    ["an unknown reference", { by: "a", op: "unalias", ref: "q" }, 'no reference has the label "q"'],
    ["an unknown pattern", { by: "a", op: "receive", pat: { like: 1 } }, "unknown pattern"],
    ["an unknown item", { by: "a", op: "process_info", pid: { pid: "a" }, item: "heap" }, "unknown item"],
  ];
  for (const [what, step, message] of impossible) {
    test(`${what} is a failure of the driver, even where an error is expected`, async () => {
      const steps = [{ ...step, expect: { result: { raise: ["error", "badarg"] } } }] as unknown as Step[];
      const failure = await new Driver().run({ id: what, procs: ["a"], names: [], steps });
      expect(failure).toEqual({
        step: 1,
        differences: [{ part: "driver", expected: "no error", observed: expect.stringContaining(message) }],
      });
    });
  }
});

describe("mailboxes", () => {
  const group = { any_order: ["a", "b", "b"] };

  test("a group matches its messages in any order, in their place", () => {
    expect(sameMessages([1, group, 2], [1, "b", "a", "b", 2])).toBe(true);
    expect(sameMessages([1, group, 2], ["b", 1, "a", "b", 2])).toBe(false);
  });

  test("a group matches each of its messages once", () => {
    expect(sameMessages([group], ["a", "a", "b"])).toBe(false);
    expect(sameMessages([group], ["a", "b"])).toBe(false);
    expect(sameMessages([group], ["a", "b", "b", "b"])).toBe(false);
  });

  test("the order of single messages counts", () => {
    expect(sameMessages([1, 2], [1, 2])).toBe(true);
    expect(sameMessages([1, 2], [2, 1])).toBe(false);
  });

  test("terms that look alike are different", () => {
    const alike = ["1", 1, true, "true", { str: "1" }, [1], { t: [1] }, [], { t: [] }, { pid: "r1" }, { ref: "r1" }];
    for (const [i, a] of alike.entries()) {
      for (const [j, b] of alike.entries()) expect(sameMessages([a as string], [b as string])).toBe(i === j);
    }
  });
});

test("a process that can't act is skipped", async () => {
  const steps: Step[] = [
    {
      by: "b",
      op: "receive",
      pat: { any: true },
      expect: { result: { blocked: true }, state: { b: { blocked: true } } },
    },
    { by: "b", op: "self", expect: { result: { skipped: "blocked" } } },
    { by: "a", op: "return", expect: { result: { died: true }, deaths: { a: "normal" } } },
    { by: "a", op: "self", expect: { result: { skipped: "dead" } } },
  ];
  expect(await new Driver().run({ id: "skipped", procs: ["a", "b"], names: [], steps })).toBeUndefined();
});

test("a tuple that looks like an uncaught throw is none", async () => {
  const steps: Step[] = [
    {
      ...{ by: "a", op: "exit", reason: { t: ["nocatch", 1] } },
      expect: { result: { died: true }, deaths: { a: { t: ["nocatch", 1] } } },
    },
    {
      ...{ by: "b", op: "throw", value: 1 },
      expect: { result: { died: true }, deaths: { b: { t: [{ t: ["nocatch", 1] }, { stack: true }] } } },
    },
  ];
  expect(await new Driver().run({ id: "nocatch", procs: ["a", "b"], names: [], steps })).toBeUndefined();
});

describe("a report can be read alone", () => {
  test("it has the scenario, the steps, and what was expected and observed", async () => {
    const { scenario, failure } = await spoiled("exit-boom-link", 3, (expected) => {
      expected.deaths.a = { t: ["x", { str: "y" }] };
    });
    expect(failureBlock(scenario, failure).split("\n")).toEqual([
      "FAILED exit-boom-link: an abnormal exit kills a linked process with the same reason",
      "  processes a, b, c",
      "     1  a: link to=<b>",
      "     2  c: monitor ref=m1 to=<a>",
      '  step 3 of 3: {"by":"b","op":"exit","reason":"boom"}',
      "    deaths",
      '      expected {"a":{"t":["x",{"str":"y"}]},"b":"boom"}',
      '      observed {"a":"boom","b":"boom"}',
    ]);
  });

  test("it has the supervisor and its children", async () => {
    const { scenario, failure } = await spoiled("sup-stop-normal", 1, (expected) => {
      expected.sup_exit = "shutdown";
    });
    expect(failureBlock(scenario, failure).split("\n")).toEqual([
      "FAILED sup-stop-normal: exit signal normal from the parent stops the supervisor",
      '  supervisor {"strategy":"one_for_one","intensity":10,"period":5}',
      '  children {"id":"a"} {"id":"b"} {"id":"c"}',
      '  step 1 of 1: {"op":"stop","reason":"normal"}',
      "    sup_exit",
      '      expected "shutdown"',
      '      observed "normal"',
    ]);
  });

  test("causes are counted by operation and part, most frequent first", () => {
    const scenario = (op: string) => ({ id: op, procs: [], names: [], steps: [{ op }] }) as unknown as Scenario;
    const failure = (part: string): Failure => ({ step: 1, differences: [{ part, expected: 1, observed: 2 }] });
    const failures = new Map([
      [scenario("link"), failure("result")],
      [scenario("exit"), failure("state.a.messages")],
      [scenario("exit"), failure("state.b.messages")],
    ]);
    expect(tally(failures)).toEqual(["     2  exit, state.*.messages", "     1  link, result"]);
  });
});

describe("the command line", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "conformance-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function file(name: string, content: string | Uint8Array): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }

  async function run(...argv: string[]): Promise<{ code: number; lines: string[] }> {
    const lines: string[] = [];
    const print = (text: string) => lines.push(...text.split("\n"));
    const code = await main(argv, runHere, print, print);
    return { code, lines };
  }

  const passing = JSON.stringify({ id: "p", procs: ["a"], names: [], steps: [] });
  const failing = (id: string) =>
    JSON.stringify({ id, procs: ["a"], names: [], steps: [{ by: "a", op: "self", expect: { result: { ok: 1 } } }] });

  test("exits with 0 when every scenario passes", async () => {
    const { code, lines } = await run(file("passing.jsonl.gz", gzipSync(`${passing}\n`)));
    expect([code, lines.at(-1)]).toEqual([0, "1 passed, 0 failed"]);
  });

  test("exits with 1 when one fails, and counts over all files", async () => {
    const bad = file("failing.jsonl", `${passing}\n${failing("f1")}\n\n${failing("f2")}\n`);
    const { code, lines } = await run(bad, file("passing.jsonl", passing), "--max-failures", "1");
    expect([code, lines.at(-1)]).toEqual([1, "2 passed, 2 failed"]);
    expect(lines.filter((line) => line.startsWith("FAILED"))).toEqual(["FAILED f1"]);
    expect(lines).toContain("     2  self, result");
    expect(lines).toContain(`${bad}: 3 scenarios, 1 passed, 2 failed`);
  });

  test("runs only what was asked for", async () => {
    const { code, lines } = await run(data("named.jsonl"), "--only", "^exit-boom-link$", "--verbose");
    expect([code, lines[0], lines.at(-1)]).toEqual([0, "passed exit-boom-link", "1 passed, 0 failed"]);
  });

  test("a wrong command line says what is right", async () => {
    for (const argv of [[], ["--only", "("], ["--bodies", "stone"], ["--max-failures", "x"], ["--nonsense"]]) {
      const { code, lines } = await run(...argv, ...(argv.length > 0 ? [data("named.jsonl")] : []));
      expect(code).toBe(2);
      expect(lines[0]).toMatch(/^error: /);
      expect(lines.join("\n")).toContain("npm run conformance -- [OPTION …] FILE…");
    }
    expect((await run(data("named.jsonl"), "--only", "no such thing")).code).toBe(2);
  });

  const files: [what: string, name: string, content: string | undefined, problem: RegExp][] = [
    ["that is not there", "absent.jsonl", undefined, /absent\.jsonl: can't be read: .*ENOENT/],
    ["that is no gzip", "plain.jsonl.gz", passing, /plain\.jsonl\.gz: can't be read: /],
    ["that is empty", "empty.jsonl", "\n\n", /empty\.jsonl: the corpus is empty$/],
    ["with a line that is no JSON", "broken.jsonl", `${passing}\n{"id":`, /broken\.jsonl:2: not JSON: /],
    ["with a line that is no scenario", "other.jsonl", '{"id":1}', /other\.jsonl:1: a scenario has an id$/],
    ["of supervisors without a strategy", "sup.jsonl", '{"id":"s","sup":{}}', /sup\.jsonl:1: `sup` has a strategy$/],
    [
      "of supervisors with expectations that would never be looked at",
      "sups.jsonl",
      '{"id":"s","sup":{"strategy":"one_for_all"},"children":[],"init":{"reports":[]},"steps":[]}',
      /sups\.jsonl:1: `init`: expects what this driver does not know: reports$/,
    ],
    [
      "with expectations that would never be looked at",
      "new.jsonl",
      JSON.stringify({
        id: "n",
        procs: [],
        names: [],
        steps: [{ by: "a", op: "self", expect: { state: { a: { heap: 1 } } } }],
      }),
      /new\.jsonl:1: step 1: expects what this driver does not know: state\.heap$/,
    ],
  ];
  for (const [what, name, content, problem] of files) {
    test(`a file ${what} is an error that says so`, async () => {
      const path = content === undefined ? join(directory, name) : file(name, content);
      const { code, lines } = await run(file("good.jsonl", passing), path);
      expect(code).toBe(2);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(problem);
      expect(() => readCorpus(path)).toThrow(CorpusError);
    });
  }
});

test("a scenario that hangs or takes its thread down fails alone", async () => {
  const scenarios = ["first", "hangs", "between", "throws", "last"].map((id) => ({
    id,
    procs: [],
    names: [],
    steps: [],
  }));
  const worker = new URL("../data/hanging-worker.mjs", import.meta.url);
  const outcomes: Record<string, unknown> = {};
  await guarded(worker)(scenarios, { patience: 250 }, ({ id }, failure) => {
    outcomes[id] = failure?.differences[0];
  });
  expect(outcomes).toEqual({
    first: undefined,
    hangs: { part: "driver", expected: "no error", observed: expect.stringContaining("still not at rest") },
    between: undefined,
    throws: { part: "driver", expected: "no error", observed: expect.stringContaining("the thread is gone") },
    last: undefined,
  });
});
