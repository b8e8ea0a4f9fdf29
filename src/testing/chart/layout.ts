import type { RunEvent } from "../event.ts";
import { type Actor, castOf, HOST, type Key, shortPid } from "./cast.ts";
import { byWeight, failing, keep, named, partnersIn, type Shown, shown } from "./focus.ts";
import { type Lanes, lanesFor } from "./lanes.ts";
import { columns, cut, cutMiddle, printable } from "./printable.ts";
import { type Row, rowsOf } from "./rows.ts";

/** Options of `svgChart` and `htmlChart`. */
export interface ChartOptions {
  /** Stands above the chart, and names it for screen readers. Default: `"Sequence chart"`. */
  readonly title?: string;
  /** Pids, names or bodies of the processes to show, with whom they deal; events between others are left out. Default: all of them. */
  readonly focus?: readonly string[];
  /** How many events to show at most: those in the middle are left out. Default 2,000. */
  readonly rows?: number;
}

// All lengths are in px.

/** Left of the lanes: step and time. */
export const GUTTER = 104;
const TOP = 16;
const ROW = 28;
export const HEAD = 36;
const GAP = 10;
/** More lanes than these share one. */
const MOST_LANES = 80;
/** Of the font that labels are set in, at most. */
const CHARACTER = 6.9;
/** Characters of a label. */
const LONGEST = 72;

/** Something that is drawn at a height: a row, or what stands for those that are left out. */
export interface Placed {
  readonly item: Shown;
  /** Where its line is. */
  readonly y: number;
  readonly top: number;
  readonly bottom: number;
  readonly label: Label;
  /** On the darker ground that every second step has. */
  readonly dark: boolean;
}

/** The words of a row, cut to what there is room for. */
export interface Label {
  readonly x: number;
  /** Who is meant, where the lanes do not say it, and what happens. */
  readonly lead: string;
  readonly body: string;
  readonly tail: string;
  /** All of it. */
  readonly full: string;
}

/** A participant's lane: from its head to its end. */
export interface Life {
  readonly actor: Actor;
  readonly x: number;
  readonly head: number;
  readonly end: number;
  /** Number of its colour. */
  readonly hue: number;
}

export interface Layout {
  readonly cast: ReadonlyMap<Key, Actor>;
  readonly lanes: Lanes;
  readonly rows: readonly Placed[];
  readonly lives: readonly Life[];
  readonly hues: ReadonlyMap<Key, number>;
  readonly others: number | undefined;
  readonly pitch: number;
  readonly width: number;
  /** Down to the last row; failures stand below. */
  readonly bottom: number;
  /** The middle of someone's lane; the left border for the host. */
  x(key: Key): number;
}

const HUES = 8;

/** Where everything of a chart lies. */
export function layoutOf(caller: string, events: readonly RunEvent[], options: ChartOptions): Layout {
  const { focus = [], rows: most = 2000 } = options;
  const cast = castOf(events);
  const rows = rowsOf(events, cast);
  const chosen = named(caller, focus, events, cast);
  const weights = byWeight(chosen.length > 0 ? chosen : failing(events, cast), events, cast);
  const partners = partnersIn(rows, chosen);
  const lanes = lanesFor(
    rows,
    cast,
    chosen.length > 0 ? weights.filter((key) => partners.has(key)) : weights,
    MOST_LANES,
  );
  const picked = shown(rows, keep(chosen, lanes), most);
  const heads = [...lanes.of.keys()].map((key) => headWidth(cast.get(key)));
  const pitch = Math.ceil(Math.max(widestBetween(picked, lanes), ...heads.map((width) => width + 16)));
  const middle = (lane: number) => GUTTER + pitch / 2 + lane * pitch;
  const x = (key: Key) =>
    key === HOST ? GUTTER - 12 : middle(lanes.of.get(key) ?? lanes.others ?? Math.max(0, lanes.count - 1));

  const placed = place(picked, lanes, cast, x);
  const labels = placed.map(({ label }) => label.x + columns(label.lead + label.body + label.tail) * CHARACTER);
  const width = Math.ceil(Math.max(360, GUTTER + lanes.count * pitch, ...labels.map((right) => right + 16)));
  const hues = new Map([...cast.keys()].filter((key) => key !== HOST).map((key, index) => [key, index % HUES]));
  const bottom = placed.at(-1)?.bottom ?? TOP;

  const lives: Life[] = [];
  for (const key of lanes.of.keys()) {
    const span = lanes.spans.get(key);
    const actor = cast.get(key);
    if (span === undefined || actor === undefined) continue;
    const from = placed.find(({ item }) => item.index >= span.first);
    const to = placed.find(({ item }) => item.index >= span.last) ?? placed.at(-1);
    if (from === undefined || to === undefined) continue;
    const born = "row" in from.item && from.item.row.kind === "spawn" && from.item.row.to === key;
    const end = actor.died === undefined || "elided" in to.item ? to.bottom : to.y;
    lives.push({ actor, x: x(key), head: born ? from.y : from.top + HEAD / 2 + 2, end, hue: hues.get(key) ?? 0 });
  }
  const others = lanes.others === undefined ? undefined : middle(lanes.others);
  return { cast, lanes, rows: placed, lives, hues, others, pitch, width, bottom, x };
}

