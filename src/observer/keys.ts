import { Registry } from "../index.ts";
import { inspect, type Pid } from "../kernel.ts";
import { COUNT_WORD, STATE_WORD } from "./core-memory.ts";
import type { Known } from "./detail.ts";
import { cut, named, type Process, statusOf } from "./people.ts";
import type { NamePage, NameRow, RegistryInfo } from "./protocol.ts";

/** Rows that can be paged through. */
const MOST = 10_000;
const WIDTH = 200;
/** Processes between two looks at the clock. */
const STRIDE = 64;
/** Keys of a process in a registry of duplicate keys, beyond which their values are not looked for. */
const MANY = 100;
/** ms of each look that a walk may take: the first one, which somebody waits for, and those after it. */
const FIRST = 6;
const LATER = 0.8;
/** ms between two walks. */
const PAUSE = 1000;

/** The registries that run: all are named, and so are their partitions. Nobody is asked: what a registry knows any code of the program may read. */
export function registriesOf({ machine }: Known): RegistryInfo[] {
  const first = ".PIDPartition0";
  return machine
    .registered()
    .filter((name) => name.endsWith(first))
    .sort()
    .flatMap((partition) => registryOf(machine, partition.slice(0, -first.length)) ?? []);
}

function registryOf(machine: Known["machine"], name: string): RegistryInfo | undefined {
  let entries: number;
  try {
    entries = Registry.count(name, { as: machine });
  } catch {
    // Somebody else has such a name, or the registry has just ended.
    return undefined;
  }
  try {
    Registry.whereisName([name, ""], { as: machine });
    return { name, keys: "unique", entries };
  } catch {
    return { name, keys: "duplicate", entries };
  }
}

interface Found {
  /** The key as it is printed. */
  readonly text: string;
  readonly key: unknown;
  readonly process: Process;
  /** How many of the process's entries under this key came before. */
  readonly nth: number;
}

/** The keys of a process, of which some have been looked at. */
interface Keys {
  readonly process: Process;
  readonly keys: readonly unknown[];
  at: number;
  /** How often each printed key has come, where there are several. */
  readonly times: Map<string, number>;
}

const inOrder = (a: Found, b: Found) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.process.slot - b.process.slot);

/** Finds the keys of a registry by walking over the processes, some at a time: a registry may have a million of them. */
export class KeySearch {
  private readonly known: Known;
  private readonly registry: string;
  private readonly wanted: string;
  private readonly offset: number;
  private readonly limit: number;
  private found: Found[] = [];
  private matching = 0;
  private entries = 0;
  /** The next one; 0 between two walks. */
  private slot = 0;
  private keys: Keys | undefined;
  private passes = 0;
  private nextAt = Number.NEGATIVE_INFINITY;

  constructor(known: Known, registry: string, text: string, offset: number, limit: number) {
    this.known = known;
    this.registry = registry;
    this.wanted = text.trim().toLowerCase();
    this.offset = offset;
    this.limit = Math.min(limit, 1000);
  }

  /** Goes on; the page, when there is a new one. */
  step(now: number): NamePage | undefined {
    const { machine } = this.known;
    const info = registryOf(machine, this.registry);
    if (this.slot === 0 || info === undefined) {
      if (now < this.nextAt) return undefined;
      this.found = [];
      this.matching = 0;
      this.entries = 0;
      this.slot = 1;
      this.keys = undefined;
    }
    const slots = info === undefined ? 0 : machine.core.slots();
    this.walk(slots, performance.now() + (this.passes === 0 ? FIRST : LATER));
    const isOver = this.slot > slots;
    // What it finds first is shown at once.
    if (!isOver && this.passes > 0) return undefined;
    this.shorten();
    const last = Math.min(MOST, this.offset + this.limit);
    const rows = this.found
      .slice(this.offset, last)
      .flatMap((each) => (machine.isAlive(each.process as Pid) ? this.rowOf(each, info) : []));
    const progress = isOver ? 1 : (this.slot - 1) / slots;
    if (isOver) {
      this.slot = 0;
      this.passes++;
      this.nextAt = now + PAUSE;
    }
    return { rows, matching: this.matching, names: this.entries, registries: registriesOf(this.known), progress };
  }

  private walk(slots: number, end: number): void {
    const { machine, memory } = this.known;
    for (let n = 1; this.slot <= slots; n++) {
      if (this.keys !== undefined) this.look(this.keys);
      else if (memory.isAlive(this.slot)) {
        const process = machine.table[this.slot] as Process;
        const keys = Registry.keys(this.registry, process as Pid, { as: machine });
        if (keys.length > 0) this.keys = { process, keys, at: 0, times: new Map() };
      }
      if (this.keys === undefined) this.slot++;
      if (n % STRIDE === 0 && performance.now() >= end) return;
    }
  }

  private look(keys: Keys): void {
    const { process, times } = keys;
    const key = keys.keys[keys.at++];
    const text = inspect(key);
    const nth = times.get(text) ?? 0;
    if (keys.keys.length > 1) times.set(text, nth + 1);
    if (keys.at === keys.keys.length) this.keys = undefined;
    this.entries++;
    if (this.wanted !== "" && !text.toLowerCase().includes(this.wanted)) return;
    this.matching++;
    this.found.push({ text, key, process, nth });
    if (this.found.length >= 2 * MOST) this.shorten();
  }

  /** Keeps those that come first. */
  private shorten(): void {
    this.found.sort(inOrder).splice(MOST);
  }

  private rowOf({ text, key, process, nth }: Found, info: RegistryInfo | undefined): NameRow {
    const { machine, memory } = this.known;
    const value = info === undefined ? undefined : this.valueOf(info, process, key, nth);
    const { pid, body } = named(machine, process);
    return {
      pid,
      body,
      name: cut(text, WIDTH),
      mailbox: memory.word(process.slot, COUNT_WORD),
      status: statusOf(memory.word(process.slot, STATE_WORD) & 255),
      ...(value !== undefined && { value: cut(inspect(value), WIDTH) }),
    };
  }

  private valueOf({ name, keys }: RegistryInfo, process: Process, key: unknown, nth: number): unknown {
    const options = { as: this.known.machine };
    // The values of one process are found among all that it has.
    if (keys === "duplicate") {
      const isMany = Registry.keys(name, process as Pid, options).length > MANY;
      return isMany ? undefined : Registry.values(name, key, process as Pid, options)[nth];
    }
    const [entry] = Registry.lookup(name, key, options);
    return entry !== undefined && entry[0] === (process as Pid) ? entry[1] : undefined;
  }
}
