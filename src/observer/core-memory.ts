import { FREE, PROCESS_DIRECTORY, STATE, TIMER_DIRECTORY, WHEEL, ZOMBIE } from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";

// What layout.ts does not say, since the kernel has no need of it. test/observer/core-memory.test.ts compares all of it with what the core answers.

/** Slots of a chunk, and words of a process's block. */
export const CHUNK_SHIFT = 10;
export const BLOCK_WORDS = 16;
/** Bytes of a block, of a mailbox segment. */
const BLOCK_BYTES = 64;
const SEGMENT_BYTES = 48;
const SEGMENT_MESSAGES = 8;

/** Words of a block. */
export const GENERATION_WORD = 0;
export const STATE_WORD = 1;
export const COUNT_WORD = 8;
export const REDUCTIONS_WORD = 15;

/** The place of `runnable` among the words of the state; the one that follows counts the slices of processes of normal priority. */
const RUNNABLE_WORD = 16;

/** Rings of the timer wheel: 256 of level 0, 64 of each of the other five, and one of each for what is on its way down. */
const RINGS = 256 + 5 * 64 + 5;
const TIMER_DEADLINE = 2;
const TIMER_PROCESS = 4;
const TIMER_LABEL = 7;
const PROCESS_SLOT = 2;

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

  /** Slices of processes of normal priority, so far; undefined when the words around it are not what the core says. */
  get slices(): number | undefined {
    const at = (STATE >> 2) + RUNNABLE_WORD;
    return this.words[at] === this.machine.core.runnable() ? (this.words[at + 1] as number) : undefined;
  }

  /** Timers that are set, at most `most` of them: those of finer rings, which are due sooner, first. */
  timers(most: number): SetTimer[] {
    const { words } = this;
    const found: SetTimer[] = [];
    for (let ring = WHEEL >> 2; ring < (WHEEL >> 2) + RINGS * 2 && found.length < most; ring += 2) {
      for (
        let timer = (words[ring] as number) >>> 2;
        timer !== ring && timer !== 0 && found.length < most;
        timer = (words[timer] as number) >>> 2
      ) {
        const process = (words[timer + TIMER_PROCESS] as number) >>> 2;
        const label = words[timer + TIMER_LABEL] as number;
        const low = (words[timer + TIMER_DEADLINE] as number) >>> 0;
        found.push({
          deadline: (words[timer + TIMER_DEADLINE + 1] as number) * 2 ** 32 + low,
          slot: process === 0 ? 0 : (words[process + PROCESS_SLOT] as number),
          number: label >>> 1,
          isTimeout: (label & 1) !== 0,
        });
      }
    }
    return found;
  }

  /** Whether a timer was ever set. */
  get hasTimers(): boolean {
    return this.words[TIMER_DIRECTORY >> 2] !== 0;
  }
}

/** What a process has in the core: its block and its mailbox. */
export function bytesOf(messages: number): number {
  return BLOCK_BYTES + Math.ceil(messages / SEGMENT_MESSAGES) * SEGMENT_BYTES;
}
