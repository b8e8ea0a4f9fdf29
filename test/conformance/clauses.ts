import { type Clause, on, P } from "../../src/index.ts";
import { clausesOf, type Pattern, testOf } from "./pattern.ts";
import { type Term, tuple } from "./term.ts";
import type { Values } from "./values.ts";

/** Makes a pattern of a corpus into clauses of `receive`, which give `{msg, M}`. */
// biome-ignore lint/suspicious/noExplicitAny: a puppet is sent every kind of message
export type Clauses = (pattern: Pattern, values: Values) => Clause<Term, any>[];

/** One predicate for each clause, on the message's normal form. Nothing but the order of the search is the library's. */
export const predicates: Clauses = (pattern, values) =>
  clausesOf(pattern).map((clause) => {
    const test = testOf(clause);
    return on(
      (message: unknown) => test(values.toTerm(message)),
      (message) => tuple("msg", values.toTerm(message)),
    );
  });

/** The library's own patterns, as far as it has them. */
export const patterns: Clauses = (pattern, values) =>
  clausesOf(pattern).map((clause) => on(patternOf(clause, values), (message) => tuple("msg", values.toTerm(message))));

function patternOf(pattern: Pattern, values: Values): Parameters<typeof on>[0] {
  if ("any" in pattern) return P._;
  if ("tup" in pattern) return pattern.tup.map((part) => patternOf(part, values));
  if ("is" in pattern && isLiteral(pattern.is)) return values.toValue(pattern.is) as object;
  const test = testOf(pattern);
  return P.when((message: unknown) => test(values.toTerm(message)));
}

/** Lists and binaries are objects of the driver, and object patterns are partial. */
function isLiteral(term: Term): boolean {
  if (typeof term !== "object") return true;
  if ("t" in term) return term.t.every(isLiteral);
  return "pid" in term || "ref" in term || "node" in term;
}
