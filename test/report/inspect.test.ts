import { describe, expect, test } from "vitest";
import { inspect } from "../../src/inspect.ts";

const custom = Symbol.for("nodejs.util.inspect.custom");

class Point {
  x = 1;
  y = 2;
}

class Money {
  readonly #cents = 1999;
  toString(): string {
    return `$${this.#cents / 100}`;
  }
}

class Pid {
  readonly slot = 5;
  [custom](): string {
    return `#PID<0.${this.slot}.0>`;
  }
}

test.each<[unknown, string]>([
  ["boom", '"boom"'],
  ['say "hi"\n\t\\', String.raw`"say \"hi\"\n\t\\"`],
  ["", '""'],
  [1.5, "1.5"],
  [-0, "-0"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
  [1n, "1n"],
  [true, "true"],
  [null, "null"],
  [undefined, "undefined"],
  [Symbol("tag"), "Symbol(tag)"],
  [Symbol.iterator, "Symbol(Symbol.iterator)"],
])("a primitive prints as JavaScript writes it: %o", (value, text) => {
  expect(inspect(value)).toBe(text);
});

test.each<[unknown, string]>([
  [[], "[]"],
  [["val", [1, null]], '["val", [1, null]]'],
  // biome-ignore lint/suspicious/noSparseArray: it is what is tested
  [[1, , 2], "[1, undefined, 2]"],
  [{}, "{}"],
  [{ type: "add", n: 1n, "two words": [] }, '{type: "add", n: 1n, "two words": []}'],
  [{ constructor: "C", toString: 1 }, '{constructor: "C", toString: 1}'],
  [Object.assign(Object.create(null), { a: 1 }), "{a: 1}"],
  [Object.create(null), "{}"],
  [new Map<unknown, unknown>([["a", { b: 1 }]]), 'Map {"a" => {b: 1}}'],
  [new Set([1, "a"]), 'Set {1, "a"}'],
  [new Map(), "Map {}"],
  [new Uint8Array([1, 255]), "Uint8Array [1, 255]"],
  [new DataView(new ArrayBuffer(1)), "DataView {}"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Date(Number.NaN), "Invalid Date"],
  [/a+/gi, "/a+/gi"],
  [new URL("https://example.org/a?b"), "https://example.org/a?b"],
  [new Point(), "Point {x: 1, y: 2}"],
  [new Money(), "$19.99"],
  [Promise.resolve(1), "Promise {}"],
  [new (class Stack extends Array<number> {})(1, 2, 3), "Stack [1, 2, 3]"],
])("an object prints as a literal, an instance behind the name of its class: %#", (value, text) => {
  expect(inspect(value)).toBe(text);
});

test("a function prints with its name", () => {
  expect(inspect(function listen() {})).toBe("[Function: listen]");
  expect(inspect(Point)).toBe("[Function: Point]");
  expect(inspect(() => {})).toBe("[Function]");
});

test("an error prints as name and message, without its stack", () => {
  expect(inspect(new TypeError("x is not a function"))).toBe("TypeError: x is not a function");
  expect(inspect(new Error())).toBe("Error");
  expect(inspect([new RangeError("far")])).toBe("[RangeError: far]");
  expect(inspect(new (class OutOfStock extends Error {})("none left"))).toBe("OutOfStock: none left");
  expect(inspect(new DOMException("gone", "AbortError"))).toBe("AbortError: gone");
  expect(inspect(Object.assign(new Error("x"), { name: "Custom" }))).toBe("Custom: x");
});

describe("a class may say how it prints", () => {
  test("with the method that Node's console also calls", () => {
    expect(inspect(new Pid())).toBe("#PID<0.5.0>");
    expect(inspect(["val", new Pid()])).toBe('["val", #PID<0.5.0>]');
    expect(inspect(new Map([[new Pid(), 1]]))).toBe("Map {#PID<0.5.0> => 1}");
  });

  test("and prints like any other when that method throws or gives no string", () => {
    class Throws {
      a = 1;
      [custom](): string {
        throw new Error("no");
      }
    }
    class NoString {
      a = 1;
      [custom](): unknown {
        return { b: 2 };
      }
    }
    expect(inspect(new Throws())).toBe("Throws {a: 1}");
    expect(inspect(new NoString())).toBe("NoString {a: 1}");
  });
});

test("a value that contains itself prints once", () => {
  const ring: unknown[] = [1];
  ring.push(ring, { ring });
  expect(inspect(ring)).toBe("[1, [Circular], {ring: [Circular]}]");

  const shared = { a: 1 };
  expect(inspect([shared, shared])).toBe("[{a: 1}, {a: 1}]");
});

describe("what is too much ends in ...", () => {
  test("a string or a message after 200 characters", () => {
    expect(inspect("a".repeat(200))).toBe(`"${"a".repeat(200)}"`);
    expect(inspect("a".repeat(201))).toBe(`"${"a".repeat(200)}"...`);
    expect(inspect(new Error("a".repeat(500)))).toBe(`Error: ${"a".repeat(193)}...`);
    expect(inspect(10n ** 500n)).toBe(`1${"0".repeat(199)}...`);
  });

  test("the 101st value, counted over all levels", () => {
    const numbers = Array.from({ length: 101 }, (_, i) => i);
    expect(inspect(numbers)).toBe(`[${numbers.slice(0, 100).join(", ")}, ...]`);
    expect(inspect(new Array(2 ** 32 - 1)).length).toBeLessThan(1300);

    const wide = (depth: number): unknown => (depth === 0 ? 0 : Array.from({ length: 20 }, () => wide(depth - 1)));
    expect(inspect(wide(4)).match(/\b0\b/g)?.length).toBeLessThan(100);
  });

  test("the seventh level", () => {
    expect(inspect([[[[[[[1]]]]]]])).toBe("[[[[[[...]]]]]]");
    expect(inspect([[[[[[1]]]]]])).toBe("[[[[[[1]]]]]]");
  });
});

test("whatever the value, it prints on one line", () => {
  expect(inspect(new Error("two\n  lines\r\nor three"))).toBe("Error: two lines or three");
  expect(inspect(Symbol("a\nb"))).toBe("Symbol(a b)");
  expect(inspect({ "a\nb": "c\nd" })).toBe(String.raw`{"a\nb": "c\nd"}`);
});

test("getters are not called", () => {
  let calls = 0;
  const value = {
    get now(): number {
      calls++;
      throw new Error("called");
    },
  };
  expect(inspect(value)).toBe("{now: [Getter]}");
  expect(calls).toBe(0);
});

describe("a hostile value prints something and never throws", () => {
  const refuse = () => {
    throw new Error("refused");
  };
  const traps: ProxyHandler<object> = {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
    apply: refuse,
  };
  const revoked = (target: object): unknown => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };

  test.each<[string, unknown, string]>([
    ["a proxy that throws", new Proxy({}, traps), "[unprintable]"],
    ["a function's proxy that throws", new Proxy(() => {}, traps), "[unprintable]"],
    ["a revoked proxy", revoked({}), "[unprintable]"],
    ["a revoked proxy of an array", revoked([]), "[unprintable]"],
    ["a revoked proxy of a function", revoked(() => {}), "[unprintable]"],
    [
      "an object whose toString throws",
      new (class {
        toString = refuse;
      })(),
      "{toString: [Function: refuse]}",
    ],
    [
      "a class whose toString throws",
      new (class Shy {
        toString(): string {
          return refuse();
        }
      })(),
      "[unprintable]",
    ],
    ["an object whose toString gives no string", { toString: () => ({}) }, "{toString: [Function: toString]}"],
    ["an iterator that throws", Object.assign([1], { [Symbol.iterator]: refuse }), "[unprintable]"],
    ["a toStringTag that throws", Object.defineProperty({ a: 1 }, Symbol.toStringTag, { get: refuse }), "{a: 1}"],
    ["a map's proxy", new Proxy(new Map(), {}), "[unprintable]"],
    [
      "an error with getters",
      Object.defineProperties(new Error("x"), { name: { get: refuse }, message: { get: refuse } }),
      "Error",
    ],
    ["an error whose message is a symbol", Object.assign(new Error(), { message: Symbol("m") }), "Error: Symbol(m)"],
    ["an error whose message is itself", selfish(), "Error: [Circular]"],
    [
      "a function whose name is an object",
      Object.defineProperty(() => {}, "name", { value: { a: 1 } }),
      "[Function: {a: 1}]",
    ],
    ["a prototype without a constructor", Object.create(Object.create(null)), "{}"],
    ["a generator", (function* () {})(), "{}"],
  ])("%s", (_, value, text) => {
    expect(inspect(value)).toBe(text);
    expect(inspect([value])).toBe(`[${text}]`);
  });

  function selfish(): Error {
    const error = new Error();
    return Object.assign(error, { message: error as unknown as string });
  }
});
