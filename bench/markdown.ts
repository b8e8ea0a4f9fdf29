/** A Markdown table; all columns but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

/** Three digits of it, and no fewer than it has before the point. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  return Math.abs(value) < 999.5 ? `${Number(value.toPrecision(3))}` : Math.round(value).toLocaleString("en-US");
}

/** A measured ratio, which is good to two digits at best. */
export function ratio(value: number): string {
  return value < 9.95 ? value.toFixed(2) : figure(value);
}