/** What messages between neighbours take, as far as that is no waste: few lanes may be far apart. */
function widestBetween(picked: readonly Shown[], { of, count }: Lanes): number {
  const [least, most] = count <= 4 ? [170, 290] : count <= 8 ? [130, 220] : count <= 16 ? [110, 150] : [104, 104];
  let widest: number = least;
  for (const item of picked) {
    if ("elided" in item || item.row.to === undefined || item.row.kind === "spawn") continue;
    const distance = Math.abs((of.get(item.row.at) ?? 0) - (of.get(item.row.to) ?? 0));
    if (distance === 1) widest = Math.max(widest, columns(printable(item.row.lead + item.row.body)) * CHARACTER + 34);
  }
  return Math.min(widest, most);
}

function place(
  picked: readonly Shown[],
  lanes: Lanes,
  cast: ReadonlyMap<Key, Actor>,
  x: (key: Key) => number,
): Placed[] {
  const firsts = new Map<number, Key[]>();
  const indexes = picked.map(({ index }) => index);
  for (const key of lanes.of.keys()) {
    const first = lanes.spans.get(key)?.first ?? 0;
    const at = indexes.find((index) => index >= first) ?? -1;
    firsts.set(at, [...(firsts.get(at) ?? []), key]);
  }
  let top = TOP;
  let dark = true;
  let step: number | undefined;
  return picked.map((item) => {
    if ("row" in item) {
      if (item.row.event.step !== step) dark = !dark;
      step = item.row.event.step;
    }
    const beginning = firsts.get(item.index) ?? [];
    const born = "row" in item && item.row.kind === "spawn" && item.row.to !== undefined && lanes.of.has(item.row.to);
    // Whoever is not spawned before one's eyes has a head right above.
    const above = beginning.some((key) => !(born && "row" in item && item.row.to === key)) ? HEAD + GAP : 0;
    const height = born ? HEAD + GAP : ROW;
    const placed = { item, top, y: top + above + height / 2 + (born ? 0 : 5), bottom: top + above + height };
    top = placed.bottom;
    return { ...placed, dark: dark && "row" in item, label: labelOf(item, lanes, cast, x) };
  });
}

function labelOf(item: Shown, lanes: Lanes, cast: ReadonlyMap<Key, Actor>, x: (key: Key) => number): Label {
  if ("elided" in item) {
    const body = `… ${item.elided} event${item.elided === 1 ? "" : "s"} …`;
    return { x: GUTTER, lead: "", body, tail: "", full: body };
  }
  const { row } = item;
  const name = (key: Key) => printable(cast.get(key)?.name ?? key);
  const hidden = (key: Key | undefined): key is Key => key !== undefined && key !== HOST && !lanes.of.has(key);
  const from = hidden(row.at) ? name(row.at) : "";
  const to = hidden(row.to) && !["spawn", "tie"].includes(row.kind) ? name(row.to) : "";
  const who = to === "" ? from && `${from}: ` : `${from}→${to}: `;
  const whole = printable(row.body);
  const full = who + printable(row.lead) + whole + printable(row.tail);
  const at = x(row.at);
  const target = x(row.to ?? row.at);
  if (row.kind === "spawn" && row.to !== undefined && lanes.of.has(row.to)) {
    // The head at the arrow's end says who. What the body is called is said when there is room on the arrow.
    const start = Math.min(at, target + headWidth(cast.get(row.to)) / 2);
    const room = Math.abs(target - at) - headWidth(cast.get(row.to)) / 2 - 28;
    const words = ["spawns", printable(row.tail).replace(/^ #PID<[\d.]+>/, "")];
    while (columns(words.join("")) * CHARACTER > room && words.length > 0) words.pop();
    return { x: (target < at ? start : at) + 14, lead: words.join(""), body: "", tail: "", full };
  }
  const lead = who + printable(row.lead);
  const tail = cut(printable(row.tail), LONGEST / 2);
  const body = cut(whole, Math.max(8, LONGEST - columns(lead) - columns(tail)));
  const lost = row.arrives === "never";
  return { x: (lost ? at + 10 : Math.min(at, target)) + 14, lead, body, tail, full };
}

/** How wide the box with a participant's name is. */
export function headWidth(actor: Actor | undefined): number {
  return Math.max(64, columns(headText(actor)) * 7.4 + 20);
}

export function headText(actor: Actor | undefined): string {
  if (actor === undefined) return "";
  return cutMiddle(printable(actor.label === actor.key ? shortPid(actor.key) : actor.label), 24);
}

/** Whether a row's event is told of someone. */
export function concerns(row: Row): Key[] {
  return row.to === undefined ? [row.at] : [row.at, row.to];
}
