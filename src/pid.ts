import { brand } from "./brand.ts";
import type { Pid, Runtime } from "./types.ts";

/** Tells pids of another copy of the package from arbitrary objects. */
export const PID_BRAND: unique symbol = Symbol.for("beamlet.pid") as never;

export interface ProcessId extends Pid<never> {}

/** A runtime as its pids need it: their numbers are `slotSpan` apart for the tenants of one slot. */
type PidRuntime = Runtime & { readonly slotSpan: number };

/**
 * The address of one process: a slot of the core's table and the generation of its tenant.
 *
 * There is exactly one object for a process, so `===` compares processes. A slot's next tenant has another generation, and a
 * slot that has used up its generations is never used again: a stale pid reaches nobody, at any age.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the mark is put on the prototype below
export class ProcessId {
  // On the prototype of the runtime's own class: nothing of it in each pid, and nothing to walk through for whoever
  // prints or compares one.
  declare readonly runtime: PidRuntime;
  declare readonly slot: number;
  declare readonly generation: number;

  /** `#PID<0.N.0>`; N is the slot for its first tenant and never the same for two processes of one runtime. */
  toString(): string {
    return `#PID<0.${this.slot + this.generation * this.runtime.slotSpan}.0>`;
  }

  static {
    brand(ProcessId.prototype, PID_BRAND);
  }
}
