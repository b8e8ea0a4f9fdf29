import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type AnyScenario, INITIAL } from "./scenario.ts";
import { problemOfSupervisor } from "./supervisor-scenario.ts";

/** A file that is no corpus of process scenarios. The message names the file and, if it is one line's fault, the line. */
export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

/** Reads a corpus: one scenario per line, gzipped when the name ends in `.gz`. Throws `CorpusError`. */
export function readCorpus(path: string): AnyScenario[] {
  const scenarios: AnyScenario[] = [];
  for (const [i, line] of textOf(path).split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}:${i + 1}`;
    const problem = problemOf(parse(line, where));
    if (problem !== undefined) throw new CorpusError(`${where}: ${problem}`);
    scenarios.push(JSON.parse(line));
  }
  if (scenarios.length === 0) throw new CorpusError(`${path}: the corpus is empty`);
  return scenarios;
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  } catch (error) {
    throw new CorpusError(`${path}: can't be read: ${messageOf(error)}`);
  }
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new CorpusError(`${where}: not JSON: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Why a value is no scenario. What it would leave unnoticed is looked at here: a member of an expectation that the driver
 * does not know would never be compared. A step that can't be performed fails when its turn comes.
 */
function problemOf(value: unknown): string | undefined {
  if (!isRecord(value)) return "a scenario is an object";
  if ("sup" in value) return problemOfSupervisor(value);
  if (typeof value["id"] !== "string") return "a scenario has an id";
  if (!isArrayOf(value["procs"], isString)) return "`procs` is a list of labels";
  if (!isArrayOf(value["names"], isString)) return "`names` is a list of names";
  if (!isArrayOf(value["steps"], isRecord)) return "`steps` is a list of objects";
  for (const [i, step] of value["steps"].entries()) {
    const problem = problemOfStep(step);
    if (problem !== undefined) return `step ${i + 1}: ${problem}`;
  }
  return undefined;
}

function problemOfStep(step: Record<string, unknown>): string | undefined {
  if (!isString(step["op"])) return "a step has an `op`";
  if (step["op"] === "advance" ? typeof step["ms"] !== "number" : !isString(step["by"])) {
    return "a step has the label `by`; `advance` has `ms` instead";
  }
  const expect = step["expect"];
  if (!isRecord(expect)) return "a step has an `expect`";
  const states = expect["state"] ?? {};
  if (!isRecord(states) || !Object.values(states).every(isRecord)) return "`state` holds an object for each label";
  const unknown = [
    ...Object.keys(expect).filter((key) => !["result", "completed", "deaths", "state"].includes(key)),
    ...Object.values(states as Record<string, object>).flatMap((state) =>
      Object.keys(state)
        .filter((key) => !(key in INITIAL))
        .map((key) => `state.${key}`),
    ),
  ];
  return unknown.length > 0 ? `expects what this driver does not know: ${unknown.join(", ")}` : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isArrayOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
