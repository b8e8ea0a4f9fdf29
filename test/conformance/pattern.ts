import { DriverError } from "./driver-error.ts";
import { elementsOf, equal, type Term } from "./term.ts";

export type Pattern =
  | { readonly any: true }
  | { readonly is: Term }
  | { readonly gt: number }
  | { readonly tup: readonly Pattern[] }
  | { readonly or: readonly Pattern[] };

/** The clauses of a receive: those of an `or`, or the pattern alone. */
export function clausesOf(pattern: Pattern): readonly Pattern[] {
  return "or" in pattern ? pattern.or : [pattern];
}

/** The test of messages, in normal form, that a pattern is. */
export function testOf(pattern: Pattern): (term: Term) => boolean {
  if ("any" in pattern) return () => true;
  if ("is" in pattern) return (term) => equal(pattern.is, term);
  if ("gt" in pattern) return (term) => typeof term === "number" && term > pattern.gt;
  if ("or" in pattern) {
    const tests = pattern.or.map(testOf);
    return (term) => tests.some((test) => test(term));
  }
  if ("tup" in pattern) {
    const tests = pattern.tup.map(testOf);
    return (term) => {
      const elements = elementsOf(term);
      return elements?.length === tests.length && tests.every((test, i) => test(elements[i] as Term));
    };
  }
  // Here and not while messages are looked at: to the library a guard that throws is one that does not match.
  throw new DriverError(`unknown pattern ${JSON.stringify(pattern)}`);
}
