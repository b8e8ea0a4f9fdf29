import { inspect, type Op } from "../kernel.ts";
import { type Acting, actorOf, ownOperation } from "./operation.ts";
import { isSource, type Source } from "./source.ts";
import type { Starter } from "./task-coordinator.ts";
import type { TaskBody } from "./task-process.ts";
import { type Settings, StreamRun } from "./task-stream-run.ts";
import { checkTimeout } from "./timeout.ts";

type Any = any;

/** What a stream gives for a task: `["ok", result]`, or `["exit", reason]`. */
export type StreamResult<R> = readonly ["ok", R] | readonly ["exit", reason: unknown];
/** The same with `zipInputOnExit`: `["exit", [input, reason]]`. */
export type ZippedResult<T, R> = readonly ["ok", R] | readonly ["exit", readonly [input: T, reason: unknown]];

/** Options of `Task.asyncStream`. */
export interface StreamOptions extends Acting {
  /** Tasks that run at a time. Default 8. */
  readonly maxConcurrency?: number;
  /** Whether results come in the order of their inputs; default true. Then those that are early are kept. */
  readonly ordered?: boolean;
  /** ms that one task may take; default 5000. */
  readonly timeout?: number | "infinity";
  /** What a task that takes too long means: the end of who consumes, or `["exit", "timeout"]`. Default `"exit"`. The task is killed in any case. */
  readonly onTimeout?: "exit" | "killTask" | "kill_task";
  /** Puts the input into what is given for a task that failed: `["exit", [input, reason]]`. Default false. */
  readonly zipInputOnExit?: boolean;
}

/** ms, tasks */
const PATIENCE = 5000;
const CONCURRENCY = 8;

function settingsOf(options: StreamOptions, what: string): Settings {
  const {
    maxConcurrency: max = CONCURRENCY,
    ordered = true,
    onTimeout = "exit",
    zipInputOnExit: zips = false,
  } = options;
  const wrong = (expected: string, name: string, got: unknown) =>
    new TypeError(`${what}: expected ${expected} as ${name}, got ${inspect(got)}`);
  if (!(max === Number.POSITIVE_INFINITY || (Number.isInteger(max) && max > 0)))
    throw wrong("an integer greater than zero", "maxConcurrency", max);
  if (typeof ordered !== "boolean") throw wrong("true or false", "ordered", ordered);
  if (typeof zips !== "boolean") throw wrong("true or false", "zipInputOnExit", zips);
  if (!["exit", "killTask", "kill_task"].includes(onTimeout))
    throw wrong('"exit" or "killTask"', "onTimeout", onTimeout);
  const timeout = checkTimeout(options.timeout ?? PATIENCE, what);
  return { max, ordered, timeout, exits: onTimeout === "exit", zips };
}

/**
 * The results of a function that is called for each of some inputs, by tasks of their own. Nothing runs until somebody consumes it, and then as
 * much as is asked for: no input is taken before there is room for its task. It can be consumed several times, each time anew.
 *
 * - Host and async bodies: `for await (const result of stream)`.
 * - Generator bodies: `yield* stream.toArray()`, `yield* stream.run()`, or one by one with `open`.
 *
 * Source: what Elixir's `Task.async_stream/3` returns.
 */
export class TaskStream<out R> implements AsyncIterable<R> {
  private readonly source: Source<unknown>;
  private readonly body: TaskBody<Any, unknown>;
  private readonly settings: Settings;
  private readonly starter: Starter;
  private readonly acting: Acting;

  constructor(source: Source<unknown>, body: unknown, options: StreamOptions, what: string, starter: Starter) {
    if (!isSource(source))
      throw new TypeError(`${what}: expected an iterable or async iterable, got ${inspect(source)}`);
    if (typeof body !== "function") throw new TypeError(`${what}: expected a function, got ${inspect(body)}`);
    this.source = source;
    this.body = body as TaskBody<Any, unknown>;
    this.settings = settingsOf(options, what);
    this.starter = starter;
    this.acting = options;
  }

  /** Begins to consume it, one result after the other. Whoever doesn't go on to the end has to `close` it. */
  open(options: Acting = this.acting): StreamRun<R> {
    return new StreamRun(this.source, this.body, this.settings, this.starter, actorOf(options));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    const run = this.open();
    try {
      for (let next = await run.next(); !next.done; next = await run.next()) yield next.value;
    } finally {
      await run.close();
    }
  }

  /** All results. */
  toArray(options?: Acting): Op<R[]> {
    return this.take(Number.POSITIVE_INFINITY, options);
  }

  /** The first `count` results, or all if there are less. Tasks that run by then are killed. */
  take(count: number, options?: Acting): Op<R[]> {
    return this.each((result, all) => all.push(result) < count, count > 0, options);
  }

  /** Runs it to its end, for what the function does rather than what it returns. */
  run(options?: Acting): Op<void> {
    return this.each(() => true, true, options) as Op<never>;
  }

  private each(goesOn: (result: R, all: R[]) => boolean, begins: boolean, options: Acting | undefined): Op<R[]> {
    return ownOperation(() => {
      const run = this.open(options);
      return (function* () {
        const all: R[] = [];
        try {
          while (begins) {
            const next = yield* run.stepping();
            if (next.done || !goesOn(next.value, all)) break;
          }
        } finally {
          yield* run.closing();
        }
        return all;
      })();
    });
  }
}
