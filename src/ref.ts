import { brand } from "./brand.ts";
import type { Runtime } from "./types.ts";

/**
 * A reference: what a monitor, an alias or a timer is known by. Compared with `===`; prints as `#Reference<0.K.G.N>`.
 *
 * `index` and `generation` name a record of the core; once that record is freed, its next tenant has another generation,
 * so a stale reference finds nothing.
 */
export class Ref {
  // Private, so that whoever compares or prints a reference does not walk through a whole runtime.
  readonly #runtime: Runtime;
  readonly kind: "edge" | "timer";
  readonly index: number;
  readonly generation: number;

  constructor(runtime: Runtime, kind: "edge" | "timer", index: number, generation: number) {
    this.#runtime = runtime;
    this.kind = kind;
    this.index = index;
    this.generation = generation;
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  toString(): string {
    return `#Reference<0.${this.kind === "edge" ? 0 : 1}.${this.generation}.${this.index}>`;
  }

  toJSON(): string {
    return this.toString();
  }

  static {
    brand(Ref.prototype);
  }
}
