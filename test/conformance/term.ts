/**
 * A term in the corpus's normal form. Every Erlang term has exactly one, and so has every value that the library can hand
 * to a driver: what no Erlang term stands for shows as `{"?": text}`, which equals nothing that a corpus can expect.
 */
export type Term =
  | boolean
  | number
  | string
  | readonly Term[]
  | { readonly t: readonly Term[] }
  | { readonly str: string }
  | { readonly pid: string }
  | { readonly ref: string }
  | { readonly node: true }
  | { readonly stack: true }
  | { readonly "?": string };

/** A tuple in normal form. */
export function tuple(...elements: Term[]): Term {
  return { t: elements };
}

/** The elements of a tuple, or undefined when the term is none. */
export function elementsOf(term: Term): readonly Term[] | undefined {
  return typeof term === "object" && "t" in term ? term.t : undefined;
}

/** `{Reason, Stack}`: why a process ended that did not catch an error. */
export function withStack(reason: Term): Term {
  return tuple(reason, { stack: true });
}

/** Whether two JSON values are the same. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key as never], b[key as never]))
  );
}
