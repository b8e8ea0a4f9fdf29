import process from "node:process";
import { createInterface } from "node:readline";
import { paintOf } from "./print.ts";
import { catchStrays, type Screen, Shell } from "./shell.ts";
import { Incomplete } from "./source.ts";

/** Nobody sits there: values go to stdout, errors and reports to stderr, and nothing else is said. */
const screen: Screen = {
  paint: paintOf(false),
  width: 80,
  out: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
  clear: () => {},
};

/**
 * The shell in a pipe: runs what stdin says, to its end, and goes on after an error. What is still running then goes on by the rules of every
 * program. The exit code is 1 when an input failed, or the evaluator died.
 */
export async function pipe(): Promise<void> {
  const shell = new Shell(screen);
  await shell.start();
  catchStrays(shell);
  let text = "";
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    text += `${line}\n`;
    if (await evaluated(shell, text)) text = "";
  }
  if (text.trim() === "") return;
  screen.error("** (SyntaxError) the input ended in the midst of a statement");
  process.exitCode = 1;
}

/** Whether that was all of a statement. */
async function evaluated(shell: Shell, text: string): Promise<boolean> {
  if (text.trim() === "") return true;
  try {
    if ((await shell.evaluate(text)) !== "done") process.exitCode = 1;
    return true;
  } catch (error) {
    if (error instanceof Incomplete) return false;
    throw error;
  }
}
