import {
  BARE,
  FREE,
  PROCESS_BYTES,
  PROCESS_CHUNK_SHIFT,
  PROCESS_COUNT,
  PROCESS_DIRECTORY,
  PROCESS_STATE,
  RUNNABLE,
  ZOMBIE,
} from "../../assembly/layout.ts";
import type { Core } from "../core.ts";

/** Processes whose mailboxes are looked at, at most: it takes a fraction of a ms. */
const MOST = 16_384;
/** Lengths from here on are rare, and kept one by one. */
const LONG = 1024;

/** How long mailboxes are: half of them are no longer than `p50`, and so on. */
export interface MailboxLengths {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * How long the mailboxes are, read from the core's memory: all of them where there are 16,384 slots or fewer, else so many evenly spread over
 * all slots, from a random one on.
 */
export function mailboxLengths(core: Core, random: () => number = Math.random): MailboxLengths {
  const memory = new Int32Array(core.memory.buffer);
  const slots = core.slots();
  const step = Math.ceil(slots / MOST);
  const short = new Uint32Array(LONG);
  const long: number[] = [];
  let living = 0;
  for (let slot = 1 + Math.floor(random() * step); slot <= slots; slot += step) {
    const chunk = memory[(PROCESS_DIRECTORY >> 2) + (slot >> PROCESS_CHUNK_SHIFT)] as number;
    const block = ((chunk >>> 0) + (slot & ((1 << PROCESS_CHUNK_SHIFT) - 1)) * PROCESS_BYTES) / 4;
    const word = memory[block + (PROCESS_STATE >> 2)] as number;
    const state = word & 255;
    if (state === FREE || state === ZOMBIE) continue;
    living++;
    const inHand = state === RUNNABLE && ((word >> 8) & BARE) !== 0 ? 1 : 0;
    const length = (memory[block + (PROCESS_COUNT >> 2)] as number) + inHand;
    if (length < LONG) (short[length] as number)++;
    else long.push(length);
  }
  long.sort((a, b) => a - b);
  const at = (share: number): number => lengthAt(Math.max(1, Math.ceil(share * living)), short, long);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** The length of the `rank`th mailbox, the shortest first. */
function lengthAt(rank: number, short: Uint32Array, long: readonly number[]): number {
  let left = rank;
  for (let length = 0; length < LONG; length++) {
    left -= short[length] as number;
    if (left <= 0) return length;
  }
  return long[left - 1] ?? 0;
}
