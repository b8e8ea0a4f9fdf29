// Three philosophers, three forks. Each thinks, takes the fork on the left, then the one on the right, and eats. When all have the left one,
// all wait for the right one. One has less to think about than the next, so one can watch them for a long time without seeing it.

import { type Pid, type Self, send, spawn } from "beamlet";

export const name = "dining philosophers";
export const finds = { kind: "deadlock", text: "all processes wait" } as const;

type ForkMessage = ["take", Pid<"yours">] | "put";
type Fork = Pid<ForkMessage>;
type Forks = [first: Fork, second: Fork];

function* fork(self: Self<ForkMessage>) {
  for (;;) {
    // While it is taken, those who want it wait in its mailbox.
    yield* self.receive({ take: ([, philosopher]) => send(philosopher, "yours") });
    yield* self.receive({ put: () => {} });
  }
}

function* take(self: Self<"yours" | "idea">, wanted: Fork) {
  send(wanted, ["take", self.pid]);
  yield* self.receive({ yours: () => {} });
}

function* philosopher(self: Self<"yours" | "idea">, thoughts: number, [first, second]: Forks, table: Pid<"full">) {
  for (let thought = 0; thought < thoughts; thought++) {
    send(spawn(muse, self.pid), "inspire");
    yield* self.receive({ idea: () => {} });
  }
  yield* take(self, first);
  yield* take(self, second);
  send(second, "put");
  send(first, "put");
  send(table, "full");
}

function* muse(self: Self<"inspire">, philosopher: Pid<"idea">) {
  yield* self.receive({ inspire: () => send(philosopher, "idea") });
}

const SEATS = 3;

function* scenario(self: Self<"full">, order: (seat: number, left: Fork, right: Fork) => Forks) {
  const forks = Array.from({ length: SEATS }, () => spawn(fork));
  forks.forEach((left, seat) => {
    const right = forks[(seat + 1) % SEATS] as Fork;
    spawn(philosopher, 2 * seat, order(seat, left, right), self.pid);
  });
  for (let full = 0; full < SEATS; full++) yield* self.receive();
}

export function* broken(self: Self<"full">) {
  yield* scenario(self, (_seat, left, right) => [left, right]);
}

// One of them begins on the right: then no circle of waiting closes.
export function* fixed(self: Self<"full">) {
  yield* scenario(self, (seat, left, right) => (seat === 0 ? [right, left] : [left, right]));
}
