// A bounded buffer wakes a consumer that waits when there is something. By the time that one comes back for it, another consumer may have taken it. It asks
// again with `if` where it takes a `while`.

import { type From, GenServer, noReply, type Pid, reply, type Self, Task } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "stolen from the buffer";
export const finds = { kind: "crash", text: "a consumer was woken for nothing" } as const;

interface State {
  readonly item?: string | undefined;
  readonly waiting: readonly From<"come">[];
  /** Producers that wait for room. */
  readonly full: readonly (readonly [From<"ok">, string])[];
}

/** Puts an item into an empty buffer, and wakes one who waits for it. */
function fill(item: string, [sleeper, ...waiting]: State["waiting"], full: State["full"]): State {
  if (sleeper !== undefined) GenServer.reply(sleeper, "come");
  return { item, waiting, full };
}

/** A buffer for one item. */
const Buffer = GenServer.define({
  name: "Buffer",
  init: (): State => ({ waiting: [], full: [] }),
  handleCall(request: ["put", string] | "take" | "wait", from, { item, waiting, full }: State) {
    if (request === "take") {
      const [next, ...others] = full;
      if (item === undefined || next === undefined) return reply(item, { waiting, full });
      GenServer.reply(next[0], "ok");
      return reply(item, fill(next[1], waiting, others));
    }
    if (request === "wait") {
      if (item !== undefined) return reply("come", { item, waiting, full });
      return noReply({ item, waiting: [...waiting, from], full });
    }
    const [, wanted] = request;
    if (item === undefined) return reply("ok", fill(wanted, waiting, full));
    return noReply({ item, waiting, full: [...full, [from, wanted] as const] });
  },
});

type Take = (buffer: Pid) => Generator<unknown, string | undefined, unknown>;

function* consumer(buffer: Pid, take: Take) {
  check((yield* take(buffer)) !== undefined, "a consumer was woken for nothing");
}

function* lateConsumer(buffer: Pid, take: Take) {
  for (let breath = 0; breath < 2; breath++) yield* Task.await(Task.async(() => "breathe"));
  yield* consumer(buffer, take);
}

function* producer(buffer: Pid) {
  for (const item of ["bread", "cake"]) yield* GenServer.call(buffer, ["put", item]);
}

function* scenario(take: Take) {
  const buffer = yield* Buffer.startLink();
  yield* Task.awaitMany([
    Task.async(consumer, [buffer, take]),
    Task.async(producer, [buffer]),
    Task.async(lateConsumer, [buffer, take]),
  ]);
}

function* takeOnceMore(buffer: Pid): Generator<unknown, string | undefined, unknown> {
  let item: string | undefined = yield* GenServer.call(buffer, "take");
  if (item === undefined) {
    yield* GenServer.call(buffer, "wait");
    item = yield* GenServer.call(buffer, "take");
  }
  return item;
}

function* takeUntilThere(buffer: Pid): Generator<unknown, string | undefined, unknown> {
  for (;;) {
    const item: string | undefined = yield* GenServer.call(buffer, "take");
    if (item !== undefined) return item;
    yield* GenServer.call(buffer, "wait");
  }
}

export function* broken(_self: Self) {
  yield* scenario(takeOnceMore);
}

export function* fixed(_self: Self) {
  yield* scenario(takeUntilThere);
}
