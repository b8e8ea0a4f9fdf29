import { LAST_GENERATION } from "../assembly/layout.ts";
import { brand } from "./brand.ts";
import type { Runtime } from "./types.ts";

/** A runtime as its references need it: it numbers them. */
interface Numbering {
  readonly signals: { refs: number };
}

/**
 * A reference: what a monitor, an alias or a timer is known by. Compared with `===`; prints as `#Reference<0.0.0.N>`.
 *
 * `index` names a record of the core. Its next tenant has another generation, so a stale reference finds nothing; no more does one
 * that never had a record.
 */
export class Ref {
  // On the prototype of the runtime's own subclass: see `localTo`.
  declare readonly runtime: Runtime;
  index = 0;
  /** Counts the runtime's references: one with a higher number was made later. */
  readonly order: number;

  constructor() {
    this.order = ++(this.runtime as unknown as Numbering).signals.refs;
  }

  get generation(): number {
    return this.order & LAST_GENERATION;
  }

  toString(): string {
    return `#Reference<0.0.0.${this.order}>`;
  }

  declare toJSON: () => string;

  static {
    brand(Ref.prototype);
  }
}
