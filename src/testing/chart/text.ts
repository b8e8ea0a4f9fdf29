import type { RunEvent } from "../event.ts";
import { castOf } from "./cast.ts";
import { byWeight, failing, keep, named, partnersIn, shown } from "./focus.ts";
import { lanesFor } from "./lanes.ts";
import { columns, printable } from "./printable.ts";
import { rowsOf } from "./rows.ts";
import { ascii, unicode } from "./signs.ts";
import { terminal } from "./terminal.ts";
import { gutter, Page, ROOMY } from "./text-page.ts";

/** Options of `textChart`. */
export interface TextChartOptions {
  /** Columns that no line exceeds; at least 40. Default: `COLUMNS`, or the terminal's, or 100. */
  readonly width?: number;
  /** Default: whether stdout is a terminal and `NO_COLOR` is not set. */
  readonly color?: boolean;
  /** Draws with ASCII alone, and writes all other characters of messages as escapes. Default `false`. */
  readonly ascii?: boolean;
  /**
   * Pids, names or bodies of the processes to show, with whom they deal; events between others are left out. `"all"` shows as many processes as there is room for. Default:
   * all when there is room, else those whom the failure is about.
   */
  readonly focus?: readonly string[] | "all";
  /** How many events to show at most: those in the middle are left out. Default 200. */
  readonly rows?: number;
}

/** With `focus: "all"` a lane makes do with so many columns. */
const NARROW = 3;

/**
 * Draws what happened in a run as a sequence chart for a terminal: a column for each process, from its spawn to its end, and a line for each event,
 * with the step and the time (ms) on the left. A heavy line marks the process that runs, an open arrowhead a message that arrives only later.
 *
 * *Throws* `RangeError` for a width below 40, `TypeError` for a focus that no process has.
 */
export function textChart(events: readonly RunEvent[], options: TextChartOptions = {}): string {
  const host = terminal();
  const { width = host.columns ?? 100, color = host.color, focus = [], rows: most = 200 } = options;
  if (!(width >= 40)) throw new RangeError(`textChart: expected at least 40 as width, got ${width}`);
  const signs = options.ascii ? ascii : unicode;

  const cast = castOf(events);
  const rows = rowsOf(events, cast);
  const chosen = focus === "all" ? [] : named("textChart", focus, events, cast);
  const weights = byWeight(chosen.length > 0 ? chosen : failing(events, cast), events, cast);
  const partners = partnersIn(rows, chosen);
  const asked = chosen.length > 0 ? weights.filter((key) => partners.has(key)) : weights;

  const left = gutter(rows);
  const words = Math.min(36, Math.floor(width * 0.4));
  const room = width - left.width - words;
  const lanes = lanesFor(rows, cast, asked, Math.max(2, Math.floor(room / (focus === "all" ? NARROW : ROOMY))));
  const heads = [...lanes.of.keys()].map((key) => columns(printable(cast.get(key)?.label ?? "")));
  const pitch = Math.max(NARROW, Math.min(Math.floor(room / Math.max(1, lanes.count)), Math.max(8, ...heads) + 2, 16));

  const picked = shown(rows, keep(chosen, lanes), most);
  const page = new Page({ width, color, signs, ascii: options.ascii === true, left, pitch, lanes, cast });
  page.heads(picked);
  for (const each of picked) page.row(each);
  page.failures(events);
  return page.lines.join("\n");
}
