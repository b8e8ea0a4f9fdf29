import { Ref } from "../kernel.ts";
import type { Machine } from "../machine.ts";

/** A timer as the kernel has it: sends `message` to a pid or a name, or calls `to`. */
export interface Timed extends Ref {
  readonly to: unknown;
  readonly message: unknown;
}

/** Gives the timer of a number of the core, or undefined. */
export function timedOf(machine: Machine): (number: number) => Timed | undefined {
  // The part of a runtime that keeps the timers is the one that starts them. What it is called itself, and what it calls its list, the bundle does not tell.
  const lists = Object.values(machine)
    .filter((part) => typeof part?.startTimer === "function")
    .flatMap((part) => Object.values(part as object).filter((value): value is unknown[] => Array.isArray(value)));
  return (number) => {
    for (const list of lists) {
      const timer = list[number];
      if (timer instanceof Ref && timer.index === number && "to" in timer) return timer as Timed;
    }
    return undefined;
  };
}
