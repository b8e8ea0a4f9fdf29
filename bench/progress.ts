import process from "node:process";

/** A line that the next one replaces. In a pipe there is nothing to replace. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
