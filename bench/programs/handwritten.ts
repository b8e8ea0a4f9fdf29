// The ceiling: processes written by hand as bare generators over arrays. They have mailboxes and a run queue and nothing
// else: no pids that outlive their process, no links, no errors, no timers, no fairness, no host.
//
// `yield` takes the oldest message, `yield wanted` the oldest one that `wanted` is true of.
import { type Program, resident, type Sample, thousands, timed } from "../measure.ts";

// biome-ignore lint/suspicious/noExplicitAny: each workload has messages of its own
type Message = any;
type Wanted = ((message: Message) => boolean) | undefined;
type Body = Generator<Wanted, void, Message>;

/** First in, first out, in a ring whose length is a power of two. */
class Queue<T> {
  private items: (T | undefined)[];
  private head = 0;
  private tail = 0;

  constructor(length: number) {
    this.items = new Array(length).fill(undefined);
  }

  get length(): number {
    return this.tail - this.head;
  }

  push(item: T): void {
    if (this.length === this.items.length) this.grow();
    this.items[this.tail++ & (this.items.length - 1)] = item;
  }

  shift(): T {
    const at = this.head++ & (this.items.length - 1);
    const item = this.items[at] as T;
    this.items[at] = undefined;
    return item;
  }

  at(place: number): T {
    return this.items[(this.head + place) & (this.items.length - 1)] as T;
  }

  /** Takes out the item at `place`; the shorter side closes the gap. */
  take(place: number): T {
    const { items } = this;
    const mask = items.length - 1;
    const item = this.at(place);
    if (place < this.length / 2) {
      for (let i = this.head + place; i > this.head; i--) items[i & mask] = items[(i - 1) & mask];
      items[this.head++ & mask] = undefined;
    } else {
      for (let i = this.head + place; i < this.tail - 1; i++) items[i & mask] = items[(i + 1) & mask];
      items[--this.tail & mask] = undefined;
    }
    return item;
  }

  private grow(): void {
    const { length } = this;
    const items = new Array(length * 2).fill(undefined);
    for (let i = 0; i < length; i++) items[i] = this.at(i);
    this.items = items;
    this.head = 0;
    this.tail = length;
  }
}

class Process {
  body: Body | undefined = undefined;
  mailbox: Queue<Message> | undefined = undefined;
  isNew = true;
  waits = false;
  wanted: Wanted = undefined;
  /** Messages before this place are not wanted. */
  scanned = 0;
}

/** Messages a process takes before others get their turn. */
const SLICE = 64;

const runnable = new Queue<Process>(1024);

function spawn<A extends unknown[]>(body: (self: Process, ...args: A) => Body, ...args: A): Process {
  const process = new Process();
  process.body = body(process, ...args);
  runnable.push(process);
  return process;
}

function send(to: Process, message: Message): void {
  if (to.body === undefined) return;
  to.mailbox ??= new Queue(4);
  to.mailbox.push(message);
  if (to.waits) {
    to.waits = false;
    runnable.push(to);
  }
}

/** The place of the message that a process takes next, or -1. */
function find(process: Process): number {
  const { mailbox, wanted } = process;
  if (mailbox === undefined) return -1;
  if (wanted === undefined) return mailbox.length > 0 ? 0 : -1;
  for (let place = process.scanned; place < mailbox.length; place++) {
    if (wanted(mailbox.at(place))) return place;
  }
  process.scanned = mailbox.length;
  return -1;
}

function slice(process: Process): void {
  const body = process.body as Body;
  if (process.isNew) {
    process.isNew = false;
    if (hasEnded(process, body.next())) return;
  }
  for (let left = SLICE; left > 0; left--) {
    const place = find(process);
    if (place < 0) {
      process.waits = true;
      return;
    }
    const mailbox = process.mailbox as Queue<Message>;
    if (hasEnded(process, body.next(place === 0 ? mailbox.shift() : mailbox.take(place)))) return;
  }
  runnable.push(process);
}

function hasEnded(process: Process, step: IteratorResult<Wanted, void>): boolean {
  if (step.done) {
    process.body = undefined;
    process.mailbox = undefined;
    return true;
  }
  if (step.value !== undefined || process.wanted !== undefined) {
    process.wanted = step.value;
    process.scanned = 0;
  }
  return false;
}

/** Runs `body` and all it spawns until everybody waits. */
function run<A extends unknown[]>(body: (self: Process, ...args: A) => Body, ...args: A): void {
  spawn(body, ...args);
  while (runnable.length > 0) slice(runnable.shift());
}

