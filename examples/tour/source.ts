import { readFileSync } from "node:fs";

/** A file's declarations as text: what the tour shows is what it runs. */
export class Source {
  readonly text: string;
  private readonly lines: readonly string[];

  constructor(file: URL) {
    this.text = readFileSync(file, "utf8").trimEnd();
    this.lines = this.text.split("\n");
  }

  declaration(name: string): string {
    return this.find(name)
      .join("\n")
      .replace(/^export /, "");
  }

  body(name: string): string {
    return this.find(name)
      .slice(1, -1)
      .map((text) => text.replace(/^ {2}/, ""))
      .join("\n");
  }

  private find(name: string): string[] {
    const head = new RegExp(
      `^(export )?(async )?(function\\*?|const|type) ${name}\\b`,
    );
    const start = this.lines.findIndex((text) => head.test(text));
    if (start < 0)
      throw new Error(`the tour's source has no declaration ${name}`);
    let end = start;
    // What does not fit on one line ends with a bracket in the margin: the
    // formatter sees to it.
    if (!/;$/.test(this.lines[start] ?? "")) {
      do end++;
      while (!/^[)}\]]/.test(this.lines[end] ?? "}"));
    }
    return this.lines.slice(start, end + 1);
  }
}
