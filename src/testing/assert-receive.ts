import { after, type Clause, inspect, type Matched, matches, type Op, on, type Result, type Shape } from "../kernel.ts";
import { ownOperation, pidOf } from "../otp/operation.ts";
import { take } from "../otp/take.ts";
import { checkTimeout } from "../otp/timeout.ts";
import { type Acting, type Actor, actingOf, checkOptions, runtimeOf, wrong } from "./acting.ts";
import { AssertionError, Site } from "./assertion-error.ts";
import { difference, isClause, isTable, patternText } from "./pattern-text.ts";

/** Options of the assertions on messages. Where there are options, a number alone is the timeout. */
export interface AssertReceiveOptions extends Acting {
  /** ms; default 100, or what `configureTesting` says. */
  readonly timeout?: number | "infinity";
  /** What the error says instead. */
  readonly message?: string;
}

/** What `configureTesting` sets. Source: `ExUnit.configure/1`. */
export interface TestingOptions {
  /** ms that `assertReceive` waits unless it says otherwise; 100 at first. */
  readonly assertReceiveTimeout?: number;
  /** ms that `refuteReceive` waits unless it says otherwise; 100 at first. */
  readonly refuteReceiveTimeout?: number;
}

/** What an assertion gives for a pattern: the message; for a clause made by `on`, or a tag table, what its function returned. */
export type Received<Q> =
  Q extends Clause<infer T, any>
    ? Result<T>
    : Q extends Readonly<Record<string, (message: any) => unknown>>
      ? Result<ReturnType<Q[keyof Q]>>
      : Matched<Q>;

const timeouts = { assertReceiveTimeout: 100, refuteReceiveTimeout: 100 };

/** Sets how long the assertions on messages wait. *Throws* `TypeError` and `RangeError` for what is no time. Source: `ExUnit.configure/1`. */
export function configureTesting(options: TestingOptions): void {
  const given = checkOptions(options, Object.keys(timeouts), "configureTesting");
  for (const key of ["assertReceiveTimeout", "refuteReceiveTimeout"] as const) {
    if (given[key] !== undefined) timeouts[key] = checkTimeout(given[key], `configureTesting: ${key}`);
  }
}

/**
 * Takes the oldest message that matches, which has arrived or arrives in time; the others keep their places. The mailbox is that of who
 * acts: the process whose body this is, or the main process of a runtime.
 *
 * A pattern is whatever `on` takes, a clause made by `on`, or a tag table: an object all of whose values are functions.
 *
 * *Throws* `AssertionError`, which shows the mailbox, when no message has matched; `TypeError` for an option that is none.
 * Source: `ExUnit.Assertions.assert_receive/3`.
 *
 * @example
 * const [, count] = yield* assertReceive(["count", P.number]);
 */
export function assertReceive<const Q extends Shape>(
  pattern: Q,
  options?: AssertReceiveOptions | number,
): Op<Received<Q>> {
  const { actor, timeout, message } = read("assertReceive", options, timeouts.assertReceiveTimeout);
  return asserted(pattern, actor, timeout, message, new Site(assertReceive));
}

/**
 * Takes the oldest message that matches of those that have arrived.
 *
 * *Throws* as `assertReceive` does. Source: `ExUnit.Assertions.assert_received/2`.
 */
export function assertReceived<const Q extends Shape>(
  pattern: Q,
  options?: Omit<AssertReceiveOptions, "timeout">,
): Op<Received<Q>> {
  const { actor, message } = read("assertReceived", options, 0);
  return asserted(pattern, actor, 0, message, new Site(assertReceived));
}

/**
 * Waits whether a message arrives that matches: none should.
 *
 * *Throws* `AssertionError` as soon as one has; it is taken from the mailbox. Source: `ExUnit.Assertions.refute_receive/3`.
 */
export function refuteReceive(pattern: Shape, options?: AssertReceiveOptions | number): Op<void> {
  const { actor, timeout, message } = read("refuteReceive", options, timeouts.refuteReceiveTimeout);
  return refuted(pattern, actor, timeout, message, new Site(refuteReceive));
}

/**
 * Looks whether a message has arrived that matches: none should.
 *
 * *Throws* `AssertionError` when one has; it is taken from the mailbox. Source: `ExUnit.Assertions.refute_received/2`.
 */
export function refuteReceived(pattern: Shape, options?: Omit<AssertReceiveOptions, "timeout">): Op<void> {
  const { actor, message } = read("refuteReceived", options, 0);
  return refuted(pattern, actor, 0, message, new Site(refuteReceived));
}

interface Reading {
  readonly actor: Actor;
  readonly timeout: number;
  readonly message: string | undefined;
}

