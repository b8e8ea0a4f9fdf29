import { MEMORY_PAGE } from "./layout.ts";
import { state } from "./state.ts";

/**
 * Takes `bytes` (a multiple of 16) from the end of memory, which grows for it. Null when the host refuses more memory.
 * Nothing is ever given back here: whoever takes a chunk keeps a list of its free records.
 */
export function takeChunk(bytes: i32): usize {
  const start = state.end;
  const end = start + <usize>bytes;
  const have = (<usize>memory.size()) << 16;
  if (end > have) {
    // A quarter more than needed: V8 takes growth for pressure on its heap, and collects all of it each time. What nobody has touched is not
    // resident.
    const wanted = end - have + (have >> 2);
    const pages = <i32>((wanted + MEMORY_PAGE - 1) >> 16);
    if (memory.grow(pages) < 0) {
      if (memory.grow(<i32>((end - have + MEMORY_PAGE - 1) >> 16)) < 0) return 0;
    }
  }
  state.end = end;
  return start;
}
