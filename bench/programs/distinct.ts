/**
 * Functions that differ in their source, so that each is a function of its own to the compiler: `source(i)` is the expression of the i-th, in
 * which the names of `scope` mean its values.
 */
export function distinct<F>(
  count: number,
  scope: Readonly<Record<string, unknown>>,
  source: (i: number) => string,
): F[] {
  return Array.from({ length: count }, (_, i) =>
    new Function(...Object.keys(scope), `return ${source(i)}`)(...Object.values(scope)),
  );
}
