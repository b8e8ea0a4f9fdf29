import { Queue } from "../queue.ts";

// biome-ignore lint/suspicious/noExplicitAny: each workload has messages, and arguments, of its own
export type Any = any;
export type Wanted = (message: Any) => boolean;
/** `yield` takes the oldest message, `yield wanted` the oldest one that `wanted` is true of. */
export type Body = Generator<Wanted | undefined, void, Any>;

const NEW = 0;
const RUNNABLE = 1;
const WAITING = 2;

export class Process {
  body: Body | undefined = undefined;
  mailbox: Queue<Any> | undefined = undefined;
  state: typeof NEW | typeof RUNNABLE | typeof WAITING = NEW;
  wanted: Wanted | undefined = undefined;
  /** Messages before this place are not wanted. */
  scanned = 0;
  links: Link[] | undefined = undefined;
  watchers: Monitor[] | undefined = undefined;
}

/** Messages a process takes before others get their turn. */
const SLICE = 1000;

const runnable = new Queue<Process>(1024);

export function spawn(body: (self: Process, a: Any, b: Any, c: Any) => Body, a?: Any, b?: Any, c?: Any): Process {
  const process = new Process();
  process.body = body(process, a, b, c);
  runnable.push(process);
  return process;
}

export function send(to: Process, message: Any): void {
  if (to.body === undefined) return;
  if (to.mailbox === undefined) to.mailbox = new Queue(4);
  to.mailbox.push(message);
  if (to.state === WAITING) {
    to.state = RUNNABLE;
    runnable.push(to);
  }
}

/** The next selective receive of the running process looks only at messages that arrive from now on: at replies. */
export function mark(self: Process): void {
  marked = self.mailbox === undefined ? 0 : self.mailbox.tail - self.mailbox.head;
}
let marked = 0;

/** The place of the message that a process takes next, or -1. */
function find(process: Process, mailbox: Queue<Any>, wanted: Wanted): number {
  const length = mailbox.tail - mailbox.head;
  for (let place = process.scanned; place < length; place++) {
    if (wanted(mailbox.at(place))) return place;
  }
  process.scanned = length;
  return -1;
}

function slice(process: Process): void {
  const { body } = process;
  if (body === undefined) return;
  if (process.state === NEW) {
    process.state = RUNNABLE;
    const first = body.next();
    if (first.done) return end(process);
    if (first.value !== undefined) want(process, first.value);
  }
  for (let left = SLICE; left > 0; left--) {
    const { mailbox, wanted } = process;
    if (mailbox === undefined || mailbox.head === mailbox.tail) {
      process.state = WAITING;
      return;
    }
    let message: Any;
    if (wanted === undefined) {
      message = mailbox.shift();
    } else {
      const place = find(process, mailbox, wanted);
      if (place < 0) {
        process.state = WAITING;
        return;
      }
      process.wanted = undefined;
      message = mailbox.take(place);
    }
    const step = body.next(message);
    if (step.done) return end(process);
    if (step.value !== undefined) want(process, step.value);
  }
  runnable.push(process);
}

function want(process: Process, wanted: Wanted): void {
  process.wanted = wanted;
  process.scanned = marked;
  marked = 0;
}

/** Runs all until everybody waits. */
export function run(): void {
  while (runnable.head !== runnable.tail) slice(runnable.shift());
}

/** Runs for so long, ms, or until everybody waits. */
export function runFor(ms: number): void {
  const end = performance.now() + ms;
  do {
    for (let left = 512; left > 0; left--) {
      if (runnable.head === runnable.tail) return;
      slice(runnable.shift());
    }
  } while (performance.now() < end);
}

/** What `begin` sets going, until it is said to be done. */
export function finished<T>(begin: (done: (result: T) => void) => void): Promise<T> {
  return new Promise((resolve) => {
    begin(resolve);
    run();
  });
}

// ── Exits ──

/** It lies in the arrays of both processes, and knows its place in each, so that either can let go of it at once. */
class Link {
  readonly a: Process;
  readonly b: Process;
  placeA: number;
  placeB: number;

  constructor(a: Process, b: Process, placeA: number, placeB: number) {
    this.a = a;
    this.b = b;
    this.placeA = placeA;
    this.placeB = placeB;
  }
}

export interface Monitor {
  readonly watcher: Process;
  readonly target: Process;
  place: number;
}

export function link(a: Process, b: Process): void {
  const made = new Link(a, b, a.links?.length ?? 0, b.links?.length ?? 0);
  if (a.links === undefined) a.links = [made];
  else a.links.push(made);
  if (b.links === undefined) b.links = [made];
  else b.links.push(made);
}

function letGo(process: Process, link: Link): void {
  const links = process.links as Link[];
  const last = links.pop() as Link;
  if (last === link) return;
  const place = link.a === process ? link.placeA : link.placeB;
  links[place] = last;
  if (last.a === process) last.placeA = place;
  else last.placeB = place;
}

export function monitor(watcher: Process, target: Process): Monitor {
  const made = { watcher, target, place: target.watchers?.length ?? 0 };
  if (target.watchers === undefined) target.watchers = [made];
  else target.watchers.push(made);
  return made;
}

export function demonitor({ target, place }: Monitor): void {
  const watchers = target.watchers as Monitor[];
  const last = watchers.pop() as Monitor;
  if (place === watchers.length) return;
  watchers[place] = last;
  last.place = place;
}

function end(process: Process, reason = "normal"): void {
  const { links, watchers } = process;
  process.body = undefined;
  process.mailbox = undefined;
  if (watchers !== undefined) {
    process.watchers = undefined;
    for (let i = 0; i < watchers.length; i++) {
      const ref = watchers[i] as Monitor;
      send(ref.watcher, ["DOWN", ref, reason]);
    }
  }
  if (links === undefined) return;
  process.links = undefined;
  for (let i = 0; i < links.length; i++) {
    const each = links[i] as Link;
    const other = each.a === process ? each.b : each.a;
    letGo(other, each);
    if (reason !== "normal") dying.push(other);
  }
}
const dying = new Queue<Process>(64);

/** Ends a process, and those that are linked to it, and so on. */
export function kill(process: Process, reason: string): void {
  dying.push(process);
  while (dying.head !== dying.tail) {
    const next = dying.shift();
    if (next.body !== undefined) end(next, reason);
  }
}
