import { GenServer, type Pid, reply, type Self, send } from "beamlet";

/** What is simulated: each has 5 processes, the scenario among them, and takes about 50 steps. A message takes two: it arrives, and is taken. */
// biome-ignore lint/suspicious/noExplicitAny: each takes messages of its own
export const scenarios: Readonly<Record<string, (self: Self<any>) => Generator<unknown, void, unknown>>> = {
  ring,
  requests,
  servers,
  timers,
};

/** A token goes round. */
function* ring(self: Self<number>): Generator<unknown, void, unknown> {
  let next: Pid<number> = self.pid;
  for (let i = 0; i < 4; i++) next = self.spawn(pass, next);
  send(next, 20);
  for (;;) {
    const left = yield* self.receive();
    if (left <= 0) return;
    send(next, left - 1);
  }
}

function* pass(self: Self<number>, next: Pid<number>) {
  for (;;) send(next, (yield* self.receive()) - 1);
}

type Request = readonly [from: Pid<number>, amount: number];

/** Three clients ask a counter at once. */
function* requests(self: Self<"done">): Generator<unknown, void, unknown> {
  const counter = self.spawn(count);
  for (let i = 0; i < 3; i++) self.spawn(ask, counter, self.pid);
  for (let i = 0; i < 3; i++) yield* self.receive();
}

function* count(self: Self<Request>) {
  for (let sum = 0; ; ) {
    const [from, amount] = yield* self.receive();
    sum += amount;
    send(from, sum);
  }
}

function* ask(self: Self<number>, counter: Pid<Request>, parent: Pid<"done">) {
  for (let i = 0; i < 3; i++) {
    send(counter, [self.pid, i]);
    yield* self.receive();
  }
  send(parent, "done");
}

const Account = GenServer.define({
  init: (balance: number) => balance,
  calls: { add: (balance, amount: number) => reply(balance + amount, balance + amount) },
});

/** The same with a GenServer. */
function* servers(self: Self<"done">): Generator<unknown, void, unknown> {
  const account = yield* Account.startLink(0);
  for (let i = 0; i < 3; i++) self.spawn(call, account, self.pid);
  for (let i = 0; i < 3; i++) yield* self.receive();
}

function* call(_: Self<never>, account: Pid<never>, parent: Pid<"done">) {
  for (let i = 0; i < 3; i++) yield* Account.call.add(account, i);
  send(parent, "done");
}

/** Four hours, one by one, of five processes. */
function* timers(self: Self<unknown>): Generator<unknown, void, unknown> {
  for (let i = 0; i < 4; i++) self.spawn(hours);
  yield* hours(self);
}

export const HOURS = 4;

function* hours(self: Self<unknown>): Generator<unknown, void, unknown> {
  for (let i = 0; i < HOURS; i++) yield* self.sleep(3_600_000);
}
