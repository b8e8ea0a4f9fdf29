import { type RunEvent, svgChart } from "beamlet/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyEvents } from "./support/events.ts";
import { lateReply, pingPong, pool, restart } from "./support/runs.ts";
import { Tape } from "./support/tape.ts";
import { elementsOf } from "./support/well-formed.ts";

/** The groups of a chart with a class, each as it stands. */
function groups(svg: string, kind: string): string[] {
  return svg.split(/(?=<g class=")/).filter((group) => group.startsWith(`<g class="${kind} `));
}

const rows = (svg: string, kind: string) => groups(svg, `row ${kind}`);

test("a file of its own: it asks for nothing else, and says what it shows", () => {
  const svg = svgChart(lateReply(), { title: "a <late> reply" });
  expect(svg).toMatch(
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="beamlet-chart" role="img" viewBox="0 0 \d+ \d+"/,
  );
  expect(svg).toContain("<title>a &lt;late&gt; reply</title>");
  expect(svg).toContain(
    "<desc>17 rows about 3 processes: client, bank, db. It failed: bert has 0, got 100\\n  expected 0\\n  received 100</desc>",
  );
  expect(svg).toContain("prefers-color-scheme:dark");
  expect(svg.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
    /https?:|url\(|@import|href|<script|<image|<foreignObject/,
  );
});

test("every process has a head, every end a cross, every message an arrow", () => {
  const svg = svgChart(restart());
  expect(groups(svg, "head")).toHaveLength(5);
  expect(rows(svg, "exit").every((row) => row.includes(`class="cross"`))).toBe(true);
  expect(rows(svg, "send").every((row) => row.includes(`class="arrow"`))).toBe(true);
  expect(rows(svg, "send").filter((row) => row.includes(`class="cross"`))).toHaveLength(1);
});

test("what arrives later falls down to the row in which it does", () => {
  const [late, ...others] = rows(svgChart(lateReply()), "send late");
  expect(others).toEqual([]);
  const [, x1, y1, x2, y2] = /d="M(\S+) (\S+)L(\S+) (\S+)"/.exec(late ?? "") ?? [];
  expect(Number(x2)).toBeLessThan(Number(x1));
  expect(Number(y2)).toBeGreaterThan(Number(y1));
});

test("a message is shown whole to who rests on it, however long", () => {
  const tape = new Tape();
  const a = tape.spawn("a");
  const long = `["${"x".repeat(500)}"]`;
  tape.run(a).send(a, long);
  const [row] = rows(svgChart(tape.events), "send");
  expect(row).toContain(`\n[&quot;${"x".repeat(500)}&quot;]</title>`);
  expect(row?.match(/x{30,}…/g)).toHaveLength(1);
});

test("many rows lose their middle, many processes keep their lanes", () => {
  const svg = svgChart(pool(30, 60), { rows: 100 });
  expect(svg).toMatch(/>… \d+ events …</);
  expect(svg.match(/data-row=/g)).toHaveLength(101);
  expect(groups(svg, "head")).toHaveLength(32);
});

test("with a focus, only those who deal with it", () => {
  expect(groups(svgChart(pool(30, 60), { focus: ["worker_3"] }), "head")).toHaveLength(3);
  expect(() => svgChart(pingPong(), { focus: ["pang"] })).toThrow(
    `svgChart: expected pids and names of the run's processes as focus, got "pang"`,
  );
});

test("nothing has happened", () => {
  expect(elementsOf(svgChart([]))).toEqual(["svg", "title", "desc", "style", "rect"]);
});

/** Browsers alone have it. */
interface Parser {
  parseFromString(text: string, type: string): { querySelector(selector: string): { textContent: string } | null };
}

describe("whatever happens in a run", () => {
  const parse = (svg: string): string | undefined => {
    if (!("DOMParser" in globalThis)) return undefined;
    const { DOMParser } = globalThis as unknown as { DOMParser: new () => Parser };
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    return parsed.querySelector("parsererror")?.textContent;
  };

  test("the file is XML, and no message has become a part of it", () => {
    fc.assert(
      fc.property(anyEvents(90), fc.integer({ min: 1, max: 60 }), (events, most) => {
        const svg = svgChart(events, { rows: most });
        expect(elementsOf(svg).filter((name) => !PARTS.has(name))).toEqual([]);
        expect(parse(svg)).toBeUndefined();
      }),
    );
  });

  test("every message has a row, and an arrow in it", () => {
    fc.assert(
      fc.property(anyEvents(12), (events: RunEvent[]) => {
        const sent = events.flatMap((event) => (event.kind === "send" ? [event] : []));
        const arrows = rows(svgChart(events), "send");
        expect(arrows).toHaveLength(sent.length);
        for (const [index, { id }] of sent.entries()) {
          expect(arrows[index]).toContain(`m${id}:`);
          expect(arrows[index]).toContain(`class="arrow"`);
        }
      }),
    );
  });

  const PARTS = new Set(["svg", "title", "desc", "style", "rect", "line", "g", "text", "tspan", "path", "circle"]);
});
