import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExitError } from "../../src/errors.ts";
import { localTo } from "../../src/local.ts";
import { clone, freeze, isPlain } from "../../src/message.ts";
import { processesOf } from "../../src/process.ts";
import { Ref } from "../../src/ref.ts";

const runtime = { slotSpan: 1 << 20, signals: { generation: 0 } } as never;
const LocalProcess = processesOf(runtime);
const LocalRef = localTo(runtime, Ref);
const pid = new LocalProcess(5, 0, 0, undefined, undefined);
const ref = new LocalRef();

/** Nested data with pids, refs and functions in it, and some parts in several places. */
const { message } = fc.letrec<{ message: unknown }>((tie) => {
  const shared = [{ shared: true }, ["shared"]];
  return {
    message: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("a", 1, Number.NaN, 10n, null, undefined, Symbol.iterator, pid, ref, expect, ...shared),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
      fc.array(tie("message"), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 3 }), tie("message"), { maxKeys: 4, noNullPrototype: false }),
      fc.array(fc.tuple(tie("message"), tie("message")), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.array(tie("message"), { maxLength: 3 }).map((elements) => new Set(elements)),
    ),
  };
});

test("plain objects are those of no class", () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) expect(isPlain(value)).toBe(true);
  for (const value of [[], null, undefined, "a", 1, () => 1, new Date(), new (class {})(), pid, Object.create({})]) {
    expect(isPlain(value)).toBe(false);
  }
});

describe("freeze", () => {
  test("freezes what the message reaches, and returns the message itself", () => {
    const inner = { list: [{ deep: 1 }] };
    const message = ["add", inner, Object.create(null)] as const;
    expect(freeze(message)).toBe(message);
    for (const part of [message, inner, inner.list, inner.list[0], message[2]])
      expect(Object.isFrozen(part)).toBe(true);
    expect(() => {
      inner.list.push({ deep: 2 });
    }).toThrow(TypeError);
  });

  test("primitives and functions come back as they are", () => {
    const fn = Object.assign(() => 1, { calls: 0 });
    for (const value of ["a", 1, null, undefined, 1n, fn]) expect(freeze(value)).toBe(value);
    expect(Object.isFrozen(fn)).toBe(false);
  });

  test("looks into what is frozen already, and into what symbols name", () => {
    const key = Symbol("key");
    const message = Object.freeze({ [key]: Object.freeze([{ deep: 1 }]) });
    freeze(message);
    expect(Object.isFrozen(message[key][0])).toBe(true);
  });

  test("cycles and long chains end", () => {
    const message: unknown[] = [];
    message.push(message);
    let chain: unknown[] = [];
    for (let i = 0; i < 100_000; i++) chain = [chain];
    message.push(chain);
    freeze(message);
    while (chain.length > 0) chain = chain[0] as unknown[];
    expect(Object.isFrozen(chain)).toBe(true);
  });

  test("freezes what Maps and Sets hold, not what they are", () => {
    const [key, value, element] = [{ k: 1 }, { v: 1 }, { e: 1 }];
    const map = new Map([[key, value]]);
    const set = new Set([element]);
    freeze({ map, set });
    for (const part of [key, value, element]) expect(Object.isFrozen(part)).toBe(true);
    map.set(key, value);
    expect(Object.isFrozen(map)).toBe(false);
  });

  test("leaves alone what may have to change, and what can't be frozen", () => {
    class Account {
      balance = { amount: 1 };
    }
    const account = new Account();
    const error = new Error("boom");
    const bytes = new Uint8Array(4);
    freeze([pid, ref, account, error, bytes, bytes.buffer, new DataView(bytes.buffer)]);
    bytes[0] = 1;
    account.balance.amount = 2;
    for (const part of [pid, ref, account, account.balance, error]) expect(Object.isFrozen(part)).toBe(false);
  });

  test("calls no getter", () => {
    let calls = 0;
    freeze({
      get now() {
        return calls++;
      },
    });
    expect(calls).toBe(0);
  });

  test("all messages keep their content", () => {
    fc.assert(
      fc.property(message, (message) => {
        const before = clone(message);
        expect(freeze(message)).toEqual(before);
      }),
    );
  });
});

