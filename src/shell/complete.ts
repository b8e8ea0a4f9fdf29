import type { Shell } from "./shell.ts";

/** What a line may go on with, and what of it that stands for: the completer of node:readline. */
export function complete(line: string, shell: Shell): [string[], string] {
  // Registered names, in a quote that is still open.
  const [, quoted] = /^(?:[^"'`\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*["'](\w[^"']*|)$/.exec(line) ?? [];
  if (quoted !== undefined) return [from(shell.runtime.registered(), quoted), quoted];
  const [, path, word = ""] = /((?:[\w$]+\.)*)([\w$]*)$/.exec(line) ?? [];
  if (path) {
    const owner = lookUp(path.slice(0, -1).split("."), shell);
    return [from(members(owner), word).map((name) => path + name), path + word];
  }
  if (word === "" && line.trim() !== "") return [[], ""];
  const known = [...Object.keys(shell.scope), ...Object.keys(shell.api)];
  const found = from(known, word);
  // The host's own are many: only what has been begun.
  const globals = word === "" ? [] : from([...Object.getOwnPropertyNames(globalThis), ...WORDS], word);
  return [[...new Set([...found, ...globals])], word];
}

const WORDS = ["async", "await", "class", "const", "function", "import", "return", "throw", "typeof", "yield"];

function from(names: readonly string[], begin: string): string[] {
  return names.filter((name) => name.startsWith(begin)).sort();
}

/** A variable, and its properties: without calling anything that might be a getter. */
function lookUp([first = "", ...rest]: readonly string[], shell: Shell): unknown {
  const owner = [shell.scope, shell.api, globalThis].find((each) => first in each);
  let value: unknown = (owner as Record<string, unknown> | undefined)?.[first];
  for (const name of rest) value = own(value, name)?.value;
  return value;
}

function own(value: unknown, name: string): PropertyDescriptor | undefined {
  for (let each = value; each !== null && each !== undefined; each = Object.getPrototypeOf(each)) {
    const property = Object.getOwnPropertyDescriptor(each, name);
    if (property !== undefined) return property;
  }
  return undefined;
}

function members(value: unknown): string[] {
  const names = new Set<string>();
  for (
    let each = value;
    each !== null && each !== undefined && each !== Object.prototype;
    each = Object.getPrototypeOf(each)
  ) {
    for (const name of Object.getOwnPropertyNames(each)) if (/^[a-z$][\w$]*$/i.test(name)) names.add(name);
  }
  return [...names];
}
