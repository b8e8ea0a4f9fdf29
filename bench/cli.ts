import process from "node:process";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** `parseArgs`, for whoever types: what is wrong in one line, and exit code 2. */
export function parse<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return fail((error as Error).message);
  }
}

export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) fail(`--${option}: expected a number above 0, got ${text}`);
  return value;
}

export function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}
