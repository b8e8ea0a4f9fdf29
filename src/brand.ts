// Bun and Deno print through Node's symbol; Deno's own comes first where both are there.
const PRINTERS = ["toJSON", Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")];

/** Lets consoles, and JSON, print a class's objects by their `toString`, and marks them for other copies of the package. */
export function brand(prototype: object, mark?: symbol): void {
  const print = function (this: object): string {
    return String(this);
  };
  for (const each of PRINTERS) Object.defineProperty(prototype, each, { value: print });
  if (mark !== undefined) Object.defineProperty(prototype, mark, { value: true });
}
