import { cyan, green, line, red, WIDTH, wrap, yellow } from "./print.ts";

/**
 * A line that a snippet should print: itself, what it should match, or any
 * number of lines that match.
 */
export type Expected = string | RegExp | { readonly many: RegExp };

/**
 * Prints what a snippet printed, each line beside whether it is what the page
 * promises.
 */
export class Output {
  private readonly expected: readonly Expected[];
  private next = 0;
  private failures = 0;

  constructor(expected: readonly Expected[]) {
    this.expected = expected;
  }

  /** `error`: it came on stderr, or as a report. */
  print(text: string, error = false): void {
    for (const each of text.split("\n")) this.one(each.trimEnd(), error);
  }

  /** Names the lines that are missing; returns how many failed in all. */
  close(): number {
    for (; this.next < this.expected.length; this.next++) {
      const missing = this.expected[this.next];
      if (isMany(missing)) continue;
      this.failures++;
      line(`  ${red("✗")} ${red(`missing: ${missing}`)}`);
    }
    return this.failures;
  }

  private one(text: string, error: boolean): void {
    // An empty line is only spacing, in a report.
    if (text === "") return;
    const wanted = this.match(text);
    const colour = error ? yellow : cyan;
    let mark = wanted === undefined ? green("✓") : red("✗");
    for (const row of wrap(text, WIDTH - 4)) {
      line(`  ${mark} ${colour(row)}`);
      mark = " ";
    }
    if (wanted === undefined) return;
    this.failures++;
    line(`    ${red(`expected: ${wanted}`)}`);
  }

  /** What was expected instead, or undefined when `text` is right. */
  private match(text: string): string | undefined {
    for (;;) {
      const wanted = this.expected[this.next];
      if (wanted === undefined) return "nothing more";
      if (isMany(wanted)) {
        if (wanted.many.test(text)) return undefined;
        this.next++;
        continue;
      }
      this.next++;
      const right =
        typeof wanted === "string" ? wanted === text : wanted.test(text);
      return right ? undefined : String(wanted);
    }
  }
}

function isMany(
  expected: Expected | undefined,
): expected is { readonly many: RegExp } {
  return typeof expected === "object" && "many" in expected;
}
