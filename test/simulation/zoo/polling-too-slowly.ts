// The board says "migrating" while a migration runs. Whoever starts up looks at it until it says so, and then until it doesn't any more. A migration that
// comes and goes between two looks is never seen, and they look for ever.

import { Agent, type Self, Task } from "beamlet";

export const name = "polling too slowly";
export const finds = { kind: "livelock", text: "no end after 1000 steps" } as const;
export const options = { steps: 1000 } as const;

type Board = "nothing" | "migrating" | "migrated";

function* migration(end: Board) {
  yield* Agent.update<Board>("board", () => "migrating");
  yield* Agent.update<string[]>("database", (tables) => [...tables, "users"]);
  yield* Agent.update<Board>("board", () => end);
}

function* look() {
  return yield* Agent.get("board", (says: Board) => says);
}

function* scenario(end: Board, wait: () => Generator<unknown, void, unknown>) {
  yield* Agent.startLink((): Board => "nothing", { name: "board" });
  yield* Agent.startLink((): string[] => [], { name: "database" });
  const task = Task.async(migration, [end]);
  yield* wait();
  yield* Task.await(task);
}

export function* broken(_self: Self) {
  yield* scenario("nothing", function* () {
    while ((yield* look()) !== "migrating");
    while ((yield* look()) === "migrating");
  });
}

// It waits for something that stays so.
export function* fixed(_self: Self) {
  yield* scenario("migrated", function* () {
    while ((yield* look()) !== "migrated");
  });
}
