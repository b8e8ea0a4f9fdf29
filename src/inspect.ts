// One value, one line, much the same on every host. A message about a hostile value must not itself fail: whatever may
// run the user's code (traps, the getters of a class, iterators, toString) runs under a try.

/** Values that one call prints, nested ones included; `...` stands for the rest. */
const VALUES = 100;
const DEPTH = 6;
/** Characters of one string or message. */
const LENGTH = 200;

/** What the language says a value is. Throws where a proxy's trap does. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function isError(value: unknown): value is Error {
  try {
    // An error of another realm is no instance of this one's; a DOMException is one, but with a tag of its own.
    return value instanceof Error || kindOf(value) === "Error";
  } catch {
    return false;
  }
}

/** A property of a value that may throw when touched, and may be no object. */
export function read(value: unknown, key: PropertyKey): unknown {
  try {
    return (value as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The `name` of an error, or of its class when it sets none. */
export function errorName(error: unknown): string {
  const name = read(error, "name");
  const className = name === "Error" && read(read(error, "constructor"), "name");
  return (typeof className === "string" && className) || (typeof name === "string" && name) || "Error";
}

export function errorMessage(error: unknown, print: (value: unknown) => string = inspect): string {
  return plain(read(error, "message") ?? "", print);
}

/** A string as it stands, anything else printed. */
export function plain(value: unknown, print: (value: unknown) => string = inspect): string {
  return typeof value === "string" ? value : print(value);
}

/**
 * Prints any value on one line, in JavaScript's notation: `["val", #PID<0.5.0>, {count: 1n}]`.
 *
 * A value with a method `Symbol.for("nodejs.util.inspect.custom")` prints as the line which that returns. Getters are
 * not called, and show as `[Getter]`. Long and deep values end in `...`. It never throws.
 */
export function inspect(value: unknown): string {
  let left = VALUES;
  const parents: unknown[] = [];

  function show(value: unknown): string {
    if (typeof value === "string") return JSON.stringify(value.slice(0, LENGTH)) + (value.length > LENGTH ? "..." : "");
    if (typeof value === "bigint") return clip(`${value}n`);
    if (Object(value) !== value) return Object.is(value, -0) ? "-0" : clip(String(value));
    if (parents.includes(value)) return "[Circular]";
    if (parents.length >= DEPTH) return "...";
    parents.push(value);
    try {
      return custom(value as object) ?? describe(value as object);
    } catch {
      return "[unprintable]";
    } finally {
      parents.pop();
    }
  }

  function describe(value: object): string {
    if (typeof value === "function") return clip(`[Function${value.name && `: ${plain(value.name, show)}`}]`);
    if (isError(value)) return clip([errorName(value), errorMessage(value, show)].filter(Boolean).join(": "));
    if (value instanceof Date) return value.toJSON() ?? "Invalid Date";

    // Not `value.constructor`: a message may have a property of that name.
    const name = read(read(Object.getPrototypeOf(value), "constructor"), "name");
    const prefix = typeof name === "string" && name && name !== "Object" && name !== "Array" ? `${clip(name)} ` : "";
    if (value instanceof Map) return `${prefix}{${list(value, ([key, each]) => `${show(key)} => ${show(each)}`)}}`;
    if (value instanceof Set) return `${prefix}{${list(value, show)}}`;
    if (Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value)) {
      return `${prefix}[${list(value as Iterable<unknown>, show)}]`;
    }

    const keys = Object.keys(value);
    if (prefix && !keys.length) {
      // A RegExp, a URL, a class with private fields: its toString may have more to say.
      const text = String(value);
      if (!text.startsWith("[object")) return clip(text);
    }
    return `${prefix}{${list(keys, (key) => {
      const property = Object.getOwnPropertyDescriptor(value, key);
      return `${/^[a-z_$][\w$]*$/i.test(key) ? key : show(key)}: ${property?.get ? "[Getter]" : show(property?.value)}`;
    })}}`;
  }

  function list<T>(values: Iterable<T>, print: (value: T) => string): string {
    const printed: string[] = [];
    for (const each of values) {
      if (--left < 0) {
        printed.push("...");
        break;
      }
      printed.push(print(each));
    }
    return printed.join(", ");
  }

  return show(value).replace(/\s*[\n\r]\s*/g, " ");
}

function custom(value: object): string | undefined {
  try {
    const text = (value as Record<symbol, (depth: number) => unknown>)[Symbol.for("nodejs.util.inspect.custom")]?.(0);
    // Node's own classes print over several lines.
    if (typeof text === "string" && !text.includes("\n")) return clip(text);
  } catch {
    // As if it had none.
  }
  return undefined;
}

function clip(text: string): string {
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}...` : text;
}
