// A customer asks two shops for the price of a lamp, and takes the first answer for the first shop's. Nothing in an answer says what it is an
// answer to. The shops answer in the order of the questions, until the first of them is busy for a moment.

import { on, P, type Pid, type Self, send, spawn } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "reply of another request";
export const finds = { kind: "assertion", text: "paid 12 for what costs" } as const;

type Answer = ["costs", request: number, price: number];
type Question = ["price", from: Pid<Answer>, request: number] | ["buy", from: Pid<Answer>, request: number];
type Shop = Pid<Question>;

function* shop(self: Self<Question>, price: number) {
  for (;;) {
    yield* self.receive({
      price: ([, from, request]) => send(from, ["costs", request, price]),
      buy: ([, from, request]) => send(from, ["costs", request, price]),
    });
  }
}

type Ask = (self: Self<Answer>, shops: Shop[]) => Generator<unknown, number[], unknown>;

function* scenario(self: Self<Answer>, ask: Ask) {
  const shops = [spawn(shop, 15), spawn(shop, 12), spawn(shop, 20)];
  const prices = yield* ask(self, shops);
  const paid = Math.min(...prices);
  const cheapest = shops[prices.indexOf(paid)] as Shop;
  send(cheapest, ["buy", self.pid, shops.length]);
  const cost = yield* self.receive(on(["costs", shops.length, P.number], ([, , price]) => price));
  check(cost === paid, `paid ${paid} for what costs ${cost}`);
}

function* inOrderOfArrival(self: Self<Answer>, shops: Shop[]) {
  for (const [request, each] of shops.entries()) send(each, ["price", self.pid, request]);
  const prices: number[] = [];
  for (const _ of shops) {
    const [, , price] = yield* self.receive();
    prices.push(price);
  }
  return prices;
}

function* byRequest(self: Self<Answer>, shops: Shop[]) {
  for (const [request, each] of shops.entries()) send(each, ["price", self.pid, request]);
  const prices: number[] = [];
  for (const request of shops.keys()) {
    prices.push(yield* self.receive(on(["costs", request, P.number], ([, , price]) => price)));
  }
  return prices;
}

export function* broken(self: Self<Answer>) {
  yield* scenario(self, inOrderOfArrival);
}

export function* fixed(self: Self<Answer>) {
  yield* scenario(self, byRequest);
}