function read(what: string, options: AssertReceiveOptions | number | undefined, usual: number): Reading {
  const keys = usual === 0 && what.endsWith("d") ? ["message", "as"] : ["timeout", "message", "as"];
  const given = checkOptions(typeof options === "number" ? { timeout: options } : options, keys, what);
  const { timeout = usual, message } = given as AssertReceiveOptions;
  if (message !== undefined && typeof message !== "string") throw wrong(what, "a string as message", message);
  return { actor: actingOf(given, what), timeout: checkTimeout(timeout, what), message };
}

/** What a receive comes to when no message has matched. */
const NONE: unique symbol = Symbol("no message");

function asserted<Q>(
  pattern: Q,
  actor: Actor,
  timeout: number,
  message: string | undefined,
  site: Site,
): Op<Received<Q>> {
  const seek = seeker(pattern, actor, timeout);
  return ownOperation(function* () {
    const received = yield seek();
    if (received !== NONE) return received as Received<Q>;
    throw site.blame(missing(pattern, messagesOf(actor), timeout, message));
  });
}

function refuted(pattern: unknown, actor: Actor, timeout: number, message: string | undefined, site: Site): Op<void> {
  const wanted = isClause(pattern) || isTable(pattern) ? (each: unknown) => takes(pattern, each) : pattern;
  const seek = seeker(wanted, actor, timeout);
  return ownOperation(function* () {
    const received = yield seek();
    if (received === NONE) return;
    const shown = patternText(pattern);
    throw site.blame(
      new AssertionError(
        message ?? `Unexpectedly received message ${inspect(received)} (which matched ${shown})`,
        shown,
        messagesOf(actor).map(inspect),
      ),
    );
  });
}

/** The receive, to be made when it begins. */
function seeker(pattern: unknown, actor: Actor, timeout: number): () => Op<unknown> {
  const self = actor as Parameters<typeof runtimeOf>[0] & { receive: (...given: unknown[]) => Op<unknown> };
  const none = () => NONE;
  if (isClause(pattern)) {
    if (pattern.after !== undefined) throw wrong("assertReceive", "a pattern; the timeout is an option", "after()");
    return () => self.receive(pattern, after(timeout, none));
  }
  // biome-ignore lint/suspicious/noThenProperty: receive's word
  if (isTable(pattern)) return () => self.receive(pattern, { after: timeout, then: none });
  // Read here, once.
  const clause = on(pattern as Shape, none);
  return () => take(actor, (each) => clause.matches(each), timeout, undefined, NONE);
}

/** The messages that wait in the mailbox of who acts. */
function messagesOf(actor: Actor): readonly unknown[] {
  return runtimeOf(actor).processInfo(pidOf(actor), "messages") ?? [];
}

/** Whether a pattern, a clause or a tag table takes a message. */
export function takes(pattern: unknown, message: unknown): boolean {
  if (isClause(pattern)) return pattern.matches(message);
  if (!isTable(pattern)) return matches(pattern, message);
  const { type } = (typeof message === "object" && message !== null ? message : {}) as { type?: unknown };
  const tag = typeof message === "string" ? message : Array.isArray(message) ? message[0] : type;
  return Object.hasOwn(pattern, "_") || (typeof tag === "string" && Object.hasOwn(pattern, tag));
}

/** Messages that an error shows: the youngest. */
const SHOWN = 10;

function missing(pattern: unknown, mailbox: readonly unknown[], timeout: number, message?: string): AssertionError {
  const shown = patternText(pattern);
  const texts = mailbox.map((each) => inspect(each));
  if (message !== undefined) return new AssertionError(message, shown, texts);
  const late = mailbox.some((each) => takes(pattern, each));
  if (late) {
    return new AssertionError(
      `Found message matching ${shown} after ${timeout}ms.\n` +
        "It was delivered too close to the timeout: give the assertion a longer one, or all of them by configureTesting({ assertReceiveTimeout: … }).",
      shown,
      texts,
    );
  }
  const lines = [`Assertion failed, no matching message after ${timeout}ms`, `  pattern: ${shown}`];
  lines.push(...mailboxLines(pattern, mailbox));
  return new AssertionError(lines.join("\n"), shown, texts);
}

/** A mailbox as lines of an error, each message with where it parts from the pattern. */
export function mailboxLines(pattern: unknown, mailbox: readonly unknown[]): string[] {
  const count = mailbox.length;
  if (count === 0) return ["The process mailbox is empty."];
  const shown = mailbox.slice(-SHOWN);
  const lines = [`Showing ${shown.length} of ${count} ${count === 1 ? "message" : "messages"} in the mailbox`];
  for (const each of shown) {
    const where = difference(pattern, each);
    lines.push(`  value: ${inspect(each)}${where === undefined ? "" : `  (${where})`}`);
  }
  return lines;
}
