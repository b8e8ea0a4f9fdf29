// biome-ignore-all lint/suspicious/noExplicitAny: a pattern may be of anything, and so may what it matches
// biome-ignore-all lint/suspicious/noThenProperty: receive's word for what follows. Nobody awaits a clause.
import { inspect } from "./inspect.ts";
import { isPlain } from "./message.ts";
import { ProcessId } from "./pid.ts";
import { Ref } from "./ref.ts";
import type { Pid } from "./types.ts";

declare const matched: unique symbol;

/** A pattern made by `P`. `T` is the type of what it matches. */
export interface Pattern<out T> {
  readonly [matched]: T;
}

/**
 * Whatever `on` takes as a pattern:
 *
 * - a value: primitives match by `===`, and `NaN` matches `NaN`. Pids, refs and instances of classes match themselves only;
 * - an array: matches arrays of exactly that length whose elements match;
 * - a plain object: matches objects that have or inherit all its properties, with values that match. They may have more;
 * - a class: matches its instances;
 * - any other function: a guard, matches when it returns something true. **A guard that throws does not match**, as in
 *   Erlang: receive shows it every waiting message, and `(m) => m.items.length > 3` must not end the process for one
 *   that has no items. (Throwing takes some microseconds each time; `?.` does not.) A guard should have no effects;
 * - what `P` makes.
 */
export type Shape =
  | Pattern<unknown>
  | Primitive
  | ((message: any) => unknown)
  | readonly Shape[]
  | { readonly [key: PropertyKey]: Shape }
  | object;

type Primitive = string | number | bigint | boolean | symbol | null | undefined;

/** The type of what the pattern `Q` matches. */
// The first line answers for patterns that nothing is known of, and ends the recursion for the compiler.
export type Matched<Q> = Shape extends Q
  ? Q
  : Q extends Pattern<infer T>
    ? T
    : Q extends Primitive | Pid | Ref | Error
      ? Q
      : Q extends abstract new (
            ...args: any
          ) => infer T
        ? T
        : Q extends (message: any) => message is infer T
          ? T
          : Q extends (message: infer T) => unknown
            ? T
            : { -readonly [K in keyof Q]: Matched<Q[K]> };

/** A pattern as it was read: a function says what fits, an array is what fits element by element, anything else fits itself. */
type Test = unknown;

// The type of P says what each of its functions tells.
const pattern = (test: (value: unknown) => boolean): never => test as never;
const ofType = (type: string) => pattern((value) => typeof value === type);
const anything = pattern(() => true);
const nothing = () => {};

/** Patterns for kinds of values. */
export const P: {
  /** Anything. */
  readonly _: Pattern<any>;
  /** Anything. */
  readonly any: Pattern<any>;
  readonly pid: Pattern<Pid<any>>;
  /** A ref: of a monitor, an alias or a timer. */
  readonly ref: Pattern<Ref>;
  readonly string: Pattern<string>;
  /** A number, `NaN` included. */
  readonly number: Pattern<number>;
  readonly boolean: Pattern<boolean>;
  readonly bigint: Pattern<bigint>;
  readonly symbol: Pattern<symbol>;
  readonly function: Pattern<(...args: any[]) => any>;
  /** An array of any length whose elements all match. */
  array(): Pattern<unknown[]>;
  array<const Q extends Shape>(element: Q): Pattern<Matched<Q>[]>;
  /** What matches any one of the patterns. */
  or<const Q extends readonly Shape[]>(...patterns: Q): Pattern<Matched<Q[number]>>;
  /** What matches the pattern and then the guard. A guard that throws does not match. */
  when<T>(guard: (value: any) => value is T): Pattern<T>;
  when<T = any>(guard: (value: T) => boolean): Pattern<T>;
  when<const Q extends Shape, T extends Matched<Q>>(pattern: Q, guard: (value: Matched<Q>) => value is T): Pattern<T>;
  when<const Q extends Shape>(pattern: Q, guard: (value: Matched<Q>) => boolean): Pattern<Matched<Q>>;
} = {
  _: anything,
  any: anything,
  pid: pattern((value) => value instanceof ProcessId),
  ref: pattern((value) => value instanceof Ref),
  string: ofType("string"),
  number: ofType("number"),
  boolean: ofType("boolean"),
  bigint: ofType("bigint"),
  symbol: ofType("symbol"),
  function: ofType("function"),
  // Not a default value: undefined is a pattern, too.
  array(...element: unknown[]) {
    const test = compile(element.length === 0 ? anything : element[0]);
    return pattern((value) => {
      if (!Array.isArray(value)) return false;
      for (const held of value) if (!fits(test, held)) return false;
      return true;
    });
  },
  or(...patterns: readonly unknown[]) {
    const clauses = patterns.map(clauseOf);
    return pattern((value) => clauses.some((clause) => clause.matches(value)));
  },
  when(...patterns: unknown[]) {
    const tests = patterns.map(compile);
    return pattern((value) => tests.every((test) => fits(test, value)));
  },
};

