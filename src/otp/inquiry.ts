import { type Clause, type Op, on, P, type Ref, type Self, type Suspend } from "../kernel.ts";
import { Procedure, type Step } from "./operation.ts";

/** Makes a monitor whose reference is what the answer is sent to: there is neither of both once it has come. */
export const REPLY_DEMONITOR = { alias: "replyDemonitor" } as const;

type Message = readonly unknown[];

/** What the receive that goes on now looks for, and what it has taken. */
let sought: Ref | undefined;
let found: Message | undefined;

const take = (message: Message): void => {
  found = message;
};

/**
 * One clause for all, since the two patterns below would be made for each question, and take longer than most answers. But patterns tell the kernel
 * which messages are older than their reference: who has many of those gets patterns from then on.
 */
const ANSWER: Clause<void> = /* @__PURE__ */ on((message: unknown): message is Message => {
  if (Array.isArray(message)) {
    if (message[0] === sought) return message.length === 2;
    if (message[1] === sought && message[0] === "DOWN") return message.length === 5;
  }
  passed++;
  return false;
}, take);

/** Messages that a wait has passed over. */
let passed = 0;
/** So many are many. */
const MANY = 16;
/** Those who had many when they last asked. */
const crowded = /* @__PURE__ */ new WeakSet<Self<any>>();
let isAnyCrowded = false;

/** Whether a process has many messages, as far as is known. */
function isCrowded(self: Self<any>): boolean {
  if (!crowded.has(self)) return false;
  if ((self.runtime.processInfo(self.pid, "messageQueueLen") as number) > MANY) return true;
  crowded.delete(self);
  return false;
}

/** Receives with a clause and a limit. The one that was last made is kept: whoever waits again and again goes through the same one. */
export function receives(clause: Clause<unknown>): (self: Self<any>, limit: Clause<unknown>) => Op<unknown> {
  let last: Op<unknown> | undefined;
  let lastSelf: Self<any> | undefined;
  let lastLimit: Clause<unknown> | undefined;
  return (self, limit) => {
    if (last === undefined || lastSelf !== self || lastLimit !== limit) {
      last = self.receive(clause, limit);
      lastSelf = self;
      lastLimit = limit;
    }
    return last;
  };
}

const answering = /* @__PURE__ */ receives(ANSWER);

function receiving(self: Self<any>, ref: Ref, limit: Clause<unknown>): Op<unknown> {
  if (isAnyCrowded && isCrowded(self))
    return self.receive(on([ref, P._], take), on(["DOWN", ref, P._, P._, P._], take), limit);
  return answering(self, limit);
}

/**
 * A procedure that waits for one answer, `[ref, value]`, or for the DOWN message of the same reference. It is the operation, and what `yield*` goes
 * through in one.
 */
export abstract class Inquiry<T, C> extends Procedure<T, C> {
  /** Who waits, while it is under way. */
  // Only declared: else the class had a constructor, which hands over whatever arguments there are, and that takes longer.
  declare private self: Self<any> | undefined;
  declare private ref: Ref | undefined;
  declare private receive: Iterator<Suspend, unknown, unknown> | undefined;

  /** What comes of the answer, of the DOWN message, or of none in time. `ref`: what was waited for; undefined when nothing was. */
  protected abstract answered(message: Message | undefined, self: Self<any>, ref: Ref | undefined): T;

  /** Waits, unless there is no reference to wait for. */
  protected begin(self: Self<any>, ref: Ref | undefined, limit: Clause<unknown>): this {
    this.self = self;
    this.ref = ref;
    this.receive = ref && receiving(self, ref, limit)[Symbol.iterator]();
    return this;
  }

  /** Itself while it is under way, as every iterator does: asked anew, it asks anew. */
  override [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    return this.self === undefined ? this.begun() : (this as never);
  }

  next(): Step<T> {
    const { receive } = this;
    const self = this.self as Self<any>;
    // A new one only where nothing was waited for: nobody else sees that of the receive.
    const step: Step<unknown> = receive === undefined ? { done: true, value: undefined } : this.look(receive, self);
    if (step.done) {
      const message = found;
      found = undefined;
      this.self = undefined;
      step.value = this.answered(message, self, this.ref);
    }
    return step as Step<T>;
  }

  private look(receive: Iterator<Suspend, unknown, unknown>, self: Self<any>): Step<unknown> {
    sought = this.ref;
    passed = 0;
    const step = receive.next();
    if (passed > MANY) {
      isAnyCrowded = true;
      crowded.add(self);
    }
    return step;
  }

  /** The body is closed while it waits here. */
  return(value: unknown): Step<never> {
    this.receive?.return?.(value);
    return { done: true, value: value as never };
  }
}
