import type { Runtime } from "../kernel.ts";
import { noteBirths } from "./births.ts";
import { type ObserveOptions, type Observer, observe } from "./observe.ts";
import { runtimePrototype } from "./prototype.ts";

/** A runtime as it is once `beamlet/observer` has been imported. */
export interface ObservableRuntime extends Runtime {
  /** Serves the observer's page from this program: `observe(runtime, options)`. */
  observe(options?: ObserveOptions): Promise<Observer>;
}

/** Gives all runtimes the method, and has them note where processes are spawned. */
export function install(): void {
  noteBirths();
  Object.defineProperty(runtimePrototype(), "observe", {
    value(this: Runtime, options?: ObserveOptions) {
      return observe(this, options);
    },
    writable: true,
    configurable: true,
  });
}
