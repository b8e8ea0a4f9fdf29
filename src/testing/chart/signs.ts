import type { RowKind } from "./rows.ts";

/** What a row is painted in. */
export type Tone = "plain" | "dim" | "message" | "birth" | "tie" | "bad" | "time" | "bold";

export const toneOf: Readonly<Record<RowKind, Tone>> = {
  spawn: "birth",
  run: "dim",
  send: "message",
  arrive: "message",
  take: "message",
  name: "birth",
  tie: "tie",
  signal: "bad",
  exit: "bad",
  timer: "time",
  call: "message",
  report: "bad",
};

/** The characters that a chart is drawn with. No emoji and nothing wide among them: they stand in columns. */
export interface Signs {
  readonly alive: string;
  readonly running: string;
  readonly skipped: string;
  readonly born: string;
  readonly dead: string;
  readonly failed: string;
  readonly toRight: string;
  readonly toLeft: string;
  /** The heads of what has not arrived yet. */
  readonly lateToRight: string;
  readonly lateToLeft: string;
  readonly self: string;
  readonly crossed: { readonly alive: string; readonly running: string };
  /** Where an arrow leaves a lane. */
  readonly right: { readonly alive: string; readonly running: string };
  readonly left: { readonly alive: string; readonly running: string };
  readonly stroke: Readonly<Partial<Record<RowKind, string>>>;
  readonly mark: Readonly<Partial<Record<RowKind, string>>>;
  readonly ellipsis: string;
  readonly arrow: string;
}

export const unicode: Signs = {
  alive: "│",
  running: "┃",
  skipped: "┊",
  born: "┬",
  dead: "†",
  failed: "✗",
  toRight: "►",
  toLeft: "◄",
  lateToRight: "▷",
  lateToLeft: "◁",
  self: "↺",
  crossed: { alive: "┼", running: "╂" },
  right: { alive: "├", running: "┠" },
  left: { alive: "┤", running: "┨" },
  stroke: { spawn: "╌", send: "─", tie: "╌", signal: "═", call: "─" },
  mark: { run: "┃", take: "●", name: "◇", exit: "†", timer: "◷", report: "!" },
  ellipsis: "…",
  arrow: "→",
};

export const ascii: Signs = {
  alive: "|",
  running: "#",
  skipped: ":",
  born: "+",
  dead: "x",
  failed: "x",
  toRight: ">",
  toLeft: "<",
  lateToRight: ")",
  lateToLeft: "(",
  self: "@",
  crossed: { alive: "|", running: "#" },
  right: { alive: "|", running: "#" },
  left: { alive: "|", running: "#" },
  stroke: { spawn: ".", send: "-", tie: ".", signal: "=", call: "-" },
  mark: { run: "#", take: "*", name: "n", exit: "x", timer: "t", report: "!" },
  ellipsis: "...",
  arrow: "->",
};

const CODES: Readonly<Record<Tone, string>> = {
  plain: "",
  dim: "2",
  message: "36",
  birth: "32",
  tie: "34",
  bad: "31",
  time: "33",
  bold: "1",
};

export function paint(text: string, tone: Tone): string {
  return tone === "plain" || text.trim() === "" ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}
