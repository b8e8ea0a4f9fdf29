import { expect, test } from "vitest";
import type { Schedule } from "../../src/testing/schedule.ts";
import { shrink } from "../../src/testing/shrink.ts";

const WIDTHS = Array.from({ length: 12 }, () => 3);

/** Shrinks a schedule of deviations `at.index`, where those fail that have all of one of these sets. */
async function shrunk(from: string[], ...sets: string[][]): Promise<string[]> {
  const read = (word: string) => ({ at: Number(word.split(".")[0]), index: Number(word.split(".")[1]) });
  const words = (schedule: Schedule) => schedule.map(({ at, index }) => `${at}.${index}`);
  const attempt = async (schedule: Schedule) => {
    const found = words(schedule);
    return sets.some((set) => set.every((word) => found.includes(word))) ? schedule : undefined;
  };
  return words(await shrink(from.map(read), WIDTHS, attempt));
}

test("what is not needed is left out", async () => {
  expect(await shrunk(["1.2", "3.1", "4.2", "6.1", "9.2", "11.1"], ["3.1", "9.2"])).toEqual(["3.1", "9.2"]);
});

test("one that does as well takes the place of all", async () => {
  expect(await shrunk(["3.1", "6.1", "9.2"], ["3.1", "6.1", "9.2"], ["5.1"])).toEqual(["5.1"]);
});

test("one that does as well takes the place of two", async () => {
  expect(await shrunk(["3.1", "6.1", "9.2"], ["3.1", "6.1", "9.2"], ["3.1", "7.2"])).toEqual(["3.1", "7.2"]);
});

test("what fails in the ordinary order needs no deviation", async () => {
  expect(await shrunk(["3.1"], [])).toEqual([]);
});

test("smaller numbers where they do", async () => {
  expect(await shrunk(["3.2"], ["3.2"], ["3.1"])).toEqual(["3.1"]);
});
