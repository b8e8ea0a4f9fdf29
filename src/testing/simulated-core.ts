import { instantiateSync } from "@assemblyscript/loader";
import { wasm } from "#core-simulated";
import { STATE } from "../../assembly/layout.ts";
import type { Core } from "../core.ts";

/** The core of simulations: the ordinary one's functions, and those of assembly/simulated.ts. */
export interface SimulatedCore extends Core {
  configure(
    strategy: number,
    seed: number,
    depth: number,
    expected: number,
    limit: number,
    lag: number,
    delays: number,
  ): void;
  traceAt(): number;
  setScripted(count: number): void;
  choices(): number;
  steps(): number;
  halt(): void;
  isHalted(): number;
  isOnlyTime(): number;
  underWay(): number;
  printLow(): number;
  printHigh(): number;
  time(): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Cores of runs that are over. A run needs a memory that was never used, and a host gives only so many memories: it is cheaper to wipe one
 * than to make another.
 */
const idle: SimulatedCore[] = [];

/** A core whose memory is as at the beginning. */
export function acquire(): SimulatedCore {
  const core = idle.pop();
  if (core !== undefined) return core;
  compiled ??= new WebAssembly.Module(wasm());
  return instantiateSync(compiled, {}).instance.exports as unknown as SimulatedCore;
}

/** The run is over, and nothing of it will call the core again. */
export function release(core: SimulatedCore): void {
  const { buffer } = core.memory;
  // What has been used ends where the next chunk would begin, which is the first word of the core's state.
  const end = new Int32Array(buffer, STATE, 1)[0] as number;
  new Uint8Array(buffer, STATE, end - STATE).fill(0);
  idle.push(core);
}
