// Messages are hostile text: one may hold escape sequences that rewrite the terminal, marks that turn the line around, characters of no
// width and of two. Here they become text that stays where it is put.

/** Controls, marks of direction and of joining, lone surrogates, private and unassigned characters; variation selectors, since terminals disagree about them. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{VS}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

const FOREIGN = /[^\x20-\x7e]/gu;

/** More marks than these above one letter are for climbing out of the line. */
const STACKED = /(\p{M}{3})\p{M}+/gu;

const MARK = /\p{M}/u;

const WIDE =
  /[\u1100-\u115f\u231a\u231b\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2fb}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

const PLAIN = /^[\x20-\x7e]*$/;

/** One line in which each character is seen, in the place where it stands: all others are written as `\u{…}`. With `ascii` nothing but ASCII is left. */
export function printable(text: string, ascii = false): string {
  if (PLAIN.test(text)) return text;
  const written = text.replaceAll(INVISIBLE, escaped).replaceAll(STACKED, "$1");
  return ascii ? written.replaceAll(FOREIGN, escaped) : written;
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (/\p{VS}/u.test(character)) return "";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function widthOf(character: string): number {
  if (character >= " " && character <= "~") return 1;
  return MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** How many columns of a terminal a printable text takes. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += widthOf(character);
  return sum;
}

/** At most `width` columns of a printable text; what is cut ends in `ellipsis`. */
export function cut(text: string, width: number, ellipsis = "…"): string {
  if (columns(text) <= width) return text;
  const room = width - columns(ellipsis);
  if (room < 0) return ellipsis.slice(0, Math.max(0, width));
  let sum = 0;
  let kept = "";
  for (const character of text) {
    sum += widthOf(character);
    if (sum > room) break;
    kept += character;
  }
  return kept + ellipsis;
}

/** The same, but it is the middle that goes: names often differ at their ends. */
export function cutMiddle(text: string, width: number, ellipsis = "…"): string {
  if (columns(text) <= width || width < 5) return cut(text, width, ellipsis);
  const end: string[] = [];
  for (const character of [...text].reverse()) {
    if (columns(end.join("") + character) > width / 2 - 1) break;
    end.unshift(character);
  }
  const tail = ellipsis + end.join("");
  return cut(text, width - columns(tail), "") + tail;
}

/** A printable text in lines of at most `width` columns, broken at spaces where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (columns(rest) > width) {
    const head = cut(rest, width, "");
    const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
    // A character that is wider than the line stands alone in it.
    const end = space > width / 2 ? space : head.length || [...rest][0]?.length || 1;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== "" || lines.length === 0) lines.push(rest);
  return lines;
}
