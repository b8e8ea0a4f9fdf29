import { inspect, type Matched, on, type Ref, type Runtime, type Self, type Shape } from "../kernel.ts";
import type { AnyPid } from "./child-spec.ts";
import { endProcess } from "./end-process.ts";
import { type Acting, type Actor, actorOf, ownOperation, pidOf, runtimeOf, type Steps } from "./operation.ts";
import { isSource, open, type Source } from "./source.ts";
import { anything, take } from "./take.ts";
import { checkTimeout } from "./timeout.ts";

/** Which messages to iterate over, and whose. */
export interface MessagesOptions<X = any, Q extends Shape = Shape> {
  /** Whose mailbox: see `Acting`. */
  readonly as?: Self<X> | Runtime;
  /** A pattern, as for `on`: other messages stay in the mailbox. */
  readonly match?: Q;
  /** ms without a message after which the iteration ends. Default Infinity. */
  readonly timeout?: number | "infinity";
}

const OVER: unique symbol = /* @__PURE__ */ Symbol("over");

/**
 * The messages of a process, for the host and async bodies: `for await (const message of messages({ as: self })) …`. Each is taken when it is asked
 * for, so that the others wait in the mailbox meanwhile. The iteration throws an `ExitError` when the process has ended.
 */
export function messages<const Q extends Shape>(
  options: MessagesOptions<any, Q> & { readonly match: Q },
): AsyncGenerator<Matched<Q>, void, undefined>;
export function messages<X = any>(options?: MessagesOptions<X>): AsyncGenerator<X, void, undefined>;
export function messages(options: MessagesOptions = {}): AsyncGenerator<unknown, void, undefined> {
  const actor = actorOf(options as Acting);
  const ms = checkTimeout(options.timeout ?? Number.POSITIVE_INFINITY, "messages");
  const clause = "match" in options ? on(options.match as Shape, () => undefined) : undefined;
  const wanted = clause === undefined ? anything : (message: unknown) => clause.matches(message);
  return (async function* () {
    for (;;) {
      const message: unknown = await take(actor, wanted, ms, undefined, OVER);
      if (message === OVER) return;
      yield message;
    }
  })();
}

/** A value that a feed sends. The feed's end is `["DOWN", ref, "process", pid, reason]`. */
export type FeedItem<T> = readonly ["item", ref: Ref, value: T];

/** Options of a feed. */
export interface FeedOptions extends Acting {
  /** How many values it sends before it is asked for more. Default 1. */
  readonly demand?: number;
}

const ASK = "ask";
const PULLED = "pulled";

/** What a feed and its process share. */
interface Line<T> {
  readonly source: Source<T>;
  readonly consumer: AnyPid;
  readonly demand: number;
  ref: Ref;
}

/** A feed that runs. Disposing of it stops it. */
export class FeedHandle<out T> implements AsyncDisposable {
  readonly pid: AnyPid;
  /** The consumer's monitor of it: in its messages, and in that of its end. */
  readonly ref: Ref;
  declare readonly item?: FeedItem<T>;
  readonly #actor: Actor;

  constructor(actor: Actor, pid: AnyPid, ref: Ref) {
    this.#actor = actor;
    this.pid = pid;
    this.ref = ref;
  }

  /** Asks for `count` more values. *Throws* `RangeError` when that is no number above 0. */
  ask(count = 1): void {
    runtimeOf(this.#actor).send(this.pid, [ASK, checkDemand(count, "Feed.ask")]);
  }

  /** Ends it, and closes its source. What it has sent is taken out of the mailbox. */
  async [Symbol.asyncDispose](): Promise<void> {
    const actor = this.#actor;
    const { pid, ref } = this;
    await ownOperation(function* () {
      actor.demonitor(ref, { flush: true });
      yield* endProcess(actor, pid, "shutdown", Number.POSITIVE_INFINITY);
      while ((yield take(actor, (each) => each[0] === "item" && each[1] === ref, 0)) !== undefined);
    });
  }
}

function checkDemand(count: unknown, what: string): number {
  if (typeof count === "number" && count > 0) return count;
  throw new RangeError(`${what}: expected a number above 0 as demand, got ${inspect(count)}`);
}

/** The process of a feed: it takes a value when one is wanted, and not before. It ends with its consumer. */
function* feed<T>(self: Self<any>, line: Line<T>): Steps<void> {
  const { consumer, ref } = line;
  const parent = self.monitor(consumer);
  let { demand } = line;
  let source: Iterator<T> | AsyncIterator<T> | undefined = open(line.source);
  let pulled: IteratorResult<T> | { readonly error: unknown } | undefined;
  let isPulling = false;
  const tell = (answer: typeof pulled) => {
    pulled = answer;
    self.runtime.send(self.pid, PULLED);
  };
  try {
    for (;;) {
      if (demand > 0 && !isPulling) {
        isPulling = true;
        // Its mailbox stays open meanwhile, for the consumer's end.
        Promise.resolve((source as Iterator<T>).next()).then(tell, (error: unknown) => tell({ error }));
      }
      const message: any = yield* self.receive();
      if (message === PULLED && pulled !== undefined) {
        const step = pulled;
        pulled = undefined;
        isPulling = false;
        if ("error" in step || step.done) source = undefined;
        if ("error" in step) throw step.error;
        if (step.done) return;
        demand--;
        self.send(consumer, ["item", ref, step.value]);
      } else if (message?.[0] === ASK) demand += message[1];
      else if (message?.[0] === "DOWN" && message[1] === parent) return;
    }
  } finally {
    const closing: unknown = source?.return?.();
    // Nobody is left to hear of it but the logger.
    if (closing !== undefined) Promise.resolve(closing).catch((error: unknown) => report(self, error));
  }
}

function report(self: Self<any>, reason: unknown): void {
  self.runtime.log({ level: "error", kind: "crash", time: new Date(), pid: self.pid, reason, initialCall: "feed" });
}

function startFeed<T>(source: Source<T>, options: FeedOptions, what: string, isLinked: boolean): FeedHandle<T> {
  if (!isSource(source)) throw new TypeError(`${what}: expected an iterable or a stream, got ${inspect(source)}`);
  const demand = checkDemand(options.demand ?? 1, what);
  const actor = actorOf(options);
  const line: Line<T> = { source, consumer: pidOf(actor), demand, ref: undefined as never };
  const [pid, ref] = actor.spawnOpt(feed<T>, { args: [line], link: isLinked, monitor: true });
  // It does not run before this.
  line.ref = ref;
  return new FeedHandle(actor, pid, ref);
}

/** A feed that runs. */
export type Feed<T> = FeedHandle<T>;

/**
 * Brings the values of an iterable, an async iterable or a `ReadableStream` to a process as messages: `["item", feed.ref, value]`, no more of them than
 * it has asked for. When they are at an end comes `["DOWN", feed.ref, "process", feed.pid, "normal"]`, or with the error that the source threw. When the process ends,
 * or the feed is disposed of, the source is closed.
 */
export const Feed = {
  /** Starts a feed to the calling process. *Throws* `TypeError` for what is no source, `RangeError` for a wrong demand. */
  start<T>(source: Source<T>, options: FeedOptions = {}): FeedHandle<T> {
    return startFeed(source, options, "Feed.start", false);
  },

  /** The same, linked: an error of the source ends the process, unless that traps exits. */
  startLink<T>(source: Source<T>, options: FeedOptions = {}): FeedHandle<T> {
    return startFeed(source, options, "Feed.startLink", true);
  },
} as const;
