import { brand } from "./brand.ts";
import type { Pid, Runtime } from "./types.ts";

/** Tells pids of another copy of the package from arbitrary objects. */
export const PID_BRAND: unique symbol = Symbol.for("beamlet.pid") as never;

export interface ProcessId extends Pid<never> {}

/**
 * The address of one process: a slot of the core's table and the generation of its tenant.
 *
 * There is exactly one object for a process, so `===` compares processes. A slot's next tenant has another generation, and a
 * slot that has used up its generations is never used again: a stale pid reaches nobody, at any age.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the mark is put on the prototype below
export class ProcessId {
  // Private, so that whoever compares or prints a pid does not walk through a whole runtime.
  readonly #runtime: Runtime & { readonly slotSpan: number };
  readonly slot: number;
  readonly generation: number;

  constructor(runtime: Runtime & { readonly slotSpan: number }, slot: number, generation: number) {
    this.#runtime = runtime;
    this.slot = slot;
    this.generation = generation;
  }

  get runtime(): Runtime & { readonly slotSpan: number } {
    return this.#runtime;
  }

  /** `#PID<0.N.0>`; N is the slot for its first tenant and never the same for two processes of one runtime. */
  toString(): string {
    return `#PID<0.${this.slot + this.generation * this.#runtime.slotSpan}.0>`;
  }

  toJSON(): string {
    return this.toString();
  }

  static {
    brand(ProcessId.prototype, PID_BRAND);
  }
}
