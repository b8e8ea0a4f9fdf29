import { createRuntime } from "../kernel.ts";
import type { Machine, MachineOptions } from "../machine.ts";

/** Thrown where a runtime would get its core. */
const SEEN = {};

/** What all runtimes inherit from. The kernel exports no class of theirs: a runtime that gets no core is shown, and is none. */
export function runtimePrototype(): Machine {
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
  return prototype as Machine;
}
