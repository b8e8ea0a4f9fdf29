import { parseArgs } from "node:util";
import { CorpusError, readCorpus } from "./corpus.ts";
import type { Failure } from "./driver.ts";
import { failureBlock, tally } from "./report.ts";
import type { Runner } from "./runner.ts";
import type { AnyScenario } from "./scenario.ts";
import type { Ways } from "./world.ts";

const USAGE = `npm run conformance -- [OPTION …] FILE…

Runs corpora of scenarios (.jsonl, .jsonl.gz) and compares what the processes show with what the BEAM showed.

  --only REGEX         only scenarios whose id or title matches
  --verbose            a line for every scenario
  --max-failures N     shows no more than N failures of a corpus; all are counted
  --bodies KIND        generator (default) or async puppets
  --patterns KIND      receive by predicate (default) or by the library's own patterns
  --time HOW           the clock goes on in steps (default), or in one leap
  --world WHICH        a fresh runtime for each scenario (default), or one shared by all`;

type Print = (text: string) => void;

class UsageError extends Error {}

interface Command {
  readonly files: readonly string[];
  readonly only: RegExp | undefined;
  readonly verbose: boolean;
  readonly maxFailures: number;
  readonly ways: Ways;
}

/** The command line's exit code: 0 when every scenario passed, 1 when one failed, 2 when they could not be run. */
export async function main(argv: readonly string[], run: Runner, print: Print, printError: Print): Promise<number> {
  try {
    const command = commandOf(argv);
    // All are read before any is run, so that a mistake shows at once.
    const corpora = command.files.map((file) => [file, select(readCorpus(file), command.only)] as const);
    const chosen = corpora.reduce((sum, [, scenarios]) => sum + scenarios.length, 0);
    if (chosen === 0) throw new UsageError(`no scenario matches ${command.only}`);
    let failed = 0;
    for (const [file, scenarios] of corpora) failed += await runCorpus(file, scenarios, command, run, print);
    print(`${chosen - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof CorpusError) printError(`error: ${error.message}`);
    else if (error instanceof UsageError) printError(`error: ${error.message}\n\n${USAGE}`);
    else printError(`error: the driver failed: ${error instanceof Error ? error.stack : error}`);
    return 2;
  }
}

function commandOf(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (positionals.length === 0) throw new UsageError("expected at least one corpus file");
  const maxFailures = values["max-failures"] === undefined ? Infinity : Number(values["max-failures"]);
  if (!(maxFailures >= 0)) throw new UsageError(`--max-failures takes a number, got ${values["max-failures"]}`);
  return {
    files: positionals,
    only: values.only === undefined ? undefined : regex(values.only),
    verbose: values.verbose ?? false,
    maxFailures,
    ways: {
      bodies: oneOf("bodies", values.bodies, ["generator", "async"]),
      patterns: oneOf("patterns", values.patterns, ["predicate", "library"]),
      time: oneOf("time", values.time, ["steps", "leap"]),
      world: oneOf("world", values.world, ["fresh", "shared"]),
    },
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        verbose: { type: "boolean" },
        "max-failures": { type: "string" },
        bodies: { type: "string" },
        patterns: { type: "string" },
        time: { type: "string" },
        world: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function regex(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new UsageError(`--only takes a regular expression: ${error instanceof Error ? error.message : error}`);
  }
}

/** The first choice is the default. */
function oneOf<const T extends string>(name: string, value: string | undefined, choices: readonly [T, ...T[]]): T {
  if (value === undefined) return choices[0];
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw new UsageError(`--${name} takes ${choices.join(" or ")}, got ${value}`);
  return choice;
}

function select(scenarios: AnyScenario[], only: RegExp | undefined): AnyScenario[] {
  return only === undefined ? scenarios : scenarios.filter(({ id, title }) => only.test(id) || only.test(title ?? ""));
}

/** The number of failures. */
async function runCorpus(
  file: string,
  scenarios: readonly AnyScenario[],
  command: Command,
  run: Runner,
  print: Print,
): Promise<number> {
  const failures = new Map<AnyScenario, Failure>();
  await run(scenarios, command.ways, (scenario, failure) => {
    if (command.verbose) print(`${failure === undefined ? "passed" : "failed"} ${scenario.id}`);
    if (failure === undefined) return;
    failures.set(scenario, failure);
    if (failures.size <= command.maxFailures) print(`${failureBlock(scenario, failure)}\n`);
  });
  // Named scenarios say themselves what they are about.
  const random = new Map([...failures].filter(([{ title }]) => title === undefined));
  if (random.size > 0) print(["first differences of the random scenarios:", ...tally(random)].join("\n"));
  const passed = scenarios.length - failures.size;
  print(`${file}: ${scenarios.length} scenarios, ${passed} passed, ${failures.size} failed`);
  return failures.size;
}
