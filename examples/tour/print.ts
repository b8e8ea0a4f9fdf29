import process from "node:process";

export const WIDTH: number = 80;
export const terminal: boolean =
  Boolean(process.stdout.isTTY) && process.env["TERM"] !== "dumb";
const coloured = terminal && !process.env["NO_COLOR"];

const paint = (code: string) => (text: string) =>
  coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
export const bold: (text: string) => string = paint("1");
export const dim: (text: string) => string = paint("2");
export const red: (text: string) => string = paint("31");
export const green: (text: string) => string = paint("32");
export const yellow: (text: string) => string = paint("33");
const blue = paint("34");
export const cyan: (text: string) => string = paint("36");

export function line(text = ""): void {
  process.stdout.write(`${text}\n`);
}

export function title(left: string, right: string): void {
  line();
  line(`${bold(left)}${right.padStart(WIDTH - left.length)}`);
  line("═".repeat(WIDTH));
}

export function section(name: string): void {
  line();
  line();
  line(bold(name));
  line("─".repeat(WIDTH));
}

/** Prose after a label, wrapped. */
export function prose(label: string, text: string): void {
  line();
  const [first = "", ...rows] = wrap(`${label}  ${text}`, WIDTH);
  line(bold(label) + first.slice(label.length));
  for (const row of rows) line(row);
}

export function code(source: string): void {
  line();
  for (const text of source.split("\n"))
    line(`    ${coloured ? highlight(text) : text}`.trimEnd());
  line();
}

const TOKEN =
  /(\/\/.*)|("(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)|\b(async|await|catch|const|export|for|function|if|import|let|new|of|return|throw|try|type|while|yield)\b/g;

function highlight(text: string): string {
  return text.replace(TOKEN, (all, comment, string) =>
    comment ? dim(all) : string ? green(all) : blue(all),
  );
}

/** Rows of at most `width`, broken at spaces, all indented like the first. */
export function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const rows: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > indent.length ? space : width;
    rows.push(rest.slice(0, end));
    rest = indent + rest.slice(end).trimStart();
  }
  return [...rows, rest];
}

export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}
