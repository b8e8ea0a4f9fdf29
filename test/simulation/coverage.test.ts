// How much of what can happen do the strategies reach? Where all orders can be counted, theirs are counted as well.
import { type Pid, type Self, send } from "beamlet";
import { simulate } from "beamlet/testing";
import { afterAll, describe, expect, test } from "vitest";

/** A third process, the scenario, starts processes a, b, … of so many steps each, which do nothing but take their turns. */
function stepping(steps: readonly number[], seen: Set<string>) {
  return function* scenario(self: Self<never>) {
    let order = "";
    let left = steps.length;
    for (const [index, count] of steps.entries()) {
      self.spawn(function* stepper(me: Self<"on">) {
        for (let i = 0; i < count; i++) {
          // After each message that a process takes, another may have its turn.
          send(me.pid, "on");
          yield* me.receive();
          order += letter(index);
        }
        if (--left === 0) seen.add(order);
      });
    }
  };
}

/** Senders a, b, … send so many messages each, and the scenario takes them as they come. */
function sending(counts: readonly number[], seen: Set<string>) {
  return function* scenario(self: Self<string>) {
    for (const [index, count] of counts.entries()) self.spawn(sender, self.pid, letter(index), count);
    let order = "";
    for (let i = 0; i < sum(counts); i++) order += yield* self.receive();
    seen.add(order);
  };
}

function* sender(_: Self<never>, to: Pid<string>, message: string, count: number) {
  for (let i = 0; i < count; i++) send(to, message);
}

const letter = (index: number): string => "abcdefgh"[index] ?? "";
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** In how many orders the steps of several can come, if each has its own in order: (a + b + …)! / (a! b! …). */
function multinomial(counts: readonly number[]): number {
  return counts.reduce((rest, count) => rest / factorial(count), factorial(sum(counts)));
}

/** All these orders, and how likely each is when whoever comes next is drawn evenly from those who have steps left. */
function orders(counts: readonly number[], before = "", likely = 1): Map<string, number> {
  const able = [...counts.keys()].filter((index) => (counts[index] ?? 0) > 0);
  if (able.length === 0) return new Map([[before, likely]]);
  const found = new Map<string, number>();
  for (const index of able) {
    const rest = counts.map((count, each) => (each === index ? count - 1 : count));
    for (const [order, chance] of orders(rest, before + letter(index), likely / able.length)) found.set(order, chance);
  }
  return found;
}

/** How many different ones `draws` draws are expected to give, and the standard deviation, for which draws of different orders are taken as independent. */
function expected(chances: Iterable<number>, draws: number): { readonly mean: number; readonly deviation: number } {
  let mean = 0;
  let variance = 0;
  for (const chance of chances) {
    const missed = (1 - chance) ** draws;
    mean += 1 - missed;
    variance += missed * (1 - missed);
  }
  return { mean, deviation: Math.sqrt(variance) };
}

/**
 * The orders that priorities with `depth - 1` changes can make: whoever has the highest runs, and at a change gets one of the low priorities 1 to `depth - 1`, each of which is
 * given once, in any order.
 */
function byPriority(counts: readonly number[], depth: number): Set<string> {
  const found = new Set<string>();
  const go = (left: readonly number[], priorities: readonly number[], low: readonly number[], order: string) => {
    const able = [...left.keys()].filter((index) => (left[index] ?? 0) > 0);
    if (able.length === 0) {
      found.add(order);
      return;
    }
    const top = able.reduce((a, b) => ((priorities[a] ?? 0) > (priorities[b] ?? 0) ? a : b));
    const rest = left.map((count, index) => (index === top ? count - 1 : count));
    go(rest, priorities, low, order + letter(top));
    for (const given of low) {
      const changed = priorities.map((priority, index) => (index === top ? given : priority));
      const others = low.filter((each) => each !== given);
      go(left, changed, others, order);
    }
  };
  const low = Array.from({ length: depth - 1 }, (_, index) => index + 1);
  for (const ranks of permutations([...counts.keys()])) {
    go(
      counts,
      ranks.map((rank) => rank + depth),
      low,
      "",
    );
  }
  return found;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]));
}

