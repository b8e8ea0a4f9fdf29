// Two customers pay into one account. A deposit asks the account for its balance, adds to it, and tells the account the sum: two
// calls, between which the other customer's deposit may come and go. It is then overwritten, and nobody has done anything wrong
// alone. The dollars need an exchange rate first, so in practice they arrive later, and the tests have always been green.

import { Agent, GenServer, type Pid, reply, type Self, Task } from "beamlet";
import { check } from "../exhibit.ts";

export const name = "lost update";
export const finds = { kind: "assertion", text: "the account holds" } as const;

type Account = Agent<number>;
type Deposit = (account: Account, amount: number) => Generator<unknown, unknown, unknown>;

const Bank = GenServer.define({
  name: "Bank",
  init: (rate: number) => rate,
  calls: { inEuros: (rate, dollars: number) => reply(dollars * rate, rate) },
});

function* inDollars(account: Account, bank: Pid, dollars: number, deposit: Deposit) {
  const euros = yield* Bank.call.inEuros(bank, dollars);
  yield* deposit(account, euros);
}

function* scenario(deposit: Deposit) {
  const account = yield* Agent.startLink(() => 100);
  const bank = yield* Bank.startLink(2);
  yield* Task.awaitMany([Task.async(deposit, [account, 10]), Task.async(inDollars, [account, bank, 10, deposit])]);
  const balance = yield* Agent.get(account, (held) => held);
  check(balance === 130, `the account holds ${balance}, not 130`);
}

function* inTwoCalls(account: Account, amount: number) {
  const balance = yield* Agent.get(account, (held) => held);
  yield* Agent.update(account, () => balance + amount);
}

function* inOneCall(account: Account, amount: number) {
  yield* Agent.update(account, (balance) => balance + amount);
}

export function* broken(_self: Self) {
  yield* scenario(inTwoCalls);
}

export function* fixed(_self: Self) {
  yield* scenario(inOneCall);
}
