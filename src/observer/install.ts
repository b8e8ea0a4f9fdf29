import { createRuntime, type Runtime } from "../kernel.ts";
import type { MachineOptions } from "../machine.ts";
import { type ObserveOptions, type Observer, observe } from "./observe.ts";

/** A runtime as it is once `beamlet/observer` has been imported. */
export interface ObservableRuntime extends Runtime {
  /** Serves the observer's page from this program: `observe(runtime, options)`. */
  observe(options?: ObserveOptions): Promise<Observer>;
}

/** Thrown where a runtime would get its core. */
const SEEN = {};

/** Gives all runtimes the method. The kernel exports no class of theirs: a runtime that gets no core is shown, and is none. */
export function install(): void {
  let prototype: unknown;
  const options: MachineOptions = {
    core(machine) {
      prototype = Object.getPrototypeOf(machine);
      throw SEEN;
    },
  };
  try {
    createRuntime(options as never);
  } catch (error) {
    if (error !== SEEN) throw error;
  }
  Object.defineProperty(prototype, "observe", {
    value(this: Runtime, options?: ObserveOptions) {
      return observe(this, options);
    },
    writable: true,
    configurable: true,
  });
}
