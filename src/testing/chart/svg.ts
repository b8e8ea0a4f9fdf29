import type { RunEvent } from "../event.ts";
import { failureText, HOST, shortPid } from "./cast.ts";
import {
  type ChartOptions,
  concerns,
  GUTTER,
  HEAD,
  headText,
  headWidth,
  type Label,
  type Layout,
  type Life,
  layoutOf,
  type Placed,
} from "./layout.ts";
import { cutMiddle, printable, wrap } from "./printable.ts";
import { isCalm, type Row } from "./rows.ts";
import { shapes } from "./svg-shapes.ts";
import { svgStyle } from "./svg-style.ts";
import { element, escaped } from "./xml.ts";

/**
 * Draws what happened in a run as a sequence chart: a complete SVG file, for light and dark, that needs nothing else. Whatever the pointer rests on shows its
 * whole text.
 *
 * *Throws* `TypeError` for a focus that no process has.
 */
export function svgChart(events: readonly RunEvent[], options: ChartOptions = {}): string {
  return drawing(layoutOf("svgChart", events, options), events, options);
}

/** The `svg` element of a layout. Its rows carry their number and that of their participants, for the page around it. */
export function drawing(
  layout: Layout,
  events: readonly RunEvent[],
  { title = "Sequence chart" }: ChartOptions,
): string {
  const failures = failureBoxes(layout, events);
  const width = layout.width;
  const height = Math.ceil(layout.bottom + 20 + failures.height);
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "beamlet-chart",
      role: "img",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    element("title", {}, escaped(printable(title))),
    element("desc", {}, escaped(printable(describe(layout, events)))),
    element("style", {}, escaped(svgStyle).replaceAll("&gt;", ">").replaceAll("&#39;", "'")),
    element("rect", { class: "paper", width, height }),
    ...bands(layout),
    ...layout.lives.map((life) => lifeline(life)),
    ...gaps(layout),
    ...layout.lives.map((life) => head(life)),
    ...othersHead(layout),
    ...layout.rows.map((placed, index) => rowOf(placed, index, layout)),
    failures.text,
  );
}

function describe({ cast, rows }: Layout, events: readonly RunEvent[]): string {
  const names = [...cast.values()].filter(({ key }) => key !== HOST).map(({ name }) => name);
  const some = names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", ");
  const failure = events.find((event) => event.kind === "failure");
  const end = failure?.kind === "failure" ? ` It failed: ${failure.text}` : "";
  return `${rows.length} rows about ${names.length} processes: ${some}.${end}`;
}

/** Every second step lies on a darker ground. */
function bands({ rows, width }: Layout): string[] {
  return rows
    .filter(({ dark }) => dark)
    .map(({ top, bottom }) => element("rect", { class: "band", y: top, width, height: bottom - top }));
}

function lifeline({ x, head, end }: Life): string {
  return element("line", { class: "life", x1: x, x2: x, y1: head + HEAD / 2, y2: Math.max(end, head + HEAD / 2) });
}

/** Lanes are broken where rows are left out. */
function gaps({ rows, lives }: Layout): string[] {
  return rows.flatMap(({ item, top, bottom }) => {
    if (!("elided" in item)) return [];
    const crossed = lives.filter(({ head, end }) => head + HEAD / 2 < top + 4 && end > top);
    return crossed.map(({ x }) => element("line", { class: "gap", x1: x, x2: x, y1: top + 3, y2: bottom - 3 }));
  });
}

/** A bar on the lane of whoever runs, without a break from row to row. */
function busy({ y, top, bottom }: Placed, index: number, { rows, lanes, hues, x }: Layout): string[] {
  const running = (at: number) => {
    const item = rows[at]?.item;
    return item !== undefined && "row" in item ? item.row.running : undefined;
  };
  const key = running(index);
  if (key === undefined || !lanes.of.has(key)) return [];
  const from = running(index - 1) === key ? top : y - 9;
  const to = running(index + 1) === key ? bottom : y + 9;
  return [
    element("rect", { class: `busy hue${hues.get(key)}`, x: x(key) - 3.5, y: from, width: 7, height: to - from }),
  ];
}

