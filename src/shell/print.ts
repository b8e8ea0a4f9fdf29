import { inspect, type Pid, Ref } from "../kernel.ts";

/** Colours of a terminal. */
export interface Paint {
  (style: Style, text: string): string;
  readonly isOn: boolean;
}

type Style = keyof typeof CODES;

/** iex's. */
const CODES = {
  number: [33, 39],
  string: [32, 39],
  word: [35, 39],
  key: [36, 39],
  function: [36, 39],
  pid: [33, 39],
  error: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
  title: [7, 27],
} as const;

/** Colours texts, or leaves them as they are. */
export function paintOf(isOn: boolean): Paint {
  const paint = (style: Style, text: string) => {
    const [on, off] = CODES[style];
    return isOn && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
  return Object.assign(paint, { isOn });
}

const DEPTH = 8;
/** Elements of one array, map, …; and of all of them together. */
const ELEMENTS = 50;
const VALUES = 500;

/** A text, or what may stand on one line or on several. */
type Doc = string | { readonly open: string; readonly items: readonly Doc[]; readonly close: string };

/** Any value in JavaScript's notation, pids and references in Elixir's: on one line when it fits into `width`, else on several. It never throws. */
export function print(value: unknown, paint: Paint, width: number, see?: (pid: Pid<never>) => void): string {
  return layout(new Describer(paint, see).describe(value), width, "");
}

function layout(doc: Doc, width: number, indent: string): string {
  const flat = flatten(doc);
  if (typeof doc === "string" || indent.length + visible(flat) <= width) return flat;
  const inner = `${indent}  `;
  const items = doc.items.map((item) => inner + layout(item, width, inner));
  return `${doc.open.trimEnd()}\n${items.join(",\n")}\n${indent}${doc.close.trimStart()}`;
}

function flatten(doc: Doc): string {
  return typeof doc === "string" ? doc : doc.open + doc.items.map(flatten).join(", ") + doc.close;
}

/** The columns that a text takes on the screen. */
export function visible(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
  return text.replace(/\x1b\[[\d;]*m/g, "").length;
}

class Describer {
  private readonly paint: Paint;
  /** Told of each pid. */
  private readonly see: ((pid: Pid<never>) => void) | undefined;
  private readonly parents: object[] = [];
  private left = VALUES;

  constructor(paint: Paint, see: ((pid: Pid<never>) => void) | undefined) {
    this.paint = paint;
    this.see = see;
  }

  describe(value: unknown): Doc {
    const { paint, parents } = this;
    if (typeof value === "string") return paint("string", JSON.stringify(value));
    if (typeof value === "number" || typeof value === "bigint") return paint("number", inspect(value));
    if (typeof value === "symbol") return paint("string", String(value));
    if (typeof value !== "object" && typeof value !== "function") return paint("word", String(value));
    if (value === null) return paint("word", "null");
    if (parents.includes(value)) return paint("dim", "[Circular]");
    if (parents.length >= DEPTH) return "...";
    parents.push(value);
    try {
      return this.object(value);
    } catch {
      return inspect(value);
    } finally {
      parents.pop();
    }
  }

  private object(value: object): Doc {
    const { paint } = this;
    if (isPid(value)) this.see?.(value);
    if (isPid(value) || value instanceof Ref) return paint("pid", String(value));
    if (typeof value === "function") return paint("function", inspect(value));
    // The kernel knows how to print what prints itself, and what has nothing to look into.
    if (typeof (value as Custom)[CUSTOM] === "function" || value instanceof Error || value instanceof Promise)
      return paint("word", value instanceof Promise ? "Promise {}" : inspect(value));
    if (value instanceof Date || value instanceof RegExp) return paint("word", inspect(value));
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    const prefix = typeof name === "string" && !["Object", "Array", ""].includes(name) ? `${name} ` : "";
    if (value instanceof Map) {
      return this.group(`${prefix}{`, value, ([key, each]) => this.pair(this.describe(key), " => ", each), "}");
    }
    if (value instanceof Set) return this.group(`${prefix}{`, value, (each) => this.describe(each), "}");
    if (Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value))
      return this.group(`${prefix}[`, value as Iterable<unknown>, (each) => this.describe(each), "]");
    const keys = Object.keys(value);
    // A URL, a class with private fields: its toString may have more to say.
    if (prefix && keys.length === 0) return inspect(value);
    return this.group(
      `${prefix}{`,
      keys,
      (key) => {
        const property = Object.getOwnPropertyDescriptor(value, key);
        const text = paint("key", `${/^[a-z_$][\w$]*$/i.test(key) ? key : JSON.stringify(key)}:`);
        return property?.get ? `${text} ${paint("dim", "[Getter]")}` : this.pair(text, " ", property?.value);
      },
      "}",
    );
  }

  private pair(key: Doc, sign: string, value: unknown): Doc {
    const text = flatten(key) + sign;
    const doc = this.describe(value);
    return typeof doc === "string" ? text + doc : { ...doc, open: text + doc.open };
  }

  private group<T>(open: string, values: Iterable<T>, describe: (value: T) => Doc, close: string): Doc {
    const items: Doc[] = [];
    for (const each of values) {
      if (items.length === ELEMENTS || --this.left < 0) {
        items.push("...");
        break;
      }
      items.push(describe(each));
    }
    return { open, items, close };
  }
}

const CUSTOM = Symbol.for("nodejs.util.inspect.custom");
type Custom = { readonly [CUSTOM]?: unknown };
const PID = Symbol.for("beamlet.pid");

/** Whether a value is a pid, of whichever runtime. */
export function isPid(value: unknown): value is Pid<never> {
  return typeof value === "object" && value !== null && (value as { [PID]?: unknown })[PID] === true;
}
