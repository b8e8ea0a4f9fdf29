// biome-ignore-all lint/suspicious/noDuplicateTestHooks: after is the timeout of receive
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localTo } from "../../src/local.ts";
import { after, checkTimeout, matches, on, P } from "../../src/pattern.ts";
import { processesOf } from "../../src/process.ts";
import { Ref } from "../../src/ref.ts";

const runtime = { slotSpan: 1 << 20, signals: { refs: 0 } } as never;
const LocalProcess = processesOf(runtime);
const LocalRef = localTo(runtime, Ref);
const pid = new LocalProcess(5, 0, 0, undefined, undefined);
const otherPid = new LocalProcess(5, 0, 0, undefined, undefined);
const ref = new LocalRef();
const otherRef = new LocalRef();

describe("literals", () => {
  test.each([["ping"], [13], [10n], [true], [null], [undefined], [Symbol.iterator], [Number.NaN], [Infinity], [""]])(
    "%s matches itself",
    (literal) => {
      expect(matches(literal, literal)).toBe(true);
      expect(matches([literal], [literal])).toBe(true);
      expect(matches({ literal }, { literal })).toBe(true);
    },
  );

  test("0 and -0 are one number, NaN is NaN, and nothing is converted", () => {
    expect(matches(0, -0)).toBe(true);
    expect(matches(-0, 0)).toBe(true);
    expect(matches(Number.NaN, "NaN")).toBe(false);
    expect(matches(Number.NaN, undefined)).toBe(false);
    expect(matches(1, "1")).toBe(false);
    expect(matches(1, 1n)).toBe(false);
    expect(matches(null, undefined)).toBe(false);
    expect(matches(false, 0)).toBe(false);
    expect(matches("a", Object("a"))).toBe(false);
  });
});

describe("tuples", () => {
  test("match arrays of exactly their length, element by element", () => {
    expect(matches(["val", P._], ["val", 1])).toBe(true);
    expect(matches(["val", P._], ["val"])).toBe(false);
    expect(matches(["val", P._], ["val", 1, 2])).toBe(false);
    expect(matches(["val", P._], ["inc", 1])).toBe(false);
    expect(matches([], [])).toBe(true);
    expect(matches([], [1])).toBe(false);
    expect(matches(["a", ["b", [1]]], ["a", ["b", [1]]])).toBe(true);
    expect(matches(["a", ["b", [1]]], ["a", ["b", [2]]])).toBe(false);
  });

  test("match arrays only", () => {
    expect(matches(["a"], { 0: "a", length: 1 })).toBe(false);
    expect(matches([1], new Uint8Array([1]))).toBe(false);
    expect(matches(["a"], "a")).toBe(false);
    expect(matches(["a"], null)).toBe(false);
  });

  test("a hole in a tuple is undefined", () => {
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(matches([, "b"], [undefined, "b"])).toBe(true);
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(matches([, "b"], ["a", "b"])).toBe(false);
  });
});

