import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** True when an output is missing, or older than an input. A folder stands for everything below it. */
export function isStale(outputs, inputs) {
  const oldest = Math.min(...outputs.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  return inputs.some((path) => newest(path) >= oldest);
}

// The folder's own time counts too: that is how a deleted file is noticed.
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
