import { inspect } from "../kernel.ts";

/** `ms` when it is a time to wait; else throws. */
export function checkTimeout(ms: unknown, what: string): number {
  if (ms === "infinity") return Number.POSITIVE_INFINITY;
  if (typeof ms === "number" && ms >= 0) return ms;
  const Wrong = typeof ms === "number" ? RangeError : TypeError;
  throw new Wrong(`${what}: expected a timeout in ms (0 or more, or Infinity), got ${inspect(ms)}`);
}
