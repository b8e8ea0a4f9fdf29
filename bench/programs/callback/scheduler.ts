import { Queue } from "../queue.ts";

// biome-ignore lint/suspicious/noExplicitAny: each workload has messages, and states, of its own
export type Any = any;
export type Handle = (self: Process, message: Any) => void;

export class Process {
  /** Undefined once the process has ended. */
  handle: Handle | undefined;
  state: Any;
  mailbox: Queue<Any> | undefined = undefined;
  isQueued = false;

  constructor(handle: Handle, state: Any) {
    this.handle = handle;
    this.state = state;
  }
}

/** Messages a process takes before others get their turn. */
const SLICE = 1000;

const runnable = new Queue<Process>(1024);

export function spawn(handle: Handle, state?: Any): Process {
  return new Process(handle, state);
}

export function send(to: Process, message: Any): void {
  if (to.handle === undefined) return;
  if (to.mailbox === undefined) to.mailbox = new Queue(4);
  to.mailbox.push(message);
  if (!to.isQueued) {
    to.isQueued = true;
    runnable.push(to);
  }
}

export function end(process: Process): void {
  process.handle = undefined;
  process.mailbox = undefined;
}

function slice(process: Process): void {
  for (let left = SLICE; left > 0; left--) {
    const { handle, mailbox } = process;
    if (handle === undefined) return;
    if (mailbox === undefined || mailbox.head === mailbox.tail) {
      process.isQueued = false;
      return;
    }
    handle(process, mailbox.shift());
  }
  runnable.push(process);
}

/** Runs all that `begin` sets going, until everybody waits. */
export function run(begin: () => void): void {
  begin();
  while (runnable.head !== runnable.tail) slice(runnable.shift());
}

/** The same; what it is said to be done with. */
export function finished<T>(begin: (done: (result: T) => void) => void): Promise<T> {
  return new Promise((resolve) => run(() => begin(resolve)));
}
