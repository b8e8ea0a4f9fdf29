import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

/** The documents whose programs are run, as paths in the project. */
export const documents: readonly string[] = [
  "README.md",
  ...readdirSync(`${root}/docs`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`),
];

export function textOf(document: string): string {
  return readFileSync(`${root}/${document}`, "utf8");
}

/** A fenced block of a document. */
interface Fence {
  readonly language: string;
  /** The document's line its first line is. */
  readonly line: number;
  readonly text: string;
  /** What stands between it and the fence before it. */
  readonly before: string;
}

/** A program of a document and what the document says that it does. */
export class Block {
  readonly document: string;
  readonly line: number;
  readonly source: string;
  /** What lines with `console.log` print, by line. */
  readonly prints: Readonly<Record<number, string>>;
  /** What goes to stderr: the `text` block right behind the program. `…` stands for anything. */
  readonly stderr: string;
  readonly exitCode: number;

  constructor(document: string, fence: Fence, stderr: string) {
    this.document = document;
    this.line = fence.line;
    this.source = fence.text;
    this.stderr = stderr;
    this.exitCode = Number(/\/\/ exit code (\d+)/.exec(fence.text)?.[1] ?? 0);
    const prints: Record<number, string> = {};
    for (const [index, text] of fence.text.split("\n").entries()) {
      if (!text.includes("console.log(")) continue;
      const [, comment] = /\/\/ ((?:(?!\/\/ ).)*)$/.exec(text) ?? [];
      prints[fence.line + index] = comment ?? "(say what this line prints in a comment behind it)";
    }
    this.prints = prints;
  }

  /** `README.md:12`: where it is, and what its files are named after. */
  get name(): string {
    return `${this.document}:${this.line}`;
  }

  get file(): string {
    return this.name.replaceAll(/[/.:]/g, "-");
  }

  /** The program with its lines where they are in the document, so that what names a line names the document's. */
  get program(): string {
    return "\n".repeat(this.line - 1) + this.source;
  }
}

/** The `ts` blocks of a document. */
export function blocksOf(document: string): Block[] {
  const fences = fencesOf(textOf(document));
  return fences.flatMap((fence, index) => {
    if (fence.language !== "ts") return [];
    const next = fences[index + 1];
    const stderr = next?.language === "text" && next.before.trim() === "" ? next.text : "";
    return [new Block(document, fence, stderr)];
  });
}

function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split("\n");
  let last = 0;
  for (let at = 0; at < lines.length; at++) {
    const [, fence, language] = /^(`{3,})(.*)$/.exec(lines[at] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(fence, at + 1);
    if (end < 0) throw new Error(`the block at line ${at + 1} has no end`);
    fences.push({
      language: (language ?? "").trim(),
      line: at + 2,
      text: lines.slice(at + 1, end).join("\n"),
      before: lines.slice(last, at).join("\n"),
    });
    at = end;
    last = end + 1;
  }
  return fences;
}