describe("objects", () => {
  test("match objects that have at least their properties", () => {
    expect(matches({ type: "circle" }, { type: "circle", radius: 1 })).toBe(true);
    expect(matches({ type: "circle", radius: P.number }, { type: "circle", radius: 1 })).toBe(true);
    expect(matches({ type: "circle", radius: P.number }, { type: "circle" })).toBe(false);
    expect(matches({ type: "circle" }, { type: "square" })).toBe(false);
    expect(matches({ at: { x: 1 } }, { at: { x: 1, y: 2 } })).toBe(true);
    expect(matches({ at: { x: 1 } }, { at: { y: 2 } })).toBe(false);
    expect(matches({ at: { x: 1 } }, { at: null })).toBe(false);
    expect(matches({}, {})).toBe(true);
    expect(matches({}, "a")).toBe(false);
    expect(matches({}, null)).toBe(false);
  });

  test("a property that holds undefined is there, and one that is missing is not", () => {
    expect(matches({ a: undefined }, { a: undefined })).toBe(true);
    expect(matches({ a: undefined }, {})).toBe(false);
    expect(matches({ a: P._ }, {})).toBe(false);
  });

  test("inherited properties, getters and symbols count", () => {
    class Circle {
      readonly type = "circle";
      get area() {
        return 3;
      }
    }
    const key = Symbol("key");
    expect(matches({ type: "circle", area: 3 }, new Circle())).toBe(true);
    expect(matches({ type: "circle", area: 4 }, new Circle())).toBe(false);
    expect(matches({ [key]: 1 }, { [key]: 1 })).toBe(true);
    expect(matches({ [key]: 1 }, {})).toBe(false);
    expect(matches({ message: "boom" }, new RangeError("boom"))).toBe(true);
    expect(matches({ length: 2 }, [1, 2])).toBe(true);
  });

  test("an object without a prototype is a pattern and a message like any other", () => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(matches(bare, { a: 1, b: 2 })).toBe(true);
    expect(matches({ a: 1 }, bare)).toBe(true);
    expect(matches(bare, { a: 2 })).toBe(false);
  });

  test("an instance of a class matches itself only", () => {
    const error = new Error("boom");
    const date = new Date(0);
    expect(matches(["EXIT", P._, error], ["EXIT", pid, error])).toBe(true);
    expect(matches(["EXIT", P._, error], ["EXIT", pid, new Error("boom")])).toBe(false);
    expect(matches(date, date)).toBe(true);
    expect(matches(date, new Date(0))).toBe(false);
    expect(matches(new Map(), new Map())).toBe(false);
  });
});

test("pids and refs match by identity", () => {
  expect(matches(pid, pid)).toBe(true);
  expect(matches(pid, otherPid)).toBe(false);
  expect(matches([ref, P._], [ref, 1])).toBe(true);
  expect(matches([ref, P._], [otherRef, 1])).toBe(false);
});

describe("P", () => {
  const kinds = {
    pid: [pid, otherPid],
    ref: [ref],
    string: ["", "a"],
    number: [0, Number.NaN, Infinity],
    boolean: [true, false],
    bigint: [0n],
    symbol: [Symbol()],
    function: [() => 1, class {}],
  } as const;
  const none = [null, undefined, {}, [], Object("a"), new Date()];

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])("P.%s matches its kind and no other", (kind) => {
    for (const [other, values] of Object.entries(kinds)) {
      for (const value of values) expect(matches(P[kind], value)).toBe(other === kind);
    }
    for (const value of none) expect(matches(P[kind], value)).toBe(false);
  });

  test("P._ and P.any match anything", () => {
    for (const value of [...Object.values(kinds).flat(), ...none]) {
      expect(matches(P._, value)).toBe(true);
      expect(matches(P.any, value)).toBe(true);
    }
  });

  test("P.array matches arrays whose elements all match", () => {
    expect(matches(P.array(), [1, "a"])).toBe(true);
    expect(matches(P.array(), { length: 0 })).toBe(false);
    expect(matches(P.array(P.number), [])).toBe(true);
    expect(matches(P.array(P.number), [1, 2])).toBe(true);
    expect(matches(P.array(P.number), [1, "2"])).toBe(false);
    expect(matches(P.array(P.number), new Array(2))).toBe(false);
    expect(matches(P.array(undefined), [1])).toBe(false);
    expect(matches(P.array(["pair", P.array(P.pid)]), [["pair", [pid]]])).toBe(true);
    expect(matches(P.array(["pair", P.array(P.pid)]), [["pair", [ref]]])).toBe(false);
  });

  test("P.or matches what one of its patterns matches", () => {
    const either = P.or("inc", ["add", P.number], (n) => n > 10);
    for (const value of ["inc", ["add", 1], 11]) expect(matches(either, value)).toBe(true);
    for (const value of ["dec", ["add", "1"], 9, null]) expect(matches(either, value)).toBe(false);
    expect(matches(P.or(), undefined)).toBe(false);
  });

  test("P.when matches by a guard, after a pattern if there is one", () => {
    const seen: unknown[] = [];
    const positive = P.when(["add", P.number], ([, n]) => {
      seen.push(n);
      return n > 0;
    });
    expect(matches(positive, ["add", 1])).toBe(true);
    expect(matches(positive, ["add", -1])).toBe(false);
    expect(matches(positive, ["add", "1"])).toBe(false);
    expect(seen).toEqual([1, -1]);
    expect(
      matches(
        P.when((n) => n === 1),
        1,
      ),
    ).toBe(true);
  });
});

