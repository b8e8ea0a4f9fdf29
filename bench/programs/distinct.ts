/**
 * Functions that differ in their source, so that each is a function of its own to the compiler: `source(i)` is the expression of the i-th, in
 * which the names of `scope` mean its values.
 */
export function distinct<F>(
  count: number,
  scope: Readonly<Record<string, unknown>>,
  source: (i: number) => string,
): F[] {
  const names = Object.keys(scope);
  const values = Object.values(scope);
  return Array.from({ length: count }, (_, i) => new Function(...names, `return ${source(i)}`)(...values));
}

/** The words that make a body one of a system's. */
export interface Dialect {
  readonly keyword: "function*" | "async function";
  readonly receive: string;
  readonly send: string;
}

/**
 * The `link` of the ring workloads, written 32 times. Each counts with a step of its own, so that no two are the same code.
 */
export function differentLinks<F>({ keyword, receive, send }: Dialect, scope: Readonly<Record<string, unknown>>): F[] {
  return distinct(
    32,
    scope,
    (i) => `${keyword} link${i}(self, given, main) {
      let next = given;
      let seen = 0;
      for (;;) {
        const message = ${receive};
        seen += ${i};
        if (typeof message === "object") {
          next = message[1];
        } else if (message === 0) {
          ${send}(main, "done");
        } else if (next !== undefined) {
          ${send}(next, message === "stop" ? message : message - 1);
          if (message === "stop") return seen;
        }
      }
    }`,
  );
}
