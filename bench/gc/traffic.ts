import { next } from "../programs/random.ts";

/** Some processes hold a token, the others wait. Whoever gets one sends a new one to a process that chance chooses. */
export type Message = readonly ["token", hops: number];

export const traffic = { processes: [] as unknown[], messages: 0 };

let random = 1;

/** Counts a message, and says who gets it. */
export function meet(): unknown {
  random = next(random);
  traffic.messages++;
  return traffic.processes[(random >>> 8) % traffic.processes.length];
}