describe("functions", () => {
  test("a guard matches when it returns something true", () => {
    expect(matches((n: number) => n > 1, 2)).toBe(true);
    expect(matches((n: number) => n > 1, 1)).toBe(false);
    expect(matches(["a", (list: unknown[]) => list.length], ["a", [1]])).toBe(true);
    expect(matches(["a", (list: unknown[]) => list.length], ["a", []])).toBe(false);
    expect(
      matches(function named(this: unknown, value: unknown) {
        return value === 1;
      }, 1),
    ).toBe(true);
  });

  test("a guard that throws does not match", () => {
    const guard = (message: { items: unknown[] }) => message.items.length > 0;
    expect(matches(guard, { items: [1] })).toBe(true);
    expect(matches(guard, "no items")).toBe(false);
    expect(matches(guard, null)).toBe(false);
    expect(matches(P.array(guard), [{ items: [1] }, {}])).toBe(false);
    expect(matches(P.when(P._, guard), {})).toBe(false);
  });

  test("an alternative that throws leaves the others their turn", () => {
    const throws = () => {
      throw new Error("no");
    };
    expect(matches(P.or(throws, "a"), "a")).toBe(true);
    expect(matches([P.or(throws, "a"), P.or(throws, "b")], ["a", "b"])).toBe(true);
    expect(matches(P.or(throws, throws), "a")).toBe(false);
  });

  test("a message whose getter throws matches no pattern that reads it", () => {
    const message = {
      get type() {
        throw new Error("no");
      },
    };
    expect(matches({ type: "a" }, message)).toBe(false);
    expect(matches(P._, message)).toBe(true);
  });

  test("a class matches its instances", () => {
    class Animal {}
    class Dog extends Animal {}
    expect(matches(Animal, new Dog())).toBe(true);
    expect(matches(Dog, new Animal())).toBe(false);
    expect(matches(["failed", RangeError], ["failed", new RangeError()])).toBe(true);
    expect(matches(["failed", RangeError], ["failed", new TypeError()])).toBe(false);
    expect(matches(Error, null)).toBe(false);
    expect(matches(Map, new Map())).toBe(true);
    expect(matches(Number, 1)).toBe(true);
    expect(matches(Number, "1")).toBe(false);
    expect(matches(String, "a")).toBe(true);
    expect(matches(Object, null)).toBe(false);
  });
});

describe("clauses", () => {
  test("on keeps what it was given and tells what it matches", () => {
    const clause = on(["add", P.number], ([, n]) => n + 1);
    expect(clause.matches(["add", 1])).toBe(true);
    expect(clause.matches(["add"])).toBe(false);
    expect(clause.then(["add", 1])).toBe(2);
    expect(clause.after).toBe(undefined);
  });

  test("a pattern is read once, when the clause is made", () => {
    const pattern = ["a"];
    const clause = on(pattern, () => 1);
    pattern[0] = "b";
    expect(clause.matches(["a"])).toBe(true);
    expect(clause.matches(["b"])).toBe(false);
  });

  test("after has its time, and what follows", () => {
    const clause = after(5000, () => "late");
    expect(clause.after).toBe(5000);
    expect(clause.then(undefined)).toBe("late");
    expect(after(0).then(undefined)).toBe(undefined);
  });

  test("a clause needs a function", () => {
    expect(() => on("a", "b" as never)).toThrow(new TypeError('expected a function to run on a match, got "b"'));
    expect(() => on("a", undefined as never)).toThrow(TypeError);
    expect(() => after(1, 2 as never)).toThrow(TypeError);
  });
});

test("a timeout is a number of ms from 0 to Infinity", () => {
  for (const ms of [0, -0, 0.5, 5000, 2 ** 40, Infinity]) {
    expect(checkTimeout(ms)).toBe(ms);
    expect(after(ms).after).toBe(ms);
  }
  for (const ms of [-1, -Infinity, Number.NaN]) {
    expect(() => after(ms)).toThrow(RangeError);
    expect(() => after(ms)).toThrow(`expected a timeout in ms (0 or more, or Infinity), got ${ms}`);
  }
  for (const ms of ["5", 5n, null, undefined, {}]) expect(() => after(ms as never)).toThrow(TypeError);
  expect(() => checkTimeout("5")).toThrow('expected a timeout in ms (0 or more, or Infinity), got "5"');
});

