import { HOST } from "./cast.ts";
import { headWidth, type Layout } from "./layout.ts";
import type { Row } from "./rows.ts";
import { element } from "./xml.ts";

/** What is drawn of a row: an arrow from one lane to another, or a mark on one. */
export function shapes(row: Row, y: number, layout: Layout): string[] {
  const from = layout.x(row.at);
  if (row.arrives === "never")
    return [element("path", { class: "arrow", d: path`M${from} ${y}h9` }), cross(from + 13, y, 4)];
  if (row.to === undefined) return mark(row, from, y);
  const to = layout.x(row.to);
  if (row.at === row.to || from === to) {
    return [element("path", { class: "arrow", d: path`M${from} ${y - 5}h9v10h-4` }), tip(from + 4, y + 5, -1)];
  }
  const side = Math.sign(to - from);
  if (row.kind === "tie")
    return [element("path", { class: "arrow", d: path`M${from} ${y}H${to}` }), ring(from, y), ring(to, y)];
  const border = row.kind === "spawn" ? headWidth(layout.cast.get(row.to)) / 2 : 4;
  const end = to - side * border;
  const arrival = row.arrives === "later" ? arrivalOf(row, layout) : undefined;
  const start = from + (row.at === HOST ? 0 : side * 4);
  if (row.arrives === "later" && arrival === undefined) {
    return [element("path", { class: "arrow", d: path`M${start} ${y}H${end - side * 7}` }), tip(end, y, side, "open")];
  }
  // On its way until another row: the arrow falls down to it.
  const down = arrival ?? y;
  const angle = (Math.atan2(down - y, end - start) * 180) / Math.PI;
  const length = Math.hypot(down - y, end - start);
  const back = Math.max(0, length - 6) / length;
  const d = path`M${start} ${y}L${start + (end - start) * back} ${y + (down - y) * back}`;
  const turned = element("g", { transform: path`translate(${end} ${down}) rotate(${angle})` }, tip(0, 0, 1));
  return [element("path", { class: "arrow", d }), turned];
}

/** The height of the row in which a message arrives, if that is to be seen. */
function arrivalOf(row: Row, { rows }: Layout): number | undefined {
  for (const { item, y } of rows) {
    if (!("row" in item) || item.row.index <= row.index || item.row.id !== row.id) continue;
    if (item.row.kind === "arrive" || item.row.kind === "take") return y;
  }
  return undefined;
}

function mark(row: Row, x: number, y: number): string[] {
  if (row.at === HOST) return [];
  switch (row.kind) {
    case "exit":
      return [cross(x, y, 6)];
    case "take":
      return [element("circle", { class: "dot", cx: x, cy: y, r: 5 })];
    case "timer":
      return [ring(x, y, 6), element("path", { class: "arrow", d: path`M${x} ${y - 3.5}V${y}H${x + 3}` })];
    case "name":
      return [element("path", { class: "ring", d: path`M${x} ${y - 6}l6 6l-6 6l-6 -6z` })];
    case "report":
      return [element("path", { class: "dot", d: path`M${x} ${y - 7}l7 12h-14z` })];
    case "arrive":
      return [tip(x - 4, y, 1)];
    default:
      return [];
  }
}

const path = (parts: TemplateStringsArray, ...numbers: number[]): string =>
  parts.reduce((text, part, index) => `${text}${Math.round((numbers[index - 1] ?? 0) * 10) / 10}${part}`);

function tip(x: number, y: number, side: number, kind = "tip"): string {
  return element("path", { class: kind, d: path`M${x} ${y}l${-8 * side} -4v8z` });
}

function ring(x: number, y: number, r = 3): string {
  return element("circle", { class: "ring", cx: x, cy: y, r });
}

function cross(x: number, y: number, r: number): string {
  return element("path", {
    class: "cross",
    d: path`M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  });
}
