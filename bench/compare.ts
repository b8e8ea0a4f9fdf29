// npm run bench:compare -- BASE.json HEAD.json [--fail-above PERCENT]
//
// What got slower, or larger, between two files that `npm run bench -- --json` wrote. The machine may have been faster in one of the runs than in
// the other, so times are compared as multiples of the BEAM's in the same file, or of the hand-written ceiling's. Exit code 1 when
// something got worse by more than PERCENT, beyond noise.
import { readFileSync } from "node:fs";
import process from "node:process";
import { compare } from "./changes.ts";
import { fail, parse, positive } from "./cli.ts";
import type { Results } from "./results.ts";

const { values: options, positionals } = parse({
  options: { "fail-above": { type: "string" } },
  allowPositionals: true,
});
const [base, head, more] = positionals;
if (base === undefined || head === undefined || more !== undefined) fail("expected two files: BASE.json HEAD.json");
const limit = options["fail-above"] === undefined ? undefined : positive("fail-above", options["fail-above"]) / 100;

const { text, worst } = compare(read(base), read(head));
console.log(text);
if (limit !== undefined && worst > 1 + limit) {
  console.error(`something got worse by ${((worst - 1) * 100).toFixed(0)} %`);
  process.exitCode = 1;
}

function read(path: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(`${path}: ${(error as Error).message}`);
  }
  const { systems, workloads, samples } = (value ?? {}) as Partial<Results>;
  const isResults = [systems, workloads, samples].every((each) => typeof each === "object" && each !== null);
  return isResults ? (value as Results) : fail(`${path}: expected what npm run bench -- --json wrote`);
}