describe("at random", () => {
  const literal = fc.constantFrom("a", "b", 0, 1, Number.NaN, 1n, true, null, undefined, pid, ref);

  // A pattern's plan: the oracle reads the plan, and the plan makes the pattern.
  type Plan =
    | { kind: "anything" }
    | { kind: "throws" }
    | { kind: "literal"; value: unknown }
    | { kind: "tuple"; of: Plan[] }
    | { kind: "object"; of: Record<string, Plan> }
    | { kind: "array"; of: Plan }
    | { kind: "or"; of: Plan[] }
    | { kind: "when"; of: Plan; not: Plan };

  const keys = fc.constantFrom("x", "y", "type");
  const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
    plan: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ kind: fc.constant("literal" as const), value: literal }),
      fc.constant({ kind: "anything" as const }),
      fc.constant({ kind: "throws" as const }),
      fc.record({ kind: fc.constant("tuple" as const), of: fc.array(tie("plan"), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant("object" as const), of: fc.dictionary(keys, tie("plan"), { maxKeys: 2 }) }),
      fc.record({ kind: fc.constant("array" as const), of: tie("plan") }),
      fc.record({ kind: fc.constant("or" as const), of: fc.array(tie("plan"), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant("when" as const), of: tie("plan"), not: tie("plan") }),
    ),
  }));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      literal,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 3 }),
    ),
  }));

  function make(plan: Plan): never {
    return build() as never;

    function build(): unknown {
      switch (plan.kind) {
        case "anything":
          return P._;
        case "throws":
          return () => {
            throw new Error("a guard's own error");
          };
        case "literal":
          return plan.value;
        case "tuple":
          return plan.of.map(make);
        case "object":
          return Object.fromEntries(Object.entries(plan.of).map(([key, of]) => [key, make(of)]));
        case "array":
          return P.array(make(plan.of));
        case "or":
          return P.or(...plan.of.map(make));
        case "when":
          return P.when(make(plan.of), (value: unknown) => holds(plan.not, value) !== true);
      }
    }
  }

  /** True, false, or "fails" when it comes upon a guard that throws; like Erlang, from left to right. */
  function holds(plan: Plan, value: unknown): boolean | "fails" {
    switch (plan.kind) {
      case "anything":
        return true;
      case "throws":
        return "fails";
      case "literal":
        return plan.value === value || (Number.isNaN(plan.value) && Number.isNaN(value));
      case "tuple":
        return Array.isArray(value) && value.length === plan.of.length && all(plan.of.map((p, i) => [p, value[i]]));
      case "object": {
        if (typeof value !== "object" || value === null) return false;
        const entries = Object.entries(plan.of);
        if (!entries.every(([key]) => key in value)) return false;
        return all(entries.map(([key, p]) => [p, (value as Record<string, unknown>)[key]]));
      }
      case "array":
        return Array.isArray(value) && all(value.map((element) => [plan.of, element]));
      case "or":
        return plan.of.some((p) => holds(p, value) === true);
      case "when":
        return holds(plan.of, value) === true && holds(plan.not, value) !== true;
    }
  }

  function all(pairs: [Plan, unknown][]): boolean {
    return pairs.every(([plan, value]) => holds(plan, value) === true);
  }

  test("a pattern matches what its plan says", () => {
    const answers = new Set<boolean>();
    fc.assert(
      fc.property(plan, value, (plan, value) => {
        const expected = holds(plan, value) === true;
        answers.add(expected);
        expect(on(make(plan), () => 1).matches(value)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
    expect(answers.size).toBe(2);
  });

  test("a message is a pattern of itself, and of what has more properties", () => {
    fc.assert(
      fc.property(value, value, keys, (message, extra, key) => {
        expect(matches(message, message)).toBe(true);
        const more = { message, [`${key}'`]: extra };
        expect(matches({ message }, more)).toBe(true);
        expect(matches(more, { message })).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