const figures: string[] = [];
const tell = (what: string, strategy: string, runs: number, reached: number, of: number) =>
  figures.push(
    `${what.padEnd(38)}${strategy.padEnd(16)}${`${runs}`.padStart(7)} runs${`${reached}`.padStart(7)} of ${of}`,
  );

afterAll(() => console.log(`\norders reached:\n${figures.join("\n")}`));

const shapes: readonly (readonly [counts: readonly number[], orders: number])[] = [
  [[5, 5], 252],
  [[2, 2, 2], 90],
  [[1, 1, 1, 1, 1], 120],
  [[3, 3, 3], 1680],
];

describe.each(shapes)("processes of %j steps: %i orders", (counts, total) => {
  const all = orders(counts);
  const what = `${counts.length} processes, ${counts.join(" + ")} steps`;

  test("the formula counts them", () => {
    expect(multinomial(counts)).toBe(total);
    expect(all.size).toBe(total);
    expect([...all.values()].reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  test("the exhaustive search reaches all of them, each once, and says that it has", async () => {
    const seen = new Set<string>();
    const { runs, distinct, complete } = await simulate(stepping(counts, seen), { strategy: "exhaustive" });
    tell(what, "exhaustive", runs, seen.size, total);
    expect([...seen].sort()).toEqual([...all.keys()].sort());
    expect({ runs, distinct, complete }).toEqual({ runs: total, distinct: total, complete: true });
  });

  test.each([100, 1000, 4000])("%i random seeds reach as many as as many even draws do", async (seeds) => {
    const seen = new Set<string>();
    const { runs, distinct, complete } = await simulate(stepping(counts, seen), { seeds });
    tell(what, "random", runs, seen.size, total);
    for (const order of seen) expect(all.has(order)).toBe(true);
    expect({ distinct, complete }).toEqual({ distinct: seen.size, complete: false });
    const { mean, deviation } = expected(all.values(), seeds);
    expect(Math.abs(seen.size - mean)).toBeLessThan(5 * deviation + 1);
  });

  test.each([1, 2, 3])(
    "PCT of depth %i reaches all that priorities with one change less can make, and nothing else",
    async (depth) => {
      const seen = new Set<string>();
      const possible = byPriority(counts, depth);
      const { runs } = await simulate(stepping(counts, seen), { strategy: "pct", depth, seeds: 4000 });
      tell(what, `pct, depth ${depth}`, runs, seen.size, possible.size);
      expect([...seen].sort()).toEqual([...possible].sort());
    },
  );

  test("round robin has one order", async () => {
    const seen = new Set<string>();
    await simulate(stepping(counts, seen), { strategy: "roundRobin" });
    tell(what, "roundRobin", 1, seen.size, total);
    expect([...seen]).toHaveLength(1);
  });
});

describe("messages of different senders overtake each other, those of one never", () => {
  test("of two senders with three messages each, the exhaustive search reaches all orders of arrival", async () => {
    const seen = new Set<string>();
    const { runs, complete } = await simulate(sending([3, 3], seen), { strategy: "exhaustive" });
    tell("arrivals of 3 + 3 messages", "exhaustive", runs, seen.size, multinomial([3, 3]));
    expect(complete).toBe(true);
    expect([...seen].sort()).toEqual([...orders([3, 3]).keys()].sort());
  });

  test.each([
    [[5, 5], 252],
    [[1, 1, 1, 1, 1], 120],
    [[2, 2, 2], 90],
  ] as const)("of senders with %j messages, random seeds reach all %i orders", async (counts, total) => {
    const seen = new Set<string>();
    const { runs } = await simulate(sending(counts, seen), { seeds: 8000 });
    tell(`arrivals of ${counts.join(" + ")} messages`, "random", runs, seen.size, total);
    expect(multinomial(counts)).toBe(total);
    expect([...seen].sort()).toEqual([...orders(counts).keys()].sort());
  });

  test("without delays, messages come in the order in which their senders ran", async () => {
    const seen = new Set<string>();
    const { complete } = await simulate(sending([3, 3], seen), { strategy: "exhaustive", delays: false });
    expect(complete).toBe(true);
    expect([...seen].sort()).toEqual(["aaabbb", "bbbaaa"]);
  });
});
