import { readTrace, writeTrace } from "beamlet/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyEvents } from "./support/events.ts";
import { lateReply } from "./support/runs.ts";

const header = `{"beamlet":"trace","version":1}`;

test("a trace is a line that says what it is, and one event a line", () => {
  const lines = writeTrace(lateReply()).split("\n");
  expect(lines[0]).toBe(header);
  expect(lines[1]).toBe(`{"step":0,"time":0,"kind":"spawn","pid":"#PID<0.2.0>","body":"client"}`);
  expect(lines).toHaveLength(lateReply().length + 2);
});

test("whatever was written is read again", () => {
  fc.assert(
    fc.property(anyEvents(40), (events) => {
      const text = writeTrace(events);
      expect(text.split("\n")).toHaveLength(events.length + 2);
      expect(readTrace(text)).toEqual(events);
      expect(readTrace(text.replaceAll("\n", "\r\n"))).toEqual(events);
    }),
  );
});

test.for([
  ["", `readTrace: line 1: expected ${header}, got an empty file`],
  ["hello", "readTrace: line 1: expected a JSON object, got hello"],
  [`{"a":1}`, `readTrace: line 1: expected ${header}, got {"a":1}: this is no trace of Beamlet`],
  [`{"beamlet":"trace","version":2}`, "readTrace: line 1: expected version 1, got 2: a later Beamlet may read it"],
  [`${header}\n\n[1]`, "readTrace: line 3: expected a JSON object, got [1]"],
  [`${header}\n{"kind":"run","pid":"#PID<0.2.0>","step":1`, "readTrace: line 2: expected a JSON object, got "],
  [
    `${header}\n{"kind":"walk","step":1,"time":0}`,
    "readTrace: line 2: expected one of spawn, run, send, deliver, receive, register, link, monitor, signal, exit, timer, call, report, failure as kind, " +
      `got "walk"`,
  ],
  [`${header}\n{"kind":"toString"}`, "readTrace: line 2: expected one of spawn, "],
  [`${header}\n{"kind":"run","step":1,"time":0}`, "readTrace: line 2: expected a string as pid of run, got undefined"],
  [
    `${header}\n{"kind":"run","pid":"#PID<0.2.0>","step":-1,"time":0}`,
    "readTrace: line 2: expected a whole number as step of run, got -1",
  ],
] as const)("a bad line is named: %j", ([text, message]) => {
  let error: unknown;
  try {
    readTrace(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SyntaxError);
  expect((error as Error).message.slice(0, message.length)).toBe(message);
});
