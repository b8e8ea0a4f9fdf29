import { at, next, send, take } from "#hot";
import { NO_SEGMENT, PROCESS_SLOT } from "../../assembly/layout.ts";
import { type Core, instantiate } from "../../src/core.ts";
import { Words } from "../../src/words.ts";

/** The core with its hot path, by slots. */
export interface WholeCore extends Core {
  next(): number;
  send(slot: number, generation: number): number;
  take(slot: number): number;
}

export function wholeCore(maxProcesses: number): WholeCore {
  const core = instantiate(maxProcesses);
  const words = () => new Words(core.memory.buffer);
  return {
    ...core,
    next() {
      const p = next(words());
      return p > 0 ? words().read(p, PROCESS_SLOT) : p;
    },
    send(slot, generation) {
      const number = send(words(), slot, generation);
      if (number !== NO_SEGMENT) return number;
      core.addSegments();
      return send(words(), slot, generation);
    },
    take: (slot) => take(words(), at(words(), slot)),
  };
}
