// A worker stores its result with a cast, and tells its customer that it is done. The customer asks the store. The worker's cast and the customer's
// call are of two senders: nothing says that the cast comes first. Within one scheduler it always has.

import { GenServer, type Pid, reply, type Self, send, spawn } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "overtaken cast";
export const finds = { kind: "assertion", text: "the report is not there" } as const;

const Store = GenServer.define({
  name: "Store",
  init: () => new Map<string, string>(),
  casts: { put: (kept, key: string, value: string) => new Map([...kept, [key, value]]) },
  calls: {
    put: (kept, key: string, value: string) => reply("ok", new Map([...kept, [key, value]])),
    get: (kept, key: string) => reply(kept.get(key), kept),
  },
});

type Save = (store: Pid, text: string) => Generator<unknown, void, unknown>;

function* worker(_self: Self, customer: Pid<"done">, store: Pid, save: Save) {
  yield* save(store, "all is well");
  send(customer, "done");
}

function* scenario(self: Self<"done">, save: Save) {
  const store = yield* Store.startLink();
  spawn(worker, self.pid, store, save);
  yield* self.receive({ done: () => {} });
  const report = yield* Store.call.get(store, "report");
  check(report === "all is well", "the report is not there");
}

export function* broken(self: Self<"done">) {
  yield* scenario(self, function* (store, text) {
    Store.cast.put(store, "report", text);
  });
}

export function* fixed(self: Self<"done">) {
  yield* scenario(self, function* (store, text) {
    yield* Store.call.put(store, "report", text);
  });
}
