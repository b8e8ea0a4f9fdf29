import type { Core } from "./core.ts";
import type { Process } from "./process.ts";
import type { Runtime } from "./types.ts";

/** What the package's own tools see of a runtime: its core, and the values beside the core's numbers. Their names stay in the bundle. */
export interface Machine extends Runtime {
  readonly core: Core;
  /** By slot: of a process that has not begun only the pid. */
  readonly table: readonly (Process | undefined)[];
  /** Messages, by number. */
  readonly values: readonly unknown[];
  readonly main: Process;
  readonly development: boolean;
  /** How many have to see each message at the core. While there are any, no message goes from hand to hand without it. */
  watchers: number;
  /** Whether the reductions of all count that messages make which go from hand to hand. */
  counted: boolean;
  /** Told of each process that is spawned, and in whose slice; what it answers is the process's `site` while it lives. */
  spawned?: ((process: Process, parent: Process | undefined) => Error | undefined) | undefined;
  /** Whether the time of receives and timers may begin when the scheduler looks at the clock next; otherwise it begins where they do. */
  defers: boolean;
}

/** A core whose functions may be put in each other's place. */
export type OpenCore = { -readonly [K in keyof Core]: Core[K] };

/** An option of `createRuntime` for the package's own tools: makes the core, once `table` and `values` of the machine are there. */
export interface MachineOptions {
  readonly core?: (machine: Machine, maxProcesses: number) => Core;
}
