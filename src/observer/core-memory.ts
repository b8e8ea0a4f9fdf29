import {
  FREE,
  PROCESS_BYTES,
  PROCESS_CHUNK_SHIFT,
  PROCESS_COUNT,
  PROCESS_DIRECTORY,
  PROCESS_GENERATION,
  PROCESS_REDUCTIONS,
  PROCESS_SLOT,
  PROCESS_STATE,
  SEGMENT_BYTES,
  SEGMENT_SLOTS,
  STATE_SENT,
  TIMER_DEADLINE,
  TIMER_LABEL,
  TIMER_NEXT,
  TIMER_PROCESS,
  TIMER_TIMEOUT,
  WHEEL,
  WHEEL_RINGS,
  ZOMBIE,
} from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";

// The core's memory in words of four bytes.

/** Log2 of the slots of a chunk, and words of a process's block. */
export const CHUNK_SHIFT: number = PROCESS_CHUNK_SHIFT;
export const BLOCK_WORDS: number = PROCESS_BYTES >> 2;

/** Words of a block. */
export const GENERATION_WORD: number = PROCESS_GENERATION >> 2;
export const STATE_WORD: number = PROCESS_STATE >> 2;
export const COUNT_WORD: number = PROCESS_COUNT >> 2;
export const REDUCTIONS_WORD: number = PROCESS_REDUCTIONS >> 2;

/** Words of a timer. */
const NEXT = TIMER_NEXT >> 2;
const DEADLINE = TIMER_DEADLINE >> 2;
const TARGET = TIMER_PROCESS >> 2;
const LABEL = TIMER_LABEL >> 2;

/** A timer that is set. `slot` 0: its target is a name. */
export interface SetTimer {
  readonly deadline: number;
  readonly slot: number;
  /** Its number, by which the kernel knows what it sends. */
  readonly number: number;
  readonly isTimeout: boolean;
}

/** The core's memory, read without asking the core: nothing here calls it but for its view. */
export class CoreMemory {
  private readonly machine: Machine;
  private view: Int32Array;

  constructor(machine: Machine) {
    this.machine = machine;
    this.view = new Int32Array(machine.core.memory.buffer);
  }

  /** Not to be kept over a call of the core: the memory may have grown. */
  get words(): Int32Array {
    if (this.view.length === 0) this.view = new Int32Array(this.machine.core.memory.buffer);
    return this.view;
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  /** Where the block of a slot that has been used begins, in words. */
  blockAt(slot: number): number {
    const chunk = (this.words[(PROCESS_DIRECTORY >> 2) + (slot >>> CHUNK_SHIFT)] as number) >>> 2;
    return chunk + (slot & ((1 << CHUNK_SHIFT) - 1)) * BLOCK_WORDS;
  }

  word(slot: number, word: number): number {
    return this.words[this.blockAt(slot) + word] as number;
  }

  isAlive(slot: number): boolean {
    const state = this.word(slot, STATE_WORD) & 255;
    return state !== FREE && state !== ZOMBIE;
  }

  /** Messages sent since the runtime began, modulo 2^32. */
  get sent(): number {
    return this.words[STATE_SENT >> 2] as number;
  }

  /** Timers that are set, at most `most` of them: those of finer rings, which are due sooner, first. */
  timers(most: number): SetTimer[] {
    const { words } = this;
    const found: SetTimer[] = [];
    for (let ring = WHEEL >> 2; ring < (WHEEL >> 2) + WHEEL_RINGS * 2 && found.length < most; ring += 2) {
      for (
        let timer = (words[ring + NEXT] as number) >>> 2;
        timer !== ring && timer !== 0 && found.length < most;
        timer = (words[timer + NEXT] as number) >>> 2
      ) {
        const process = (words[timer + TARGET] as number) >>> 2;
        const label = words[timer + LABEL] as number;
        const low = (words[timer + DEADLINE] as number) >>> 0;
        found.push({
          deadline: (words[timer + DEADLINE + 1] as number) * 2 ** 32 + low,
          slot: process === 0 ? 0 : (words[process + (PROCESS_SLOT >> 2)] as number),
          number: label >>> 1,
          isTimeout: (label & TIMER_TIMEOUT) !== 0,
        });
      }
    }
    return found;
  }
}

/** What a process has in the core: its block and its mailbox. */
export function bytesOf(messages: number): number {
  return PROCESS_BYTES + Math.ceil(messages / SEGMENT_SLOTS) * SEGMENT_BYTES;
}
