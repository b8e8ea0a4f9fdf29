// biome-ignore-all lint/suspicious/noExplicitAny: what plain names tell
// What is known of a registry's keys and values, and of what is sent to a topic.
import { on, P, type Pid, PubSub, type Registered, Registry, type Self } from "../../src/index.ts";
import { same } from "./same.ts";

interface Room {
  readonly size: number;
  readonly title: string;
}

type Named = Registry<string, Room>;
type Tuples = Registry<readonly ["user", number], "online" | "away">;

export function* typed(self: Self<never>, other: Pid<string>): Generator<unknown, void, unknown> {
  const rooms: Named = "rooms";
  const users: Tuples = "users";

  yield* Registry.startLink({ keys: "unique", name: rooms, partitions: 2, listeners: ["a"], meta: { a: 1 } });
  // @ts-expect-error keys are unique or duplicate
  yield* Registry.startLink({ keys: "bag", name: rooms });
  // @ts-expect-error a registry has a name
  yield* Registry.startLink({ keys: "unique" });

  const owner = Registry.register(rooms, "lobby", { size: 1, title: "Lobby" });
  self.send(owner, "anything");
  Registry.register(users, ["user", 1], "online");
  // @ts-expect-error a key is a string
  Registry.register(rooms, 1, { size: 1, title: "Lobby" });
  // @ts-expect-error a value is a Room
  Registry.register(rooms, "lobby", { size: 1 });
  // @ts-expect-error no such value
  Registry.register(users, ["user", 1], "gone");
  // @ts-expect-error no such key
  Registry.lookup(users, ["room", 1]);
  // @ts-expect-error no such key
  Registry.unregister(users, "user");

  const found = Registry.lookup(rooms, "lobby");
  same<typeof found, Registered<Room>[]>(true);
  const [entry] = found;
  if (entry !== undefined) {
    const [pid, room] = entry;
    same<typeof room, Room>(true);
    self.send(pid, "anything");
  }
  const owned = Registry.keys(users, other);
  same<typeof owned, (readonly ["user", number])[]>(true);
  const states = Registry.values(users, ["user", 1], other);
  same<typeof states, ("online" | "away")[]>(true);
  const updated = Registry.updateValue(rooms, "lobby", (room) => ({ ...room, size: room.size + 1 }));
  same<typeof updated, [value: Room, old: Room] | undefined>(true);
  // @ts-expect-error a Room has a title
  Registry.updateValue(rooms, "lobby", () => ({ size: 1 }));

  Registry.dispatch(rooms, "lobby", (entries) => {
    same<typeof entries, Registered<Room>[]>(true);
  });
  // @ts-expect-error there is nothing to wait for
  yield* Registry.dispatch(rooms, "lobby", () => {});
  yield* Registry.dispatch(rooms, "lobby", () => {}, { parallel: true });

  const matched = Registry.match(rooms, "lobby", { size: P.number }, ({ size }) => size > 1);
  same<typeof matched, Registered<Room>[]>(true);
  // @ts-expect-error what matched has no title
  Registry.match(rooms, "lobby", { size: P.number }, ({ title }) => title === "Lobby");
  Registry.countMatch(rooms, "lobby", P._);
  Registry.unregisterMatch(rooms, "lobby", { size: 1 });

  const names = Registry.select(rooms, [on([P.string, P._, { size: P.number }], ([name]) => name)]);
  same<typeof names, string[]>(true);
  const both = Registry.select(rooms, [on(["a", P._, P._], () => 1), on([P._, P.pid, P._], ([, pid]) => pid)]);
  same<typeof both, (number | Pid<any>)[]>(true);
  // @ts-expect-error clauses are made by on
  Registry.select(rooms, [[P._, P._, P._]]);

  Registry.via(rooms, "lobby", { size: 1, title: "Lobby" });
  // @ts-expect-error a key is a string
  Registry.via(rooms, ["lobby"]);

  // A plain name knows nothing, and refuses nothing.
  Registry.register("any", ["a", 1], { anything: true });
  const anything = Registry.lookup("any", 1);
  same<typeof anything, Registered<any>[]>(true);
  // @ts-expect-error a registry has a name, and is none
  Registry.lookup(1, 1);
}

interface Topics {
  users: ["joined" | "left", string];
  [room: `room:${string}`]: { readonly text: string };
}

export function topics(self: Self<Topics["users"]>): void {
  const events: PubSub<Topics> = "events";
  PubSub.subscribe(events, "users");
  PubSub.subscribe(events, "room:1", { metadata: "fast" });
  // @ts-expect-error no such topic
  PubSub.subscribe(events, "rooms");
  PubSub.broadcast(events, "users", ["joined", "ann"]);
  PubSub.broadcast(events, "room:1", { text: "hello" });
  // @ts-expect-error no such message
  PubSub.broadcast(events, "users", ["gone", "ann"]);
  // @ts-expect-error a room's messages have a text
  PubSub.broadcastFrom(events, self.pid, "room:1", "hello");
  PubSub.broadcast("any", "topic", 1);
}
