// Orders ask the stock whether there is enough. Counting, the stock asks the orders what is still to be delivered. Each waits for the other when both
// begin at the same time, and neither answers anybody any more. Somebody had made the calls wait for ever: the stock is
// slow in December.

import { GenServer, type Pid, reply, type Self, Task } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "calling each other";
export const finds = { kind: "deadlock", text: "all processes wait" } as const;

const PATIENT = { timeout: Number.POSITIVE_INFINITY };

const Stock = GenServer.define({
  name: "Stock",
  init: (held: number) => ({ held }),
  calls: {
    take: ({ held }, count: number) => (count <= held ? reply(true, { held: held - count }) : reply(false, { held })),
    *count({ held }, orders: Pid) {
      const open: number = yield* GenServer.call(orders, ["open"], PATIENT);
      return reply(held - open, { held });
    },
    held: ({ held }) => reply(held, { held }),
  },
});

const Orders = GenServer.define({
  name: "Orders",
  init: (stock: Pid) => ({ stock, open: 0 }),
  calls: {
    *place({ stock, open }, count: number) {
      const taken = yield* Stock.call.take(stock, count, PATIENT);
      return reply(taken, { stock, open: taken ? open + count : open });
    },
    open: (state) => reply(state.open, state),
  },
});

type Count = (stock: Pid, orders: Pid) => Generator<unknown, number, unknown>;

function* place(orders: Pid, count: number) {
  check(yield* Orders.call.place(orders, count, PATIENT), "there was not enough");
}

function* inventory(stock: Pid, orders: Pid, count: Count) {
  yield* Stock.call.held(stock, PATIENT);
  const free = yield* count(stock, orders);
  check(free <= 10, `counted ${free} of 10`);
}

function* scenario(count: Count) {
  const stock = yield* Stock.startLink(10);
  const orders = yield* Orders.startLink(stock);
  const both = [Task.async(place, [orders, 3]), Task.async(inventory, [stock, orders, count])];
  yield* Task.awaitMany(both, PATIENT);
}

function* byTheStock(stock: Pid, orders: Pid) {
  return yield* Stock.call.count(stock, orders, PATIENT);
}

// The one who wants to know asks both.
function* byTheAsker(stock: Pid, orders: Pid) {
  const open = yield* Orders.call.open(orders, PATIENT);
  return (yield* Stock.call.held(stock, PATIENT)) - open;
}

export function* broken(_self: Self) {
  yield* scenario(byTheStock);
}

export function* fixed(_self: Self) {
  yield* scenario(byTheAsker);
}
