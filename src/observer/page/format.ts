/** 1234567 → "1,234,567". */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A count that is read: exact, unless it is too long for that. */
export function count(value: number): string {
  return Math.abs(value) < 1_000_000 ? whole(value) : short(value);
}

/** At most four digits: 950, 12.3 k, 4.56 M. */
export function short(value: number): string {
  const [scaled, unit] = scale(value, 1000, ["", " k", " M", " G", " T"]);
  return `${digits(scaled, unit === "")}${unit}`;
}

/** Bytes: 512 B, 12.3 kB, 4.56 MB. */
export function bytes(value: number): string {
  const [scaled, unit] = scale(value, 1000, [" B", " kB", " MB", " GB", " TB"]);
  return `${digits(scaled, unit === " B")}${unit}`;
}

/** A span of ms, in its two largest units: 840 ms, 12.4 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return "∞";
  if (ms < 0) return `−${span(-ms)}`;
  if (ms < 1) return `${ms === 0 ? "0" : ms.toFixed(2)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.floor(ms / 1000);
  if (s < 3600) return pair(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 86_400) return pair(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "min");
  return pair(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3600), "h");
}

/** The time of day of a date in ms: 18:02:11. */
export function clock(date: number, fraction = false): string {
  const at = new Date(date);
  const two = (n: number) => String(n).padStart(2, "0");
  const text = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return fraction ? `${text}.${String(at.getMilliseconds()).padStart(3, "0")}` : text;
}

function pair(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

function scale(value: number, step: number, units: readonly string[]): [scaled: number, unit: string] {
  let scaled = value;
  let at = 0;
  while (Math.abs(scaled) >= 999.5 && at < units.length - 1) {
    scaled /= step;
    at++;
  }
  return [scaled, units[at] as string];
}

function digits(value: number, isWhole: boolean): string {
  if (isWhole && Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** For the axis of a chart: without the zeros at the end that make all numbers of a list as long. */
export function plain(format: (value: number) => string): (value: number) => string {
  return (value) =>
    format(value)
      .replace(/\.0+(?= |$)/, "")
      .replace(/(\.\d)0(?= |$)/, "$1");
}
