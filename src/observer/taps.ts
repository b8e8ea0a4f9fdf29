import type { Core } from "../core.ts";
import type { Machine, OpenCore } from "../machine.ts";

/** Puts its own functions into `core`, which call those that are there. */
export type Tap = (core: OpenCore) => void;

/**
 * Listens to what the kernel asks its core, while somebody wants to hear it.
 *
 * The exports of a WebAssembly instance can't be replaced, but the kernel looks its core up in `world.core`: a copy of the exports stands there
 * meanwhile. Nobody's code is on the stack when the host's tasks run, so everybody sees the copy from the next turn on; a turn that is under way, which
 * set out with the one or the other, keeps it to its end. Without a tap, the very object is back that was there before.
 */
export class Taps {
  private readonly machine: { core: Core; watchers: number };
  private readonly taps = new Set<Tap>();
  private own: Core | undefined;
  private copy: Core | undefined;

  constructor(machine: Machine) {
    this.machine = machine as { core: Core; watchers: number };
  }

  add(tap: Tap): void {
    this.taps.add(tap);
    this.apply();
  }

  remove(tap: Tap): void {
    if (this.taps.delete(tap)) this.apply();
  }

  has(tap: Tap): boolean {
    return this.taps.has(tap);
  }

  /** Puts the core back, whoever listens. */
  close(): void {
    this.taps.clear();
    this.apply();
  }

  private apply(): void {
    const { machine } = this;
    // Somebody else's core, put there meanwhile, is left alone.
    if (this.own === undefined || (machine.core !== this.own && machine.core !== this.copy)) this.own = machine.core;
    if (this.taps.size === 0) {
      machine.core = this.own;
      if (this.copy !== undefined) machine.watchers--;
      this.copy = undefined;
      return;
    }
    if (this.copy === undefined) machine.watchers++;
    const copy = { ...this.own };
    for (const tap of this.taps) tap(copy);
    this.copy = copy;
    machine.core = copy;
  }
}
