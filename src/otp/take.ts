import { after, type Op, on, type Pid, type Self, type Suspend } from "../kernel.ts";
import { type Actor, pidOf, runtimeOf } from "./operation.ts";

type Message = any;
type Wanted = (message: Message) => unknown;
type Taken = ((message: Message) => void) | undefined;

/** Wants every message. */
export const anything: Wanted = () => true;

/**
 * Takes the oldest message that `wanted` says true of; gives `over` when there is none within `ms`. `taken` is called
 * with it before anybody can take another one.
 *
 * A process does one receive at a time. Awaited, any number of these may wait at once: they share one receive.
 */
export function take(actor: Actor, wanted: Wanted, ms: number, taken?: Taken, over?: unknown): Op<Message> {
  return new Take(actor, wanted, ms, taken, over);
}

class Take implements Op<Message> {
  private readonly actor: Self;
  private readonly wanted: Wanted;
  private readonly ms: number;
  private readonly taken: Taken;
  private readonly over: unknown;

  constructor(actor: Actor, wanted: Wanted, ms: number, taken: Taken, over: unknown) {
    this.actor = actor as Self;
    this.wanted = wanted;
    this.ms = ms;
    this.taken = taken;
    this.over = over;
  }

  private get receive(): Op<Message> {
    return this.actor.receive(
      on(this.wanted, (message) => {
        this.taken?.(message);
        return message;
      }),
      after(this.ms, () => this.over),
    );
  }

  [Symbol.iterator](): Iterator<Suspend, Message, unknown> {
    return this.receive[Symbol.iterator]();
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what makes `await operation` work
  then<R = Message, E = never>(
    onFulfilled?: ((value: Message) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): PromiseLike<R | E> {
    const { actor, wanted, ms, taken, over } = this;
    const pid = pidOf(actor);
    let reader = readers.get(pid);
    if (reader === undefined) {
      // What only looks, and does not wait, is done before anybody else can begin.
      if (ms === 0) return this.receive.then(onFulfilled, onRejected);
      reader = new Reader(actor, pid);
      readers.set(pid, reader);
    }
    return reader.take(wanted, ms, taken, over).then(onFulfilled, onRejected);
  }
}

/** While they read. */
const readers: WeakMap<Pid<Message>, Reader> = /* @__PURE__ */ new WeakMap();

interface Waiter {
  readonly wanted: Wanted;
  readonly taken: Taken;
  /** The message that says that its time is over. A function: those are handed over as they are in every mode, and known by identity. */
  readonly wake: () => void;
  /** What it gets then. */
  readonly over: unknown;
  /** Takes its time back; false when the wake is in the mailbox already. */
  cancel(): unknown;
  resolve(message: Message): void;
  reject(reason: unknown): void;
}

/**
 * The one receive of a process for all that wait at once.
 *
 * Whoever joins has the receive begin anew, since it may have passed over the message that is wanted: that is what a nudge is for. Wakes
 * and nudges never stay in the mailbox: the reader takes them out before it ends, and until then nobody goes on who could receive.
 */
class Reader {
  private readonly actor: Self;
  private readonly pid: Pid<Message>;
  private readonly waiters = new Set<Waiter>();
  /** What is in the mailbox and means nothing: nudges, and wakes of those who have their message. */
  private readonly strays = new Set<unknown>();
  private isReading = false;

  constructor(actor: Actor, pid: Pid<Message>) {
    this.actor = actor as Self;
    this.pid = pid;
  }

  take(wanted: Wanted, ms: number, taken: Taken, over: unknown): Promise<Message> {
    const { actor, pid, waiters } = this;
    return new Promise((resolve, reject) => {
      const wake = () => {};
      if (this.isReading) this.stray(() => {});
      const timer = ms === 0 || ms === Number.POSITIVE_INFINITY ? undefined : runtimeOf(actor).sendAfter(pid, wake, ms);
      // Behind all that is there already, which comes first.
      if (ms === 0) actor.send(pid, wake);
      const cancel = () => (timer === undefined ? ms !== 0 : runtimeOf(actor).cancelTimer(timer) !== false);
      waiters.add({ wanted, taken, wake, over, cancel, resolve, reject });
      if (!this.isReading) void this.read();
    });
  }

  private stray(message: () => void): void {
    this.strays.add(message);
    this.actor.send(this.pid, message);
  }

  private async read(): Promise<void> {
    const { actor, waiters, strays } = this;
    this.isReading = true;
    const told: (() => void)[] = [];
    try {
      while (waiters.size > 0 || strays.size > 0) {
        const message: Message = await actor.receive(
          on(
            (each: Message) => this.isWanted(each),
            (each) => each,
          ),
        );
        const tell = this.settle(message);
        if (tell !== undefined) told.push(tell);
        if (waiters.size > 0) for (const each of told.splice(0)) each();
      }
    } catch (error) {
      for (const { reject, cancel } of waiters) {
        cancel();
        reject(error);
      }
    }
    readers.delete(this.pid);
    for (const each of told) each();
  }

  private isWanted(message: Message): boolean {
    return this.strays.has(message) || this.whose(message) !== undefined;
  }

  /** Who takes all that there is comes last. */
  private whose(message: Message): Waiter | undefined {
    let last: Waiter | undefined;
    for (const waiter of this.waiters) {
      if (message === waiter.wake) return waiter;
      if (waiter.wanted === anything) last ??= waiter;
      else if (fits(waiter.wanted, message)) return waiter;
    }
    return last;
  }

  /** Tells whose message it was, if it was somebody's. */
  private settle(message: Message): (() => void) | undefined {
    if (this.strays.delete(message)) return undefined;
    const waiter = this.whose(message) as Waiter;
    const isOver = message === waiter.wake;
    this.waiters.delete(waiter);
    if (!isOver) {
      waiter.taken?.(message);
      if (!waiter.cancel()) this.strays.add(waiter.wake);
    }
    return () => waiter.resolve(isOver ? waiter.over : message);
  }
}

function fits(wanted: Wanted, message: Message): boolean {
  try {
    return Boolean(wanted(message));
  } catch {
    return false;
  }
}
