import { after, type Clause, inspect, matches, P } from "../kernel.ts";

/** The class of what `on` and `after` make, of which the kernel exports the type. */
const ClauseClass = /* @__PURE__ */ (() => after(0).constructor)() as abstract new () => Clause<unknown>;

/** What `on` makes. */
export function isClause(value: unknown): value is Clause<unknown> & { readonly after: number | undefined } {
  return value instanceof ClauseClass;
}

/** A tag table, as `receive` takes one: an object all of whose values are functions, and none of them a class or of `P`. */
export function isTable(value: unknown): value is Readonly<Record<string, (message: unknown) => unknown>> {
  if (!isPlain(value)) return false;
  const held = Object.values(value);
  return held.length > 0 && held.every((each) => isFunction(each) && !isClass(each) && nameInP(each) === "");
}

/** Longer guards are shown by their name. */
const LONGEST_GUARD = 80;

/** A pattern as the test wrote it, as far as that can be known. Never throws. */
export function patternText(pattern: unknown): string {
  try {
    return text(pattern);
  } catch {
    return inspect(pattern);
  }
}

function text(pattern: unknown): string {
  if (isClause(pattern)) return text((pattern as { readonly test?: unknown }).test);
  if (isTable(pattern)) return `a message with a tag of {${Object.keys(pattern).join(", ")}}`;
  if (isFunction(pattern)) return functionText(pattern);
  if (Array.isArray(pattern)) return `[${pattern.map(text).join(", ")}]`;
  if (!isPlain(pattern)) return inspect(pattern);
  const fields = Object.entries(pattern).map(([key, each]) => `${key}: ${text(each)}`);
  return `{${fields.join(", ")}}`;
}

function functionText(fn: Fn): string {
  const name = nameInP(fn);
  if (name) return name;
  if (isClass(fn)) return fn.name;
  const source = String(fn);
  return source.length <= LONGEST_GUARD && !source.includes("\n") ? source : inspect(fn);
}

type Fn = (...args: never[]) => unknown;

function isFunction(value: unknown): value is Fn {
  return typeof value === "function";
}

/** Functions of `P` that make patterns, and the source of what each makes, which no guard of a program has. */
const makers = /* @__PURE__ */ (() =>
  Object.entries({ "P.array(…)": P.array(), "P.or(…)": P.or(), "P.when(…)": P.when(Boolean) }).map(
    ([name, made]) => [name, String(made)] as const,
  ))();

/** What a function of `P` is called there; `""` when it is none. */
function nameInP(fn: Fn): string {
  for (const [name, each] of Object.entries(P)) if ((each as unknown) === fn) return `P.${name === "any" ? "_" : name}`;
  const source = String(fn);
  return makers.find(([, made]) => made === source)?.[0] ?? "";
}

function isClass(fn: Fn): boolean {
  return Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Where a message that does not match a pattern parts from it: `[1]: expected P.number, got "x"`; undefined when it is all different. */
export function difference(pattern: unknown, message: unknown): string | undefined {
  const found = part(pattern, message, "");
  return found?.[0] === "" ? undefined : found?.join(": ");
}

/** The place, and what is wrong there. */
function part(pattern: unknown, value: unknown, at: string): readonly [string, string] | undefined {
  if (isClause(pattern)) return part((pattern as { readonly test?: unknown }).test, value, at);
  if (isTable(pattern) || matches(pattern, value)) return undefined;
  const wrong = [at, `expected ${patternText(pattern)}, got ${inspect(value)}`] as const;
  if (Array.isArray(pattern) && Array.isArray(value) && pattern[0] === value[0]) {
    if (pattern.length !== value.length)
      return [at || "length", `expected ${pattern.length} elements, got ${value.length}`];
    for (const [index, each] of pattern.entries()) {
      const inner = part(each, value[index], `${at}[${index}]`);
      if (inner !== undefined) return inner;
    }
  } else if (isPlain(pattern) && typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(pattern)) {
      const place = `${at}.${key}`;
      if (!(key in value)) return [place, `expected ${patternText(each)}, which is missing`];
      const inner = part(each, (value as Record<string, unknown>)[key], place);
      if (inner !== undefined) return inner;
    }
  }
  return wrong;
}
