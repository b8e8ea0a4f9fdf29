import { current, UsageError } from "../kernel.ts";
import type { Failure } from "./failure.ts";
import { titleOf } from "./failure.ts";

interface Invariant {
  readonly name: string;
  readonly holds: () => unknown;
}

/** What a run must satisfy. One for each run; `of` finds that of the process whose code runs. */
export class Invariants {
  readonly always: Invariant[] = [];
  readonly eventually: Invariant[] = [];
  private static readonly byRuntime = new WeakMap<object, Invariants>();

  constructor(runtime: object) {
    Invariants.byRuntime.set(runtime, this);
  }

  static of(what: string): Invariants {
    const runtime = current()?.runtime;
    const found = runtime === undefined ? undefined : Invariants.byRuntime.get(runtime);
    if (found === undefined) throw new UsageError(`${what} says something about a simulation: call it in a scenario`);
    return found;
  }

  /** The first of a list that does not hold. */
  static broken(list: readonly Invariant[], word: string): Failure | undefined {
    for (const { name, holds } of list) {
      try {
        if (holds()) continue;
        return { kind: "invariant", title: `${word}: ${name}`, text: `${word}("${name}") does not hold` };
      } catch (error) {
        const title = `${word}: ${name}: ${titleOf(error)}`;
        return { kind: "invariant", title, text: `${word}("${name}") threw ${titleOf(error)}`, reason: error };
      }
    }
    return undefined;
  }
}

/**
 * Says what must hold after each step of the simulation, from now on. To be called in a scenario.
 *
 * @param name says what does not hold, in the failure.
 * @param holds returns something true when it does; it must change nothing, send nothing and wait for nothing.
 * *Throws* `UsageError` outside a simulation, `TypeError` for anything but a function.
 *
 * @example
 * always("nobody owes money", () => balance >= 0);
 */
export function always(name: string, holds: () => unknown): void {
  Invariants.of("always").always.push(checked("always", name, holds));
}

/**
 * Says what must hold when the run has come to its end: the scenario has returned and nothing is left to be done. To be called in a scenario.
 *
 * @param name says what does not hold, in the failure.
 * @param holds returns something true when it does.
 * *Throws* `UsageError` outside a simulation, `TypeError` for anything but a function.
 */
export function eventually(name: string, holds: () => unknown): void {
  Invariants.of("eventually").eventually.push(checked("eventually", name, holds));
}

function checked(what: string, name: unknown, holds: unknown): Invariant {
  if (typeof name !== "string") throw new TypeError(`${what}: expected a string as its name, got ${String(name)}`);
  if (typeof holds !== "function") throw new TypeError(`${what}: expected a function that tells whether it holds`);
  return { name, holds: holds as () => unknown };
}
