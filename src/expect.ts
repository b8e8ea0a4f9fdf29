import { inspect } from "./inspect.ts";

/** An argument is not what it should be. */
export function wrong(what: string, expected: string, got: unknown): TypeError {
  return new TypeError(`${what}: expected ${expected}, got ${inspect(got)}`);
}

export function expectOptions(options: unknown, what: string): void {
  if (typeof options !== "object" || options === null) throw wrong(what, "options", options);
}

export function expectNumber(value: unknown, highest: number, what: string, option: string): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > highest) {
    throw new RangeError(`${what}: expected 1 to ${highest} as ${option}, got ${inspect(value)}`);
  }
}

/** An option that may be left out. */
export function expectBoolean(value: unknown, what: string, option: string): void {
  if (value !== undefined && typeof value !== "boolean") throw wrong(what, `true or false as ${option}`, value);
}
