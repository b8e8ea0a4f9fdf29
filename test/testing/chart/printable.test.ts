import fc from "fast-check";
import { expect, test } from "vitest";
import { columns, cut, cutMiddle, printable, wrap } from "../../../src/testing/chart/printable.ts";
import { hostile } from "./support/events.ts";

test("what is not seen, or moves what stands around it, is written as an escape", () => {
  expect(printable("a\u001b[2Jb\u202ec\u0000\n")).toBe("a\\u{1b}[2Jb\\u{202e}c\\u{0}\\n");
  expect(printable("\ud800x\u{200b}")).toBe("\\u{d800}x\\u{200b}");
  expect(printable("schön, 漢字, ❤️")).toBe("schön, 漢字, ❤");
  expect(printable("schön", true)).toBe("sch\\u{f6}n");
});

test("letters of East Asia and emoji take two columns, marks above letters none", () => {
  expect(columns("abc")).toBe(3);
  expect(columns("漢字")).toBe(4);
  expect(columns("한글")).toBe(4);
  expect(columns("👍")).toBe(2);
  expect(columns("e\u0301")).toBe(1);
  expect(columns("─►│┃●◇◷†✗…")).toBe(10);
});

test("a text is cut by columns, and says so", () => {
  expect(cut("hello", 5)).toBe("hello");
  expect(cut("hello!", 5)).toBe("hell…");
  expect(cut("漢字漢字", 5)).toBe("漢字…");
  expect(cut("漢字漢字", 4, "...")).toBe("...");
  expect(cut("hello", 0)).toBe("");
  expect(cutMiddle("worker_17", 7)).toBe("work…17");
});

test("a line is broken at spaces, if there are any", () => {
  expect(wrap("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
  expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrap("漢漢", 1)).toEqual(["漢", "漢"]);
});

test("whatever a message holds: a printable text is one line, and no cut is too wide", () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 4, max: 40 }), fc.boolean(), (text, width, ascii) => {
      const shown = printable(text, ascii);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      if (ascii) expect(shown).toMatch(/^[\x20-\x7e]*$/);
      expect(columns(cut(shown, width))).toBeLessThanOrEqual(width);
      expect(columns(cutMiddle(shown, width))).toBeLessThanOrEqual(width);
      for (const line of wrap(shown, width)) expect(columns(line)).toBeLessThanOrEqual(width);
      expect(wrap(shown, width).join("").replaceAll(" ", "")).toBe(shown.replaceAll(" ", ""));
    }),
  );
});
