import { inspect } from "../kernel.ts";

/** Numbers for what is compared by identity, so that it can be a part of a tuple's text. */
const numbers = /* @__PURE__ */ new WeakMap<object, number>();
let last = 0;

function numberOf(value: object): number {
  let number = numbers.get(value);
  if (number === undefined) {
    number = ++last;
    numbers.set(value, number);
  }
  return number;
}

/**
 * What stands for a key in a Map, so that keys are equal where Erlang's terms are: tuples by their elements. All others are what a
 * Map takes them for. Plain objects are refused: a Map compares them by identity, and who writes `{ room: 1 }` twice means one key.
 *
 * *Throws* `TypeError`.
 */
export function keyOf(key: unknown, what: string): unknown {
  // No string of a program may be taken for a tuple.
  if (typeof key === "string") return key.charCodeAt(0) === 0 ? `\0${key}` : key;
  if (key === undefined || Number.isNaN(key)) throw wrongKey(key, what);
  if (typeof key !== "object" || key === null) return key;
  return Array.isArray(key) ? `\0[${textOf(key, what)}` : identity(key, what);
}

function textOf(tuple: readonly unknown[], what: string): string {
  // Not map, which leaves holes.
  return Array.from(tuple, (element) => {
    if (typeof element === "string") return JSON.stringify(element);
    if (typeof element === "bigint") return `${element}n`;
    if (typeof element === "symbol") throw wrongKey(tuple, what);
    if ((typeof element !== "object" && typeof element !== "function") || element === null) return `${element}`;
    return Array.isArray(element) ? `[${textOf(element, what)}]` : `#${numberOf(identity(element, what))}`;
  }).join();
}

function identity(value: object, what: string): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) throw wrongKey(value, what);
  return value;
}

function wrongKey(key: unknown, what: string): TypeError {
  return new TypeError(
    `${what}: expected a string, a number, a pid or a tuple (an array) of such as key, got ${inspect(key)}`,
  );
}
