import { FREE, SLICE, TRAP_EXIT, ZOMBIE } from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";
import {
  BLOCK_WORDS,
  CHUNK_SHIFT,
  COUNT_WORD,
  type CoreMemory,
  GENERATION_WORD,
  REDUCTIONS_WORD,
  STATE_WORD,
} from "./core-memory.ts";
import { type Best, Top } from "./top.ts";

const CHUNK = 1 << CHUNK_SHIFT;
/** Of a slot whose last tenant's end has been counted. */
const GONE = -1;
const UNKNOWN = -2;
/** Processes that trap exits, supervisors among them, that one pass remembers. */
const MOST_TRAPPING = 100_000;
/** The longest mailboxes of a pass, of those that have so many messages. */
const LONG = 100;
const LONGEST = 32;

/** What a pass shows of each living process to whoever looks. The numbers are those of the block. */
export interface Looker {
  begin(): void;
  see(slot: number, generation: number, state: number, messages: number, reductions: number, rate: number): void;
  end(): void;
  /** Whether it finds sooner what it looks for when the youngest slots come first. */
  readonly backwards: boolean;
}

/**
 * Walks all processes again and again, a chunk of 1,024 at a time, for as long as it is given: a pass over a million takes some 10 ms, which
 * nobody's program should have to wait for at once.
 *
 * Twelve bytes a slot are kept from pass to pass: the reductions, whose they were, and when that one was first seen.
 */
export class Scan {
  /** Reductions that were found between two visits, from the first pass on. */
  reductions = 0;
  /** Slots of those that trapped exits in the last whole pass. */
  trapping: readonly number[] = [];
  /** The longest mailboxes of the last whole pass: `key` messages. */
  longest: readonly Best[] = [];
  /** Passes that were ended. */
  passes = 0;

  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly now: () => number;
  private readonly began: number;
  private before = new Uint32Array(CHUNK);
  private tenants = new Int32Array(CHUNK).fill(UNKNOWN);
  /** In tenths of a second since the scan began, and 0 for those of the first pass. */
  private seen = new Uint32Array(CHUNK);
  /** When each chunk was visited last. */
  private visits = new Float64Array(1);
  private readonly lookers = new Set<Looker>();
  /** Those that have seen this pass from its beginning. */
  private looking: Looker[] = [];
  private chunk = 0;
  private chunks = 0;
  private left = 0;
  private trappingNow: number[] = [];
  private longestNow = new Top(LONGEST);

  constructor(machine: Machine, memory: CoreMemory, now: () => number) {
    this.machine = machine;
    this.memory = memory;
    this.now = now;
    this.began = now();
  }

  add(looker: Looker): void {
    this.lookers.add(looker);
  }

  remove(looker: Looker): void {
    this.lookers.delete(looker);
  }

  get progress(): number {
    return this.chunks === 0 ? 0 : 1 - this.left / this.chunks;
  }

  /** ms since a process was seen first; undefined of those that were there before. */
  ageOf(slot: number): number | undefined {
    const seen = this.seen[slot];
    return seen === undefined || seen === 0 ? undefined : Math.max(0, this.now() - this.began - seen * 100);
  }

  /** Whether a pass is under way. */
  get isRunning(): boolean {
    return this.left > 0;
  }

  /** Begins a pass. */
  begin(): void {
    const slots = this.machine.core.slots();
    this.chunks = (slots >>> CHUNK_SHIFT) + 1;
    this.left = this.chunks;
    this.grow(this.chunks);
    this.looking = [...this.lookers];
    this.chunk = this.looking.some(({ backwards }) => backwards) ? this.chunks - 1 : 0;
    this.trappingNow = [];
    this.longestNow = new Top(LONGEST);
    for (const looker of this.looking) looker.begin();
  }

  /** Walks for `ms`, or to the end of the pass; whether it is over. */
  step(ms: number): boolean {
    const end = performance.now() + ms;
    const backwards = this.looking.some((looker) => looker.backwards);
    while (this.left > 0) {
      this.visit(this.chunk, backwards);
      this.chunk += backwards ? -1 : 1;
      this.left--;
      if (this.left > 0 && performance.now() >= end) return false;
    }
    this.trapping = this.trappingNow;
    this.longest = this.longestNow.sorted;
    this.passes++;
    for (const looker of this.looking) if (this.lookers.has(looker)) looker.end();
    return true;
  }

  private grow(chunks: number): void {
    const slots = chunks * CHUNK;
    if (this.before.length >= slots) return;
    const room = Math.max(slots, this.before.length * 2);
    const { before, tenants, seen, visits } = this;
    this.before = new Uint32Array(room);
    this.before.set(before);
    this.tenants = new Int32Array(room).fill(UNKNOWN);
    this.tenants.set(tenants);
    this.seen = new Uint32Array(room);
    this.seen.set(seen);
    this.visits = new Float64Array(room / CHUNK);
    this.visits.set(visits);
  }

  private visit(chunk: number, backwards: boolean): void {
    const { before, tenants, seen, looking, memory } = this;
    const { words } = memory;
    const slots = this.machine.core.slots();
    const first = Math.max(chunk * CHUNK, 1);
    const last = Math.min(chunk * CHUNK + CHUNK - 1, slots);
    if (last < first) return;
    const now = this.now();
    const seconds = Math.max(1, now - (this.visits[chunk] as number)) / 1000;
    this.visits[chunk] = now;
    const isFirst = this.passes === 0;
    const moment = isFirst ? 0 : Math.max(1, Math.round((now - this.began) / 100));
    let sum = 0;
    const from = backwards ? last : first;
    const step = backwards ? -1 : 1;
    for (
      let n = last - first, slot = from, at = memory.blockAt(from);
      n >= 0;
      n--, slot += step, at += step * BLOCK_WORDS
    ) {
      const generation = words[at + GENERATION_WORD] as number;
      const word = words[at + STATE_WORD] as number;
      const state = word & 255;
      // What is gone of the slice is not in the block's reductions yet.
      const reductions = ((words[at + REDUCTIONS_WORD] as number) >>> 0) + SLICE - (word >>> 24);
      const tenant = tenants[slot] as number;
      if (state === FREE || state === ZOMBIE) {
        // The number of its end is still there until the slot is used again; its generation is the next one's already.
        if (tenant !== GONE) {
          if (!isFirst) sum += tenant === generation - 1 ? (reductions - (before[slot] as number)) >>> 0 : reductions;
          tenants[slot] = GONE;
        }
        continue;
      }
      const isSame = tenant === generation;
      if (!isSame) {
        tenants[slot] = generation;
        seen[slot] = moment;
      }
      const done = isSame ? (reductions - (before[slot] as number)) >>> 0 : isFirst ? 0 : reductions;
      sum += done;
      before[slot] = reductions;
      const messages = words[at + COUNT_WORD] as number;
      if (messages >= LONG) this.longestNow.offer(messages, slot, generation, 0);
      if ((word >>> 8) & TRAP_EXIT && this.trappingNow.length < MOST_TRAPPING) this.trappingNow.push(slot);
      for (let i = 0; i < looking.length; i++) {
        (looking[i] as Looker).see(slot, generation, state, messages, reductions, done / seconds);
      }
    }
    this.reductions += sum;
  }
}
