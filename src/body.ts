import { kindOf } from "./inspect.ts";
import type { Body, Self } from "./types.ts";

/** How a process is run: what its slice does depends on it. */
export const GENERATOR = 0;
/** Like a generator, but an object with a `next` of its own. Up to here, kinds wait with `yield*`. */
export const ENGINE = 1;
/** It has not run yet. */
export const START = 2;
export const LOOP = 3;
/** An async body, or the main process: it runs when the host says so, and only its receives wait in the core. */
export const ASYNC = 4;
/** It has not run yet, and its body is the function that loads it. */
export const LOADING = 5;
/** Dead: its generator is closed, its waits are over. `~kind` is that of a process which is dead and not closed yet. */
export const CLOSED: number = ~6;

const LOOP_BRAND: unique symbol = Symbol("beamlet.loop");

/** What `loop` makes: one function for any number of processes, each with a state of its own. */
export interface LoopBody<S = unknown, X = unknown> {
  readonly [LOOP_BRAND]: true;
  readonly initial: S;
  readonly step: (state: S, message: X, self: Self<X>) => S;
}

/**
 * A body that holds a state and takes messages one by one: `step` gets the state and the oldest message and returns the next
 * state. The fastest body, and the smallest: make it once and spawn it as often as you like. It ends by `exit(reason)` in `step`.
 *
 * @example
 * const counter = loop(0, (count, message: "inc" | "dec") => (message === "inc" ? count + 1 : count - 1));
 * const pid = spawn(counter);
 */
export function loop<S, X>(initial: S, step: (state: S, message: X, self: Self<X>) => S): Body<X, []>;
/** Without a state `step` need not return one. */
export function loop<X>(initial: undefined, step: (state: undefined, message: X, self: Self<X>) => void): Body<X, []>;
export function loop<S, X>(initial: S, step: (state: S, message: X, self: Self<X>) => S): Body<X, []> {
  const kind = kindOf(step);
  if (kind !== "Function")
    throw new TypeError(
      `loop: expected a function (state, message, self) => state that never waits as step, got ${kind}`,
    );
  const body = (): never => {
    throw new TypeError("a loop body is spawned, not called");
  };
  return Object.assign(body, { [LOOP_BRAND]: true as const, initial, step, displayName: step.name });
}

export function isLoop(body: unknown): body is LoopBody {
  return (body as LoopBody)[LOOP_BRAND] === true;
}

// All generators of this realm are its instances. Asking them for their tag takes ten times as long, and so does `instanceof` an arrow function.
function AnyGenerator(): void {}
AnyGenerator.prototype = Object.getPrototypeOf(function* () {}.prototype);

/** Resumes a generator. Each generator function gives its generators a shape of their own: asking them for `next` would be slow with many bodies. */
export const resume: (this: Iterator<unknown, unknown>) => IteratorResult<unknown> = AnyGenerator.prototype.next;

export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof (AnyGenerator as never)) return true;
  return !(value instanceof Promise) && kindOf(value) === "Generator";
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function";
}

/** An export of a module, as a process begins with it: fetched when its first slice comes, which costs it a host promise. */
export type Loader = () => Promise<unknown>;

export function loader(url: string, name: string): Loader {
  return async () => {
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    const body = module[name];
    if (typeof body !== "function") throw new TypeError(`${url} exports no function "${name}"`);
    return body;
  };
}

/** Two or three arguments of a process that has not begun. An array would weigh half as much again, and take 30 ns longer to make and to spread. */
export class Arguments {
  readonly first: unknown;
  readonly second: unknown;
  /** The class itself when there are two. */
  readonly third: unknown;

  constructor(first: unknown, second: unknown, third: unknown) {
    this.first = first;
    this.second = second;
    this.third = third;
  }
}
