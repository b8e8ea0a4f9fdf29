import { htmlChart } from "beamlet/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyEvents } from "./support/events.ts";
import { lateReply, pool } from "./support/runs.ts";

/** The tags of a page outside of its own script and style, whose texts no message is a part of. */
function tagsOf(html: string): string[] {
  const [before = "", ...rest] = html.split(/<style>.*?<\/style>|<script>.*?<\/script>/s);
  return [before, ...rest].join("").match(/<[^>]*>?/g) ?? [];
}

const ALLOWED =
  /^<(!DOCTYPE html|\/?(html|head|body|header|main|aside|div|p|h1|label|span|output|kbd|ol|li|b|bdi|button|input|meta|title|svg|desc|rect|line|g|text|tspan|path|circle|style)( [a-z0-9-]+="[^"<>]*")*\/?)>$/i;

test("a page of its own: it may ask for nothing, and holds one script and its styles", () => {
  const html = htmlChart(lateReply(), { title: "late" });
  expect(html).toContain(
    `content="default-src &#39;none&#39;; script-src &#39;unsafe-inline&#39;; style-src &#39;unsafe-inline&#39;;`,
  );
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\/|src=|href=|url\(|@import/);
  expect(html).toContain("<h1>late</h1>");
  expect(html).toContain("✗ bert has 0, got 100");
});

test("the list has an event for every row of the chart, and the processes a button each", () => {
  const html = htmlChart(pool(6, 12));
  const inChart = [...html.matchAll(/<g class="[^"]*" data-row="(\d+)"/g)].map(([, row]) => row);
  const inList = [...html.matchAll(/<li class="[^"]*" data-row="(\d+)"/g)].map(([, row]) => row);
  expect(inList).toEqual(inChart);
  expect([...html.matchAll(/<button [^>]*data-actor="\d+"[^>]*><bdi>(\w+)</g)].map(([, name]) => name)).toEqual([
    "main",
    "queue",
    "worker_1",
    "worker_2",
    "worker_3",
    "worker_4",
    "worker_5",
    "worker_6",
  ]);
});

test("whatever messages hold, they are text", () => {
  fc.assert(
    fc.property(anyEvents(20), fc.string({ unit: "binary" }), (events, title) => {
      const html = htmlChart(events, { title });
      expect(html.match(/<script/gi)).toHaveLength(1);
      expect(html.match(/<\/script/gi)).toHaveLength(1);
      for (const tag of tagsOf(html)) expect(tag).toMatch(ALLOWED);
    }),
  );
});
