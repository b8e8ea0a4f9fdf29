import { type Program, timed } from "../../measure.ts";
import { distinct } from "../distinct.ts";
import { next } from "../random.ts";
import { type Any, end, finished, type Handle, type Process, send, spawn } from "./scheduler.ts";

type Done = () => void;

// ── ping_pong ──

function ponger(self: Process, message: Any): void {
  if (message === "stop") end(self);
  else send(message[1], "pong");
}

interface Pinger {
  left: number;
  readonly other: Process;
  readonly done: Done;
}

function pinger(self: Process): void {
  const state: Pinger = self.state;
  if (state.left-- > 0) return send(state.other, ["ping", self]);
  send(state.other, "stop");
  end(self);
  state.done();
}

function pingPong(n: number, done: Done): void {
  send(spawn(pinger, { left: n, other: spawn(ponger), done }), "pong");
}

// ── thread_ring ──

interface Link {
  readonly next: Process;
  readonly done: Done;
}

function link(self: Process, message: Any): void {
  const { next, done }: Link = self.state;
  if (message === 0) done();
  else send(next, message === "stop" ? message : message - 1);
  if (message === "stop") end(self);
}

async function ring(handles: readonly Handle[], n: number) {
  const links = handles.map((handle) => spawn(handle));
  await finished<void>((done) => {
    for (const [i, each] of links.entries()) each.state = { next: links[(i + 1) % links.length], done, seen: 0 };
    send(links[0] as Process, n);
  });
  for (const each of links) end(each);
}

let different: readonly Handle[] | undefined;
/** Made when they are needed, and once: a second run finds them warm. */
function differentOnes(): readonly Handle[] {
  different ??= distinct<Handle>(
    32,
    { send, end },
    (i) => `function link${i}(self, message) {
      const { state } = self;
      state.seen += ${i};
      if (message === 0) state.done();
      else send(state.next, message === "stop" ? message : message - 1);
      if (message === "stop") end(self);
    }`,
  );
  return different;
}

const same = (size: number) => Array<Handle>(size).fill(link);

// ── counting ──

function counter(self: Process, message: Any): void {
  if (message === "inc") self.state++;
  else {
    send(message[1], self.state);
    end(self);
  }
}

interface Producer {
  readonly n: number;
  readonly done: Done;
}

function producer(self: Process, message: Any): void {
  const { n, done }: Producer = self.state;
  if (message !== "go") {
    if (message !== n) throw new Error(`expected ${n}, got ${message}`);
    end(self);
    return done();
  }
  const other = spawn(counter, 0);
  for (let i = 0; i < n; i++) send(other, "inc");
  send(other, ["get", self]);
}

// ── fork_join_throughput ──

const RECEIVERS = 60;

interface Join {
  left: number;
  readonly done: Done;
}

interface Receiver {
  left: number;
  readonly join: Join;
}

function receiver(self: Process): void {
  const state: Receiver = self.state;
  if (--state.left > 0) return;
  end(self);
  if (--state.join.left === 0) state.join.done();
}

function throughput(n: number, done: Done): void {
  const join: Join = { left: RECEIVERS, done };
  const receivers = Array.from({ length: RECEIVERS }, () => spawn(receiver, { left: n, join }));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < RECEIVERS; k++) send(receivers[k] as Process, "message");
  }
}

// ── big ──

const MEMBERS = 120;

interface Crowd {
  readonly members: Process[];
  left: number;
  readonly done: Done;
}

interface Member {
  random: number;
  left: number;
  readonly crowd: Crowd;
}

/** Pings others, one after the other, and answers whoever pings it. */
function member(self: Process, message: Any): void {
  if (typeof message === "object") return send(message[1], "pong");
  const state: Member = self.state;
  const { crowd } = state;
  if (state.left-- === 0) {
    if (--crowd.left === 0) crowd.done();
    return;
  }
  state.random = next(state.random);
  send(crowd.members[(state.random >>> 8) % MEMBERS] as Process, ["ping", self]);
}

function big(pings: number, done: Done): void {
  const crowd: Crowd = { members: [], left: MEMBERS, done };
  for (let i = 1; i <= MEMBERS; i++) crowd.members.push(spawn(member, { random: i, left: pings, crowd }));
  for (const each of crowd.members) send(each, "pong");
}

export const messages: Program = {
  ping_pong: (n) => timed(n, () => finished<void>((done) => pingPong(n, done))),
  thread_ring_100: (n) => timed(n, () => ring(same(100), n)),
  thread_ring_503: (n) => timed(n, () => ring(same(503), n)),
  ring_32_bodies: (n) => timed(n, () => ring(differentOnes(), n)),
  counting: (n) => timed(n, () => finished<void>((done) => send(spawn(producer, { n, done }), "go"))),
  fork_join_throughput: (n) => timed(n * RECEIVERS, () => finished<void>((done) => throughput(n, done))),
  big: (n) => timed(n * MEMBERS, () => finished<void>((done) => big(n, done))),
};
