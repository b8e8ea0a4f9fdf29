import { type Program, timed } from "../../measure.ts";
import { differentLinks } from "../distinct.ts";
import { next } from "../random.ts";
import { type Body, finished, type Process, send, spawn } from "./scheduler.ts";

type Done = () => void;

// ── ping_pong ──

function* ponger(): Body {
  for (;;) {
    const message = yield;
    if (message === "stop") return;
    send(message[1], "pong");
  }
}

function* pinger(self: Process, n: number, done: Done): Body {
  const other = spawn(ponger);
  for (let i = 0; i < n; i++) {
    send(other, ["ping", self]);
    yield;
  }
  send(other, "stop");
  done();
}

// ── thread_ring ──

type Link = (self: Process, given: Process | undefined, main: Process) => Body;

function* link(_self: Process, given: Process | undefined, main: Process): Body {
  let next = given;
  for (;;) {
    const message = yield;
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

function* ring(self: Process, links: readonly Link[], n: number, done: Done): Body {
  const last = spawn(links[0] as Link, undefined, self);
  let first = last;
  for (const each of links.slice(1)) first = spawn(each, first, self);
  send(last, ["next", first]);
  send(first, n);
  yield;
  send(first, "stop");
  done();
}

let different: readonly Link[] | undefined;
/** Made when they are needed, and once: a second run finds them warm. */
function differentOnes(): readonly Link[] {
  different ??= differentLinks<Link>({ keyword: "function*", receive: "yield", send: "send" }, { send });
  return different;
}

const same = (size: number) => Array<Link>(size).fill(link);

// ── counting ──

function* counter(): Body {
  let count = 0;
  for (;;) {
    const message = yield;
    if (message === "inc") count++;
    else return send(message[1], count);
  }
}

function* producer(self: Process, n: number, done: Done): Body {
  const other = spawn(counter);
  for (let i = 0; i < n; i++) send(other, "inc");
  send(other, ["get", self]);
  const count = yield;
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
  done();
}

// ── fork_join_throughput ──

const RECEIVERS = 60;

interface Join {
  left: number;
  received: number;
  readonly main: Process;
}

function* receiver(_self: Process, n: number, join: Join): Body {
  let received = 0;
  while (received < n) if ((yield) === "message") received++;
  join.received += received;
  if (--join.left === 0) send(join.main, "done");
}

function* throughput(self: Process, n: number, done: Done): Body {
  const join: Join = { left: RECEIVERS, received: 0, main: self };
  const receivers = Array.from({ length: RECEIVERS }, () => spawn(receiver, n, join));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < RECEIVERS; k++) send(receivers[k] as Process, "message");
  }
  yield;
  if (join.received !== RECEIVERS * n) throw new Error(`expected ${RECEIVERS * n}, got ${join.received}`);
  done();
}

// ── big ──

const MEMBERS = 120;

interface Crowd {
  readonly members: Process[];
  left: number;
  readonly main: Process;
}

/** Pings others, one after the other, and answers whoever pings it. */
function* member(self: Process, crowd: Crowd, seed: number, pings: number): Body {
  let random = seed;
  for (let i = 0; i < pings; i++) {
    random = next(random);
    send(crowd.members[(random >>> 8) % MEMBERS] as Process, ["ping", self]);
    for (;;) {
      const message = yield;
      if (message === "pong") break;
      if (message !== "stop") send(message[1], "pong");
    }
  }
  if (--crowd.left === 0) send(crowd.main, "done");
  for (;;) {
    const message = yield;
    if (message === "stop") return;
    if (message === "pong") throw new Error("a pong without a ping");
    send(message[1], "pong");
  }
}

function* big(self: Process, pings: number, done: Done): Body {
  const crowd: Crowd = { members: [], left: MEMBERS, main: self };
  for (let i = 1; i <= MEMBERS; i++) crowd.members.push(spawn(member, crowd, i, pings));
  yield;
  for (const each of crowd.members) send(each, "stop");
  done();
}

export const messages: Program = {
  ping_pong: (n) => timed(n, () => finished<void>((done) => spawn(pinger, n, done))),
  thread_ring_100: (n) => timed(n, () => finished<void>((done) => spawn(ring, same(100), n, done))),
  thread_ring_503: (n) => timed(n, () => finished<void>((done) => spawn(ring, same(503), n, done))),
  ring_32_bodies: (n) => timed(n, () => finished<void>((done) => spawn(ring, differentOnes(), n, done))),
  counting: (n) => timed(n, () => finished<void>((done) => spawn(producer, n, done))),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => finished<void>((done) => spawn(throughput, n, done))),
  big: (n) => timed(n * MEMBERS, () => finished<void>((done) => spawn(big, n, done))),
};
