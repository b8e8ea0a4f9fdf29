/** The number after `seed`, of 31 bits; the same in all programs. Its low bits are poor. */
export function next(seed: number): number {
  return (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
}

/** Timeouts are random, and at most so long, ms. */
export const LONGEST = 1000;
