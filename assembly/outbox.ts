import * as layout from "./layout.ts";
import { state } from "./state.ts";

// What the core can't do itself, since it takes JavaScript values, it writes down here; the facade does it as soon as the call
// returns, before any code of the program runs.
//
// ┌──────┬─────┬─────┬─────┐
// │ kind │ a   │ b   │ c   │  × OUTBOX_CAPACITY
// └──────┴─────┴─────┴─────┘
//  0      4     8     12

if (layout.OUTBOX + layout.OUTBOX_CAPACITY * layout.EVENT_BYTES > layout.PROCESS_DIRECTORY)
  ERROR("the outbox is too long");

/** A step of a cascade or of the clock makes so many events at most. */
const STEP = 4;

export function emit(kind: i32, a: i32, b: i32, c: i32): void {
  if (CHECKED) assert(state.events < layout.OUTBOX_CAPACITY, "steps begin only while the outbox has room");
  const event = layout.OUTBOX + state.events * layout.EVENT_BYTES;
  store<i32>(event, kind);
  store<i32>(event, a, 4);
  store<i32>(event, b, 8);
  store<i32>(event, c, 12);
  state.events++;
}

/** Whether the facade has to empty the outbox before another step. */
export function isFull(): bool {
  return state.events > layout.OUTBOX_CAPACITY - STEP;
}
