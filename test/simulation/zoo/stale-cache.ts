// Who finds nothing in the cache reads the row from the database, and puts it there. Who writes the row deletes it from the cache. A reader that has read the old
// row may come to put it there after the writer has deleted it, and nobody deletes it any more.

import { Agent, GenServer, reply, type Self, Task } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "stale cache";
export const finds = { kind: "assertion", text: "the cache says 9 for ever" } as const;

interface Row {
  readonly price: number;
  /** Rises with each write. */
  readonly version: number;
}

const Database = GenServer.define({
  name: "Database",
  init: (row: Row) => row,
  calls: {
    read: (row) => reply(row, row),
    write(row, price: number) {
      const next = { price, version: row.version + 1 };
      return reply(next, next);
    },
  },
});

type Cached = Row | undefined;
type Put = (cached: Cached, row: Row) => Cached;

function* read(put: Put) {
  const cached = yield* Agent.get("cache", (row: Cached) => row);
  if (cached !== undefined && cached.price > 0) return cached.price;
  const row: Row = yield* Database.call.read("database");
  yield* Agent.update<Cached>("cache", (now) => put(now, row));
  return row.price;
}

function* write(price: number, remove: (row: Row) => Cached) {
  const row = yield* Database.call.write("database", price);
  yield* Agent.update<Cached>("cache", () => remove(row));
}

function* scenario(put: Put, remove: (row: Row) => Cached) {
  yield* Database.startLink({ price: 9, version: 1 }, { name: "database" });
  yield* Agent.startLink((): Cached => undefined, { name: "cache" });
  yield* Task.awaitMany([Task.async(read, [put]), Task.async(write, [12, remove])]);
  const price = yield* Task.await(Task.async(read, [put]));
  check(price === 12, `the cache says ${price} for ever`);
}

export function* broken(_self: Self) {
  yield* scenario(
    (_now, row) => row,
    () => undefined,
  );
}

// What is deleted leaves its version behind, and an older row does not come in any more.
export function* fixed(_self: Self) {
  yield* scenario(
    (now, row) => (now !== undefined && now.version > row.version ? now : row),
    ({ version }) => ({ price: 0, version }),
  );
}