function head({ actor, x, head, end, hue }: Life): string {
  const width = headWidth(actor);
  const pid = actor.label === actor.key ? "" : printable(shortPid(actor.key));
  return element(
    "g",
    { class: `head hue${hue}`, "data-end": end },
    element("title", {}, escaped(printable(`${actor.name} ${actor.key}${actor.body && ` ${actor.body}`}`))),
    element("rect", { x: x - width / 2, y: head - HEAD / 2, width, height: HEAD, rx: 7 }),
    element("text", { class: "who", x, y: pid === "" ? head + 4.5 : head - 2 }, escaped(headText(actor))),
    ...(pid === "" ? [] : [element("text", { class: "pid", x, y: head + 12 }, escaped(cutMiddle(pid, 16)))]),
  );
}

function othersHead({ others, lanes, bottom }: Layout): string[] {
  if (others === undefined) return [];
  return [
    element("line", { class: "life", x1: others, x2: others, y1: 20, y2: bottom, "stroke-dasharray": "2 4" }),
    element("text", { class: "soft", x: others, y: 14, "text-anchor": "middle" }, `+${lanes.left} others`),
  ];
}

/** One row: an arrow or a mark, its label, and what it says in full. */
function rowOf(placed: Placed, index: number, layout: Layout): string {
  const { item, y, label, dark } = placed;
  if ("elided" in item) {
    return element(
      "g",
      { class: "elided", "data-row": index },
      element("text", { class: "label soft", x: label.x, y: y + 1 }, label.body),
    );
  }
  const { row } = item;
  const { step, time } = row.event;
  const hue = layout.hues.get(row.at);
  const kind = [
    "row",
    row.kind,
    isCalm(row) ? "calm" : "",
    row.arrives === "later" ? "late" : "",
    hue === undefined ? "outside" : `hue${hue}`,
    dark ? "dark" : "",
  ];
  const last = lastRow(layout, index)?.event;
  const ms = `${Math.round(time * 1000) / 1000} ms`;
  const names = concerns(row).map((key) => printable(layout.cast.get(key)?.name ?? key));
  const onLine = row.to === undefined || row.arrives === "never" || row.at === row.to;
  return element(
    "g",
    { class: kind.filter(Boolean).join(" "), "data-row": index },
    element("title", {}, escaped(`step ${step}, ${ms}\n${names.join(" → ")}\n${label.full}`)),
    ...(last?.step === step ? [] : [element("text", { class: "step", x: 38, y: y + 4 }, `${step}`)]),
    ...(last?.time === time ? [] : [element("text", { class: "step", x: GUTTER - 18, y: y + 4 }, ms)]),
    ...busy(placed, index, layout),
    ...shapes(row, y, layout),
    ...words(label, onLine ? y + 4 : y - 6),
  );
}

function words({ x, lead, body, tail }: Label, y: number): string[] {
  const part = (kind: string, text: string) => (text === "" ? [] : [element("tspan", { class: kind }, escaped(text))]);
  const parts = [...part("soft", lead), ...part("body", body), ...part("soft", tail)];
  return parts.length === 0 ? [] : [element("text", { class: "label", x, y }, ...parts)];
}

/** The row above that is not one left out. */
function lastRow({ rows }: Layout, index: number): Row | undefined {
  for (let above = index - 1; above >= 0; above--) {
    const item = rows[above]?.item;
    if (item !== undefined && "row" in item) return item.row;
  }
  return undefined;
}

/** What ended the run, in full, below all. */
function failureBoxes({ cast, bottom, width }: Layout, events: readonly RunEvent[]): { text: string; height: number } {
  let y = bottom + 12;
  let text = "";
  for (const event of events) {
    if (event.kind !== "failure") continue;
    const whole = failureText(event, cast);
    const room = Math.floor((Math.min(width, 1200) - 64) / 7.2);
    const lines = whole
      .split("\n")
      .flatMap((line) => wrap(printable(line), room))
      .slice(0, 40);
    const height = lines.length * 17 + 16;
    text += element(
      "g",
      { class: "failure" },
      element("rect", { x: 16, y, width: Math.min(width, 1200) - 32, height, rx: 8 }),
      ...lines.map((line, index) =>
        element(
          "text",
          { class: index === 0 ? "what" : undefined, x: 30, y: y + 21 + index * 17 },
          escaped(index === 0 ? `✗ ${line}` : line),
        ),
      ),
    );
    y += height + 10;
  }
  return { text, height: y - bottom };
}
