// What the types of GenServer infer, and what they refuse.
import { type From, GenServer, ignore, noReply, ok, type Pid, reply, type Self, spawn, stop } from "../../src/index.ts";
import { same } from "./same.ts";

const Stack = GenServer.define({
  init: (items: string[]) => items,
  calls: {
    pop: (items) => reply(items[0], items.slice(1)),
    peek: (items, index: number, otherwise?: string) => reply(items[index] ?? otherwise, items),
    maybe: (items, yes: boolean) => (yes ? reply(1, items) : stop("no", items, { reply: "no" as const })),
    *wait(items) {
      return reply(true, items);
    },
    async later(items) {
      return reply(1n, items);
    },
    elsewhere: (items) => noReply<string[], Date>(items),
    unknown: (items) => noReply(items),
  },
  casts: { push: (items, item: string) => [item, ...items], clear: () => [] },
  info: { tick: (items, message: ["tick", string]) => [...items, message[1]] },
  terminate: (_, items) => items.length,
});

spawn(function* (_: Self<never>) {
  const server = yield* Stack.startLink(["hello"], { name: "stack" });
  // biome-ignore lint/suspicious/noExplicitAny: a server takes whatever its callbacks do
  same<typeof server, Pid<any>>(true);
  Stack.cast.push(server, "world");
  Stack.cast.clear("stack");
  const top = yield* Stack.call.pop(server, { timeout: 5000 });
  same<typeof top, string | undefined>(true);
  const second = yield* Stack.call.peek(server, 1, "none", { timeout: 1 });
  same<typeof second, string | undefined>(true);
  const maybe = yield* Stack.call.maybe(server, true);
  same<typeof maybe, number | "no">(true);
  const waited = yield* Stack.call.wait(server);
  same<typeof waited, boolean>(true);
  const late = yield* Stack.call.later(server);
  same<typeof late, bigint>(true);
  const date = yield* Stack.call.elsewhere(server);
  same<typeof date, Date>(true);
  const nobody = yield* Stack.call.unknown(server);
  same<typeof nobody, unknown>(true);
  // @ts-expect-error no such cast
  Stack.cast.pull(server);
  // @ts-expect-error an item is a string
  Stack.cast.push(server, 1);
  // @ts-expect-error an item is needed
  Stack.cast.push(server);
  // @ts-expect-error no such call
  yield* Stack.call.push(server);
  // @ts-expect-error the index is a number
  yield* Stack.call.peek(server, "1");
  // @ts-expect-error init needs its items
  yield* Stack.startLink();
  // @ts-expect-error init's items are strings
  yield* Stack.startLink([1]);
  // @ts-expect-error no such option
  yield* Stack.startLink([], { nam: "stack" });
});

const Loading = GenServer.define({
  init: async (n: number) => (n > 0 ? ok(n, { continue: "load" }) : n < 0 ? stop("negative") : ignore()),
  calls: { get: (n) => reply(n, n) },
});
spawn(async () => {
  const answer = await Loading.call.get(await Loading.start(1));
  same<typeof answer, number>(true);
});

GenServer.define({
  init: () => 0,
  calls: {
    // @ts-expect-error a call is answered, or says that it is not
    get: (n) => n,
  },
});
GenServer.define({
  init: () => 0,
  casts: {
    // @ts-expect-error the state is a number
    set: () => "zero",
  },
});

declare const client: From<number>;
GenServer.reply(client, 1);
// @ts-expect-error this client waits for a number
GenServer.reply(client, "1");
