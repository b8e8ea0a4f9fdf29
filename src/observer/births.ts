import type { Named } from "./protocol.ts";

/** Where a process was spawned. */
export interface Birth {
  readonly stack: readonly string[];
  readonly parent?: Named;
}

/** So many are remembered, the newest. */
const KEPT = 20_000;

/** Where processes were spawned, as far as a trace of spawns has seen it. */
export class Births {
  private readonly known = new Map<object, Birth>();

  note(process: object, birth: Birth): void {
    const { known } = this;
    known.set(process, birth);
    if (known.size <= KEPT) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      return;
    }
  }

  of(process: object): Birth | undefined {
    return this.known.get(process);
  }
}