// ── ping_pong ──

function* ponger(): Body {
  for (;;) {
    const message = yield;
    if (message === "stop") return;
    send(message[1], "pong");
  }
}

function* pinger(self: Process, n: number): Body {
  const other = spawn(ponger);
  for (let i = 0; i < n; i++) {
    send(other, ["ping", self]);
    yield;
  }
  send(other, "stop");
}

// ── thread_ring ──

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

function* ring(self: Process, size: number, n: number): Body {
  const last = spawn(link, undefined, self);
  let first = last;
  for (let i = 1; i < size; i++) first = spawn(link, first, self);
  send(last, ["next", first]);
  send(first, n);
  yield;
  send(first, "stop");
}

// ── counting ──

function* counter(): Body {
  let count = 0;
  for (;;) {
    const message = yield;
    if (message === "inc") count++;
    else return send(message[1], count);
  }
}

function* producer(self: Process, n: number): Body {
  const other = spawn(counter);
  for (let i = 0; i < n; i++) send(other, "inc");
  send(other, ["get", self]);
  const count = yield;
  if (count !== n) throw new Error(`expected ${n}, got ${count}`);
}

// ── spawn_exit, fork_join_create ──

interface Join {
  left: number;
  readonly main: Process;
}

// biome-ignore lint/correctness/useYield: it waits for nothing, and is a generator all the same
function* child(_self: Process, join: Join): Body {
  if (--join.left === 0) send(join.main, "done");
}

function* forker(self: Process, n: number, batch: number): Body {
  for (let forked = 0; forked < n; forked += batch) {
    const join = { left: batch, main: self };
    for (let i = 0; i < batch; i++) spawn(child, join);
    yield;
  }
}

// ── skynet ──

function* skynet(self: Process, parent: Process, from: number, size: number): Body {
  if (size === 1) return send(parent, from);
  const part = size / 10;
  for (let i = 0; i < 10; i++) spawn(skynet, self, from + i * part, part);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += yield;
  send(parent, sum);
}

function* tree(self: Process, size: number): Body {
  spawn(skynet, self, 0, size);
  const sum = yield;
  if (sum !== (size * (size - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
}

// ── spawn_idle ──

function* idler(_self: Process, main: Process): Body {
  yield;
  send(main, "awake");
}

// biome-ignore lint/correctness/useYield: a body like all others here
function* herald(_self: Process, main: Process): Body {
  send(main, "ready");
}

function* idle(self: Process, n: number, done: (sample: Sample) => void): Body {
  const before = resident();
  const started = performance.now();
  const idlers: Process[] = [];
  for (let i = 0; i < n; i++) idlers.push(spawn(idler, self));
  // It runs after all of them.
  spawn(herald, self);
  yield;
  const ns = (performance.now() - started) * 1e6;
  const bytes = (resident() - before) / n;
  const woken = performance.now();
  for (const each of idlers) send(each, "wake");
  for (let i = 0; i < n; i++) yield;
  done({ ops: n, ns, bytes, wake: ((performance.now() - woken) * 1e6) / n });
}

// ── selective ──

const BACKLOG = 10_000;
const isWanted = (message: Message) => message[0] === "wanted";

function* selectTag(self: Process, n: number, done: (sample: Sample) => void): Body {
  for (let i = 0; i < BACKLOG; i++) send(self, ["other", i]);
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    send(self, ["wanted", i]);
    const got = yield isWanted;
    if (got[1] !== i) throw new Error(`expected ${i}, got ${got[1]}`);
  }
  done({ ops: n, ns: (performance.now() - started) * 1e6 });
}

function sampled(body: (self: Process, n: number, done: (sample: Sample) => void) => Body, n: number): Promise<Sample> {
  return new Promise((resolve) => run(body, n, resolve));
}

export const program: Program = {
  ping_pong: (n) => timed(n, () => run(pinger, n)),
  thread_ring_100: (n) => timed(n, () => run(ring, 100, n)),
  counting: (n) => timed(n, () => run(producer, n)),
  spawn_exit: (n) => timed(thousands(n), () => run(forker, thousands(n), 1000)),
  fork_join_create: (n) => timed(n, () => run(forker, n, n)),
  skynet: (n) => timed((n * 10 - 1) / 9, () => run(tree, n)),
  spawn_idle: (n) => sampled(idle, n),
  selective_tag: (n) => sampled(selectTag, n),
};
