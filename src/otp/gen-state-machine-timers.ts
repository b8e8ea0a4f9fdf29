import type { Ref, Self } from "../kernel.ts";
import type { MachineEvent } from "./gen-state-machine-result.ts";

/** An event that is brought by time. */
export type TimedType = "timeout" | "stateTimeout" | readonly ["timeout", name: unknown];

/** What an action says of a timeout. A time of 0 is at once, Infinity never. */
export interface TimeoutRequest {
  readonly type: TimedType;
  /** ms from now; or, when `abs`, of the runtime's clock. */
  readonly ms: number | "update";
  readonly abs: boolean;
  readonly content: unknown;
}

interface Timeout {
  readonly type: TimedType;
  /** Undefined when it is due at once: then it stands in `due`. */
  readonly ref: Ref | undefined;
  content: unknown;
}

/**
 * The timeouts of a state machine: one for each type at most.
 *
 * Those of 0 ms take no timer. They wait in `due`, in the order in which they were set, until there is no other event to handle.
 */
export class Timers {
  private readonly self: Self<any>;
  private readonly timeouts = new Map<unknown, Timeout>();
  private readonly due: unknown[] = [];
  /**
   * Keys by timer. Undefined is the key of one that had fired when it was cancelled, and whose message is yet to come: OTP looks for it in the
   * mailbox.
   */
  private readonly keys = new Map<Ref, unknown>();

  constructor(self: Self<any>) {
    this.self = self;
  }

  /** Types and contents, for who looks. */
  list(): (readonly [type: TimedType, content: unknown])[] {
    return [...this.timeouts.values()].map(({ type, content }) => [type, content]);
  }

  /** What a transition asked for, in its order. */
  apply(requests: readonly TimeoutRequest[]): void {
    const seen = new Set<unknown>();
    const due: unknown[] = [];
    // The last of each type counts, so it is looked at first.
    for (const request of [...requests].reverse()) {
      const key = this.keyOf(request.type);
      if (seen.has(key)) continue;
      seen.add(key);
      if (this.set(key, request)) due.unshift(key);
    }
    this.due.push(...due);
  }

  /** Whether it is due at once. */
  private set(key: unknown, { type, ms, abs, content }: TimeoutRequest): boolean {
    const running = this.timeouts.get(key);
    if (ms === "update" && running !== undefined) {
      running.content = content;
      return false;
    }
    this.cancel(key);
    if (ms === Number.POSITIVE_INFINITY) return false;
    let ref: Ref | undefined;
    if (ms !== "update" && ms !== 0) {
      const { runtime, pid } = this.self;
      ref = runtime.startTimer(pid, undefined, abs ? Math.max(0, ms - runtime.now()) : ms);
      this.keys.set(ref, key);
    }
    this.timeouts.set(key, { type, ref, content });
    return ref === undefined;
  }

  cancel(key: unknown): void {
    const timeout = this.timeouts.get(key);
    if (timeout === undefined) return;
    this.timeouts.delete(key);
    const { ref } = timeout;
    if (ref === undefined) this.due.splice(this.due.indexOf(key), 1);
    else if (this.self.runtime.cancelTimer(ref) === false) this.keys.set(ref, undefined);
    else this.keys.delete(ref);
  }

  /** The oldest of those that are due at once. */
  takeDue(): MachineEvent | undefined {
    if (this.due.length === 0) return undefined;
    const key = this.due[0];
    const { type, content } = this.timeouts.get(key) as Timeout;
    this.cancel(key);
    return [type, content];
  }

  /** The event of a timer's message; null for one that was cancelled, and undefined when it is none of these. */
  fired(message: readonly unknown[]): MachineEvent | null | undefined {
    const ref = message[1] as Ref;
    if (!this.keys.has(ref)) return undefined;
    const key = this.keys.get(ref);
    this.keys.delete(ref);
    if (key === undefined) return null;
    const { type, content } = this.timeouts.get(key) as Timeout;
    this.timeouts.delete(key);
    return [type, content];
  }

  /** Names are told apart as states are: those made alike are one. */
  private keyOf(type: TimedType): unknown {
    if (typeof type === "string") return type;
    const [, name] = type;
    if (typeof name === "string") return `: ${name}`;
    if (typeof name !== "object") return name;
    for (const [key, each] of this.timeouts) if (typeof key === "object" && same(each.type[1], name)) return key;
    return name;
  }
}

/** Whether two states, or two names, are the same: by their parts, when they are arrays or plain objects. Erlang's `=:=`. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b) || (prototype !== Object.prototype && !Array.isArray(a))) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
