import fc from "fast-check";
import type { RunEvent } from "../../../../src/testing/event.ts";

/** Texts that no one writes who means well, among others. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    `"'\`&<>`,
    "\u001b[2J\u001b[31m",
    "\u0000\u0007\b\r\n\t\u0085\u2028\u2029",
    "\u202eevil\u2066\u200f",
    "\ud800 \udfff",
    "👩‍👩‍👧‍👦🇩🇪❤️",
    "漢字かなカナ한글",
    "e\u0301".repeat(20) + "\u0301".repeat(200),
    "x".repeat(5000),
    "",
    "constructor",
    "__proto__",
  ),
);

const pid = (count: number) => fc.integer({ min: 1, max: count }).map((n) => `#PID<0.${n}.0>`);

/** Any list of events, however little sense it makes. Each message has a number of its own, and its text begins with `m` and that number. */
export function anyEvents(processes: number, maxLength = 40): fc.Arbitrary<RunEvent[]> {
  const who = pid(processes);
  const host = fc.option(who, { nil: undefined });
  const event = fc.oneof(
    fc.record({ kind: fc.constant("spawn"), pid: who, parent: host, body: hostile }),
    fc.record({ kind: fc.constant("run"), pid: who }),
    fc.record({ kind: fc.constant("send"), from: host, to: who, message: hostile }),
    fc.record({ kind: fc.constant("deliver"), to: who }),
    fc.record({ kind: fc.constant("receive"), pid: who }),
    fc.record({ kind: fc.constant("register"), pid: who, name: hostile }),
    fc.record({ kind: fc.constantFrom("link", "monitor"), from: who, to: who }),
    fc.record({ kind: fc.constant("signal"), from: who, to: who, reason: hostile }),
    fc.record({ kind: fc.constant("exit"), pid: who, reason: hostile }),
    fc.record({ kind: fc.constant("timer"), pid: who, message: fc.option(hostile, { nil: undefined }) }),
    fc.record({ kind: fc.constant("call"), from: who, to: who, request: hostile }),
    fc.record({ kind: fc.constant("report"), pid: host, text: hostile }),
    fc.record({ kind: fc.constant("failure"), pid: host, text: hostile }),
  );
  return fc
    .array(fc.tuple(event, fc.oneof({ weight: 40, arbitrary: fc.nat(2) }, fc.constant(2 ** 40)), fc.nat(50)), {
      maxLength,
    })
    .map((drafts) => {
      let step = 0;
      let time = 0;
      let ids = 0;
      return drafts.map(([draft, steps, ms]) => {
        step += steps;
        time += ms / 10;
        const at = { step, time, ...draft };
        if (draft.kind === "send") return { ...at, id: ++ids, message: `m${ids}: ${draft.message}` } as RunEvent;
        // What arrives and is taken is mostly what was sent last.
        if (draft.kind === "deliver" || draft.kind === "receive")
          return { ...at, id: ids, message: `m${ids}` } as RunEvent;
        return at as RunEvent;
      });
    });
}
