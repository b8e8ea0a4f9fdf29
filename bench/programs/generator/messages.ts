import { type Pid, type Self, send, spawn } from "beamlet";
import { type Program, timed } from "../../measure.ts";
import { differentLinks } from "../distinct.ts";
import { next } from "../random.ts";
import { runtime } from "./runtime.ts";

// ── ping_pong ──

type Ping = ["ping", Pid<"pong">] | "stop";

function* ponger(self: Self<Ping>) {
  for (;;) {
    const message = yield* self.receive();
    if (message === "stop") return;
    send(message[1], "pong");
  }
}

function* pinger(self: Self<"pong">, n: number) {
  const other = spawn(ponger);
  for (let i = 0; i < n; i++) {
    send(other, ["ping", self.pid]);
    yield* self.receive();
  }
  send(other, "stop");
}

// ── thread_ring ──

type Token = number | "stop";
type Link = (self: Self<Token | ["next", Pid<Token>]>, given: Pid<Token> | undefined, main: Pid<"done">) => unknown;

/** Made last to first; the last one gets the first one's pid as a message. */
function* link(self: Self<Token | ["next", Pid<Token>]>, given: Pid<Token> | undefined, main: Pid<"done">) {
  let next = given;
  for (;;) {
    const message = yield* self.receive();
    if (typeof message === "object") {
      next = message[1];
    } else if (message === 0) {
      send(main, "done");
    } else if (next !== undefined) {
      send(next, message === "stop" ? message : message - 1);
      if (message === "stop") return;
    }
  }
}

function* ring(self: Self<"done">, links: readonly Link[], n: number) {
  const last = spawn(links[0] as Link, undefined, self.pid);
  let first: Pid<Token> = last;
  for (const each of links.slice(1)) first = spawn(each, first, self.pid);
  send(last, ["next", first]);
  send(first, n);
  yield* self.receive();
  send(first, "stop");
}

let different: readonly Link[] | undefined;
/** Made when they are needed, and once: a second run finds them warm. */
function differentOnes(): readonly Link[] {
  different ??= differentLinks<Link>(
    { keyword: "function*", receive: "yield* self.receive()", send: "send" },
    { send },
  );
  return different;
}

const same = (size: number) => Array<Link>(size).fill(link);

// ── counting ──

function* counter(self: Self<"inc" | ["get", Pid<number>]>) {
  let count = 0;
  for (;;) {
    const message = yield* self.receive();
    if (message === "inc") count++;
    else return send(message[1], count);
  }
}

function* producer(self: Self<number>, n: number) {
  const other = spawn(counter);
  for (let i = 0; i < n; i++) send(other, "inc");
  send(other, ["get", self.pid]);
  const count = yield* self.receive();
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── fork_join_throughput ──

const RECEIVERS = 60;

interface Join {
  left: number;
  received: number;
  readonly main: Pid<"done">;
}

function* receiver(self: Self<"message">, n: number, join: Join) {
  let received = 0;
  while (received < n) if ((yield* self.receive()) === "message") received++;
  join.received += received;
  if (--join.left === 0) send(join.main, "done");
}

function* throughput(self: Self<"done">, n: number) {
  const join: Join = { left: RECEIVERS, received: 0, main: self.pid };
  const receivers = Array.from({ length: RECEIVERS }, () => spawn(receiver, n, join));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < RECEIVERS; k++) send(receivers[k] as Pid<"message">, "message");
  }
  yield* self.receive();
  if (join.received !== RECEIVERS * n) throw new Error(`expected ${RECEIVERS * n}, got ${join.received}`);
}

// ── big ──

const MEMBERS = 120;

type BigMessage = ["ping", Pid<BigMessage>] | "pong" | "stop";

interface Crowd {
  readonly members: Pid<BigMessage>[];
  left: number;
  readonly main: Pid<"done">;
}

/** Pings others, one after the other, and answers whoever pings it. */
function* member(self: Self<BigMessage>, crowd: Crowd, seed: number, pings: number) {
  let random = seed;
  for (let i = 0; i < pings; i++) {
    random = next(random);
    send(crowd.members[(random >>> 8) % MEMBERS] as Pid<BigMessage>, ["ping", self.pid]);
    for (;;) {
      const message = yield* self.receive();
      if (message === "pong") break;
      if (message !== "stop") send(message[1], "pong");
    }
  }
  if (--crowd.left === 0) send(crowd.main, "done");
  for (;;) {
    const message = yield* self.receive();
    if (message === "stop") return;
    if (message === "pong") throw new Error("a pong without a ping");
    send(message[1], "pong");
  }
}

function* big(self: Self<"done">, pings: number) {
  const crowd: Crowd = { members: [], left: MEMBERS, main: self.pid };
  for (let i = 1; i <= MEMBERS; i++) crowd.members.push(spawn(member, crowd, i, pings));
  yield* self.receive();
  for (const each of crowd.members) send(each, "stop");
}

export const messages: Program = {
  ping_pong: (n) => timed(n, () => runtime.run(pinger, n)),
  thread_ring_100: (n) => timed(n, () => runtime.run(ring, same(100), n)),
  thread_ring_503: (n) => timed(n, () => runtime.run(ring, same(503), n)),
  ring_32_bodies: (n) => timed(n, () => runtime.run(ring, differentOnes(), n)),
  counting: (n) => timed(n, () => runtime.run(producer, n)),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => runtime.run(throughput, n)),
  big: (n) => timed(n * MEMBERS, () => runtime.run(big, n)),
};
