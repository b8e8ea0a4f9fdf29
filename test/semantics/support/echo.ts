import type { Pid, Self } from "../../../src/index.ts";

// A module for processes that are spawned by its URL and the name of an export.

export function* echo(self: Self<["say", Pid<string>, string]>, prefix: string): Generator<unknown, void, unknown> {
  yield* self.receive({ say: ([, from, text]) => self.send(from, prefix + text) });
}

export const five = 5;
