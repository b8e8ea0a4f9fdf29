import { TAGSET_CAPACITY, UNKNOWN } from "../assembly/layout.ts";

/** The tag of a message: a bare string, the first element of a tuple, or the `type` of an object. */
export function tagOf(message: unknown): string | undefined {
  if (typeof message === "string") return message;
  if (typeof message !== "object" || message === null) return undefined;
  try {
    const tag: unknown = Array.isArray(message) ? message[0] : (message as { type?: unknown }).type;
    return typeof tag === "string" ? tag : undefined;
  } catch {
    // A message that can't be looked at has no tag: it must not end whoever gets it.
    return undefined;
  }
}

/**
 * Gives the keys of tag tables numbers, so that the core can search a mailbox for them.
 *
 * Only keys are interned, never what messages carry: keys come from the program's source, messages from anywhere. A message
 * with another tag gets `UNKNOWN - known`, which the core takes for out of date as soon as more keys are known.
 */
export class Tags {
  private readonly numbers = new Map<string, number>();

  get known(): number {
    return this.numbers.size;
  }

  /** The number of a message's tag, as the core keeps it. */
  numberOf(message: unknown): number {
    const tag = tagOf(message);
    return (tag === undefined ? undefined : this.numbers.get(tag)) ?? UNKNOWN - this.numbers.size;
  }

  /** The numbers of a tag table's keys; none when there are too many for the core to search for. */
  internKeys(cases: object): Int32Array {
    const keys = Object.keys(cases);
    const tags = keys.length > TAGSET_CAPACITY ? [] : keys.map((key) => this.intern(key));
    return Int32Array.from(tags);
  }

  private intern(key: string): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.numbers.size + 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}
