const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Lets consoles print a class's objects by their `toString`, and marks them for other copies of the package. */
export function brand(prototype: object, mark?: symbol): void {
  const print = function (this: object): string {
    return String(this);
  };
  Object.defineProperty(prototype, INSPECT, { value: print });
  // Bun and Deno print through the same symbol; Deno's own comes first where both are there.
  Object.defineProperty(prototype, Symbol.for("Deno.customInspect"), { value: print });
  if (mark !== undefined) Object.defineProperty(prototype, mark, { value: true });
}