/** One thing to receive, and what to do with it; made by `on` and `after`. */
export class Clause<out T, in X = any> {
  readonly test: Test;
  readonly then: (message: X) => T;
  /** ms; undefined unless this is the timeout. */
  readonly after: number | undefined;

  constructor(pattern: unknown, then: (message: X) => T, after: number | undefined) {
    if (typeof then !== "function") throw new TypeError(`expected a function to run on a match, got ${inspect(then)}`);
    this.test = compile(pattern);
    this.then = then;
    this.after = after;
  }

  /** Whether the clause takes `message`. Never throws. */
  matches(message: unknown): boolean {
    try {
      return Boolean(fits(this.test, message));
    } catch {
      return false;
    }
  }
}

/**
 * A clause of receive: a message that matches `pattern` goes to `then`, whose result is that of receive. Generator functions
 * and async ones run to their end. See `Shape` for what a pattern may be; it is read here, once.
 *
 * *Throws* `TypeError` when `then` is no function.
 *
 * @example
 * const sender = yield* self.receive(on([P.pid, "ping"], ([pid]) => pid));
 */
export function on<const Q extends Shape, T>(pattern: Q, then: (message: Matched<Q>) => T): Clause<T, Matched<Q>> {
  return new Clause(pattern, then, undefined);
}

/**
 * The clause of receive for when nothing has matched `ms` milliseconds after it began to wait; messages that don't match
 * do not restart the time. 0 only looks at what is there, `Infinity` never fires. Without `then`, receive gives undefined.
 *
 * *Throws* `RangeError` when `ms` is negative or NaN, `TypeError` when it is no number.
 */
export function after<T = undefined>(ms: number, then: () => T = nothing as never): Clause<T> {
  return new Clause(nothing, then, checkTimeout(ms));
}

/** `ms` when it is a time to wait; else throws. */
export function checkTimeout(ms: unknown): number {
  if (typeof ms === "number" && ms >= 0) return ms;
  const Wrong = typeof ms === "number" ? RangeError : TypeError;
  throw new Wrong(`expected a timeout in ms (0 or more, or Infinity), got ${inspect(ms)}`);
}

/** Whether `value` matches `pattern`, as in a clause made by `on`. */
export function matches(pattern: unknown, value: unknown): boolean {
  return clauseOf(pattern).matches(value);
}

const clauseOf = (pattern: unknown) => new Clause(pattern, nothing, undefined);

/** Reads a pattern, once for a clause: receive puts every waiting message to it. */
function compile(pattern: unknown): Test {
  if (typeof pattern === "function") return isClass(pattern) ? instance(pattern) : pattern;
  if (typeof pattern !== "object" || pattern === null) return Number.isNaN(pattern) ? Number.isNaN : pattern;
  if (!Array.isArray(pattern)) return isPlain(pattern) ? partial(pattern) : pattern;
  // Written out, since receives make their patterns anew each time: any other way to copy an array takes longer than all the rest of it.
  switch (pattern.length) {
    case 2:
      return [part(pattern[0]), part(pattern[1])];
    case 3:
      return [part(pattern[0]), part(pattern[1]), part(pattern[2])];
    case 5:
      return [part(pattern[0]), part(pattern[1]), part(pattern[2]), part(pattern[3]), part(pattern[4])];
    default:
      return pattern.map(part);
  }
}

/** Most parts of tuples are told at a glance to be what fits, as they are. */
function part(pattern: unknown): Test {
  const isRead =
    typeof pattern === "string" ||
    (typeof pattern === "object"
      ? pattern instanceof Ref
      : typeof pattern === "function" && pattern.prototype === undefined);
  return isRead ? pattern : compile(pattern);
}

function fits(test: Test, value: unknown): unknown {
  if (typeof test === "function") return test(value);
  // No array of a test is one of the program's.
  if (!Array.isArray(test) || !Array.isArray(value) || value.length !== test.length) return test === value;
  for (let i = 0; i < test.length; i++) {
    const part: unknown = test[i];
    // Most parts are no arrays, and not worth a call.
    if (typeof part === "function" ? !part(value[i]) : part !== value[i] && !fits(part, value[i])) return false;
  }
  return true;
}

/** True of `class` syntax and of built-in constructors: no other function has a `prototype` that can't be replaced. */
function isClass(fn: { readonly prototype?: unknown }): boolean {
  // Most guards are arrow functions, which have none: the rest of the question is a slow one.
  return fn.prototype !== undefined && Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false;
}

// Boxed, so that String takes strings: `"a" instanceof String` is false.
function instance(type: unknown): Test {
  return (value: unknown) => value != null && Object(value) instanceof (type as typeof Object);
}

function partial(pattern: Record<PropertyKey, unknown>): Test {
  const tests = Reflect.ownKeys(pattern).map((key) => [key, compile(pattern[key])] as const);
  return (value: unknown) => {
    if (typeof value !== "object" || value === null) return false;
    for (const [key, test] of tests) {
      const held = (value as Record<PropertyKey, unknown>)[key];
      // A property that is not there is not one that holds undefined; asked last, for `in` costs as much as the rest.
      if (!fits(test, held) || (held === undefined && !(key in value))) return false;
    }
    return true;
  };
}
