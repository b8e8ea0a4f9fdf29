// A baker and a customer share a shelf. The customer looks, finds nothing, and asks to be woken. What the baker has put there in between has woken
// nobody: the customer sleeps in front of a full shelf.

import { type From, GenServer, noReply, type Pid, reply, type Self, Task } from "beamlet";

export const name = "lost wake-up";
export const finds = { kind: "deadlock", text: "all processes wait" } as const;

const PATIENT = { timeout: Number.POSITIVE_INFINITY };

interface State {
  readonly loaves: number;
  readonly sleepers: readonly From<"wake up">[];
}

const Shelf = GenServer.define({
  name: "Shelf",
  init: (): State => ({ loaves: 0, sleepers: [] }),
  calls: {
    put({ loaves, sleepers }) {
      for (const sleeper of sleepers) GenServer.reply(sleeper, "wake up");
      return reply("ok", { loaves: loaves + 1, sleepers: [] });
    },
    take: ({ loaves, sleepers }) => reply(loaves > 0, { loaves: Math.max(0, loaves - 1), sleepers }),
  },
  handleCall(request: "sleep" | "sleep if empty", from, { loaves, sleepers }) {
    if (request === "sleep if empty" && loaves > 0) return reply("wake up", { loaves, sleepers });
    return noReply({ loaves, sleepers: [...sleepers, from] });
  },
});

const Oven = GenServer.define({ name: "Oven", init: () => "hot", calls: { bake: (state) => reply("a loaf", state) } });

function* baker(shelf: Pid, oven: Pid) {
  yield* Oven.call.bake(oven, PATIENT);
  yield* Shelf.call.put(shelf, PATIENT);
}

function* customer(shelf: Pid, sleep: string) {
  while (!(yield* Shelf.call.take(shelf, PATIENT))) yield* GenServer.call(shelf, sleep, PATIENT);
}

function* scenario(sleep: "sleep" | "sleep if empty") {
  const shelf = yield* Shelf.startLink();
  const oven = yield* Oven.startLink();
  yield* Task.awaitMany([Task.async(customer, [shelf, sleep]), Task.async(baker, [shelf, oven])], PATIENT);
}

export function* broken(_self: Self) {
  yield* scenario("sleep");
}

// Whether there is something is asked once more by the one who knows.
export function* fixed(_self: Self) {
  yield* scenario("sleep if empty");
}
