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

/** How far an earlier receive of a process has looked: what its save pointer is good for. */
export interface Mark {
  /** The numbers of tags. Before the save pointer there is no message with any of them, */
  tags: string;
  /** and none that holds a reference made after so many. */
  since: number;
}

/** So many are interned at most: those of patterns, and of tables, may be strings that the program makes. */
const ENOUGH = 10_000;

/**
 * Gives the keys of tag tables, and the tags of patterns, numbers, so that the core can search a mailbox for them.
 *
 * Only these are interned, never what messages carry: keys come from the program's source, messages from anywhere. A message
 * with another tag gets `UNKNOWN - known`, which the core takes for out of date as soon as more tags are known.
 */
export class Tags {
  /** By slot, while a receive may go on where an earlier one of the process stopped. */
  readonly marks: (Mark | undefined)[] = [];
  private readonly numbers = new Map<string, number>();

  get known(): number {
    return this.numbers.size;
  }

  /** The number of a message's tag, as the core keeps it. */
  numberOf(message: unknown): number {
    return this.numbers.get(tagOf(message) as string) ?? UNKNOWN - this.numbers.size;
  }

  /** The numbers of tags; none when there are too many, or one is missing. */
  intern(tags: readonly (string | undefined)[]): readonly number[] {
    const { numbers } = this;
    if (tags.includes(undefined) || tags.length > TAGSET_CAPACITY || numbers.size > ENOUGH) return [];
    return (tags as string[]).map((tag) => {
      const number = numbers.get(tag) ?? numbers.size + 1;
      numbers.set(tag, number);
      return number;
    });
  }
}
