/** What the subject saw of its host. Times in ms. */
export interface Observation {
  /** Messages a second, with the host at rest and with it at work, by turns. */
  readonly rates: { readonly quiet: number[]; readonly busy: number[] };
  /** Parts of the time in which this program had a processor, in the same seconds. */
  readonly loads: { readonly quiet: number[]; readonly busy: number[] };
  /** Lengths of turns. */
  readonly turns: number[];
  /** From a timer's start until it fired. */
  readonly timers: number[];
  /** Of the garbage collector. */
  readonly pauses: number[];
  readonly stalls: Stall[];
  /** All the while this was recorded. */
  readonly recorded: number;
  /** Of that, this thread could have run, and other programs did. */
  readonly preempted: number;
}

/** A turn, with what the host did until the next one, that took far too long. */
export interface Stall {
  readonly turn: number;
  readonly host: number;
  /** Of both, in the garbage collector. */
  readonly collecting: number;
  /** Of both, while other programs had the processor. */
  readonly preempted: number;
}