describe("clone", () => {
  test("copies equal their originals and share nothing that can change", () => {
    fc.assert(
      fc.property(message, (message) => {
        const copy = clone(message);
        expect(copy).toStrictEqual(message);
        const originals = objectsOf(message);
        for (const object of objectsOf(copy)) expect(originals.has(object)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("pids, refs, functions and symbols stay what they are", () => {
    const fn = () => 1;
    const symbol = Symbol("s");
    const copy = clone(["ask", pid, { ref }, fn, symbol, new Map([[pid, ref]]), new Set([ref])] as const);
    expect(copy[1]).toBe(pid);
    expect(copy[2].ref).toBe(ref);
    expect(copy[3]).toBe(fn);
    expect(copy[4]).toBe(symbol);
    expect(copy[5].get(pid)).toBe(ref);
    expect(copy[6].has(ref)).toBe(true);
    expect(clone(pid)).toBe(pid);
  });

  test("cycles stay cycles, and what was one object stays one", () => {
    const shared = { n: 1 };
    const original: Record<string, unknown> = { a: shared, b: [shared], map: new Map() };
    original["self"] = original;
    (original["map"] as Map<unknown, unknown>).set(original, original["map"]);
    const copy = clone(original);
    expect(copy).not.toBe(original);
    expect(copy["self"]).toBe(copy);
    expect((copy["b"] as unknown[])[0]).toBe(copy["a"]);
    expect(copy["a"]).not.toBe(shared);
    expect((copy["map"] as Map<unknown, unknown>).get(copy)).toBe(copy["map"]);
  });

  test("long chains are copied", () => {
    let chain: unknown[] = [];
    for (let i = 0; i < 100_000; i++) chain = [i, chain];
    let copy = clone(chain);
    expect(copy === chain).toBe(false);
    for (let i = 100_000; i-- > 0; copy = copy[1] as unknown[]) if (copy[0] !== i) expect(copy[0]).toBe(i);
    expect(copy).toEqual([]);
  });

  test("objects keep their missing prototype, their symbols, and a property called __proto__", () => {
    const key = Symbol("key");
    const bare = Object.assign(Object.create(null), { a: [1] });
    const copy = clone({ bare, [key]: [2], parsed: JSON.parse('{"__proto__": {"polluted": true}}') });
    expect(Object.getPrototypeOf(copy.bare)).toBe(null);
    expect(copy.bare.a).toEqual([1]);
    expect(copy.bare.a).not.toBe(bare.a);
    expect(copy[key]).toEqual([2]);
    expect(Object.getPrototypeOf(copy.parsed)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(copy.parsed, "__proto__")?.value).toEqual({ polluted: true });
  });

  test("a copy of something frozen can be changed", () => {
    const copy = clone(Object.freeze([Object.freeze({ n: 1 })])) as { n: number }[];
    (copy[0] as { n: number }).n = 2;
    copy.push({ n: 3 });
    expect(copy).toEqual([{ n: 2 }, { n: 3 }]);
  });

  test("holes stay holes", () => {
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    const copy = clone([1, , [3]]);
    expect(1 in copy).toBe(false);
    expect(copy).toHaveLength(3);
  });

  test("dates, regular expressions, boxed values and buffers are copied", () => {
    const original = {
      date: new Date(5),
      regexp: /a+/gi,
      boxed: Object(5n),
      buffer: new ArrayBuffer(8),
    };
    const copy = clone(original);
    expect(copy).toEqual(original);
    for (const key of Object.keys(original) as (keyof typeof original)[]) expect(copy[key]).not.toBe(original[key]);
    expect(copy.regexp.flags).toBe("gi");
    expect(copy.buffer.byteLength).toBe(8);
  });

  test("views keep their class and are copied with the bytes they show", () => {
    const bytes = Uint8Array.from([1, 2, 3, 4]);
    const copy = clone([bytes.subarray(1, 3), new DataView(bytes.buffer, 2, 1), new Float64Array([0.5])] as const);
    bytes.fill(9);
    expect(copy[0]).toEqual(Uint8Array.from([2, 3]));
    expect(copy[0].buffer.byteLength).toBe(2);
    expect(copy[1].getUint8(0)).toBe(3);
    expect(copy[2]).toEqual(new Float64Array([0.5]));
    const { Buffer } = globalThis as { Buffer?: { from(text: string): Uint8Array } };
    if (Buffer !== undefined) {
      const buffer = clone(Buffer.from("abc"));
      expect(buffer.constructor).toBe(Buffer);
      expect(String(buffer)).toBe("abc");
    }
  });

  test("shared memory, Blobs and DOMExceptions go by reference", () => {
    const values = [new Blob(["a"]), new DOMException("stopped", "AbortError")] as object[];
    // Pages that are not isolated have none.
    if (typeof SharedArrayBuffer !== "undefined") values.push(new SharedArrayBuffer(4));
    for (const value of values) expect(clone([value])[0]).toBe(value);
  });

  test("errors keep their class, their stack and their own properties", () => {
    class Refused extends Error {
      override readonly name = "Refused";
      readonly by: unknown;
      readonly details: { code: number };
      constructor(by: unknown, details: { code: number }) {
        super("refused", { cause: [1] });
        this.by = by;
        this.details = details;
      }
    }
    const original = new Refused(pid, { code: 7 });
    const copy = clone(original);
    expect(copy).not.toBe(original);
    expect(copy).toBeInstanceOf(Refused);
    expect(Object.prototype.toString.call(copy)).toBe("[object Error]");
    expect(copy.message).toBe("refused");
    expect(copy.stack).toBe(original.stack);
    expect(copy.by).toBe(pid);
    expect(copy.details).toEqual({ code: 7 });
    expect(copy.details).not.toBe(original.details);
    expect(copy.cause).toEqual([1]);
    expect(copy.cause).not.toBe(original.cause);
    expect(Object.keys(copy)).toEqual(Object.keys(original));

    const exit = clone(new ExitError(["shutdown", { a: 1 }], ["call", pid]));
    expect(exit).toBeInstanceOf(ExitError);
    expect(exit.reason).toEqual(["shutdown", { a: 1 }]);
    expect(exit.call?.[1]).toBe(pid);

    const aggregate = clone(new AggregateError([new RangeError("one")], "some"));
    expect(aggregate.errors[0]).toBeInstanceOf(RangeError);
    expect(clone({ error: new TypeError("no") }).error).toBeInstanceOf(TypeError);
  });

  class Account {
    #balance = 1;
    spend() {
      return this.#balance--;
    }
  }
  class Ledger extends Map {}
  class Tagged {
    readonly [Symbol.toStringTag] = "Map";
  }
  const refused: [path: string, className: string, message: unknown][] = [
    ["message", "Account", new Account()],
    ["message[1]", "Account", ["a", new Account()]],
    ["message.from.account", "Account", { from: { account: new Account() } }],
    ["message.two words[0]", "Account", { "two words": [new Account()] }],
    ["message.key", "Account", new Map([["key", new Account()]])],
    ["message[0].values()", "Account", [new Set([1, new Account()])]],
    ["message.cause", "Account", new Error("e", { cause: new Account() })],
    ["message[1].signal", "AbortSignal", ["a", { signal: new AbortController().signal }]],
    ["message.promise", "Promise", { promise: Promise.resolve(1) }],
    ["message[0]", "WeakMap", [new WeakMap()]],
    ["message[0]", "Ledger", [new Ledger()]],
    ["message[0]", "Tagged", [new Tagged()]],
    ["message[0]", "Headers", [new Headers()]],
  ];
  test.each(refused)("refuses %s, of class %s, and names its path", (path, className, message) => {
    expect(() => clone(message)).toThrow(TypeError);
    expect(() => clone(message)).toThrow(`can't copy ${path}, an object of class ${className}: `);
  });

  test("refuses generators and subclasses of what can be copied", () => {
    expect(() => clone([(function* () {})()])).toThrow("can't copy message[0], an object of class ");
    expect(() => clone([new (class Birthday extends Date {})()])).toThrow(
      "can't copy message[0], an object of class Birthday",
    );
  });

  test("a message that can't be copied is not changed by the attempt", () => {
    const inner = { n: 1 };
    const message = { inner, map: new Map([[inner, inner]]), account: new Account() };
    expect(() => clone(message)).toThrow(TypeError);
    expect(message.inner).toBe(inner);
    expect(message.map.get(inner)).toBe(inner);
  });
});

/** All objects within a message that a copy may not share. */
function objectsOf(message: unknown): Set<unknown> {
  const reached = new Set<unknown>([message]);
  for (const value of reached) {
    if (value instanceof Map || value instanceof Set)
      for (const entry of value.entries()) for (const held of entry) reached.add(held);
    else if (Array.isArray(value) || isPlain(value)) for (const held of Object.values(value)) reached.add(held);
  }
  for (const value of reached)
    if (typeof value !== "object" || [null, pid, ref].includes(value as never)) reached.delete(value);
  return reached;
}
