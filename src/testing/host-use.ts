import { current } from "../kernel.ts";

/** A use of the host by a simulated process that no seed brings back. */
export interface HostUse {
  /** `Date.now()`, `setTimeout()`, `Math.random()` and the like. */
  readonly what: string;
  /** The stack frame of the program that used it, or an empty string. */
  readonly where: string;
}

/** So many places are told of for each function: looking for a place takes some µs. */
const PLACES = 3;

type Listener = (use: HostUse) => void;

/** What a run's processes must not use, and what they have instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  "new Date()": "self.runtime.now() is the time of the simulation",
  "Date.now()": "self.runtime.now() is the time of the simulation",
  "performance.now()": "self.runtime.now() is the time of the simulation",
  "setTimeout()": "sendAfter(pid, message, ms) keeps the time of the simulation",
  "setInterval()": "sendAfter(pid, message, ms) keeps the time of the simulation",
  "setImmediate()": "sendAfter(pid, message, 0) keeps the time of the simulation",
  "Math.random()": "each run gets other numbers, whatever its seed",
  "crypto.randomUUID()": "each run gets other ones, whatever its seed",
  "crypto.getRandomValues()": "each run gets other numbers, whatever its seed",
};

/** The warning's text. */
export function hostUseText({ what, where }: HostUse): string {
  return `a simulated process used the host's ${what}: ${INSTEAD[what]}${where === "" ? "" : `\n    ${where}`}`;
}

/** Listeners by runtime: whose processes are watched. */
const listeners = new WeakMap<object, Listener>();
let watching = 0;
let restore: (() => void)[] = [];

/** Tells `listener` when a process of `runtime` uses the host. */
export function listenForHostUse(runtime: object, listener: Listener): void {
  listeners.set(runtime, listener);
}

/**
 * While simulations run, the host's clocks, timers and random numbers say when a simulated process uses them. They work as ever, for everybody.
 * Ends with `unwatchHost`.
 */
export function watchHost(): void {
  if (watching++ > 0) return;
  const { Date: HostDate, Math: math, performance, crypto } = globalThis;
  const global = globalThis as unknown as Record<string, unknown>;
  patch(math, "random", "Math.random()");
  patch(performance, "now", "performance.now()");
  if (crypto !== undefined) {
    patch(crypto, "randomUUID", "crypto.randomUUID()");
    patch(crypto, "getRandomValues", "crypto.getRandomValues()");
  }
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    if (typeof global[name] === "function") patch(global, name, `${name}()`);
  }
  patch(HostDate, "now", "Date.now()");
  globalThis.Date = new Proxy(HostDate, {
    construct(target, args, newTarget) {
      if (args.length === 0) used("new Date()");
      return Reflect.construct(target, args, newTarget === globalThis.Date ? target : newTarget) as Date;
    },
  });
  restore.push(() => {
    globalThis.Date = HostDate;
  });
}

export function unwatchHost(): void {
  if (--watching > 0) return;
  for (const undo of restore) undo();
  restore = [];
}

function patch(owner: object, name: string, what: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  const original = (owner as Record<string, unknown>)[name];
  if (typeof original !== "function") return;
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    used(what);
    return Reflect.apply(original, this, args);
  };
  // What the function carries, as Node's setTimeout does, stays.
  Object.setPrototypeOf(watched, original);
  try {
    Object.defineProperty(owner, name, { value: watched, writable: true, enumerable: true, configurable: true });
  } catch {
    // A host that does not let it be watched.
    return;
  }
  restore.push(() => {
    if (descriptor === undefined) delete (owner as Record<string, unknown>)[name];
    else Object.defineProperty(owner, name, descriptor);
  });
}

const places = new Map<string, number>();

/** A search begins: it is told of everything anew. */
export function forgetPlaces(): void {
  places.clear();
}

function used(what: string): void {
  const runtime = current()?.runtime;
  const listener = runtime === undefined ? undefined : listeners.get(runtime);
  if (listener === undefined) return;
  const told = places.get(what) ?? 0;
  if (told >= PLACES) return;
  const where = userOf(new Error("used").stack ?? "");
  if (where === undefined) return;
  places.set(what, told + 1);
  // Telling may itself look at the clock.
  listeners.delete(runtime as object);
  try {
    listener({ what, where });
  } finally {
    listeners.set(runtime as object, listener);
  }
}

/** Frames of the package itself: its reports have the time of the host. */
const OWN: string = new URL(/\/testing\/[^/]*$/.test(import.meta.url) ? "../" : "./", import.meta.url).pathname;

/** The frame that used it; undefined when that is one of ours. */
function userOf(stack: string): string | undefined {
  const frames = stack.split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
  const user = frames.find((line) => !line.includes("host-use") && !line.includes("testing.js"));
  if (user === undefined) return "";
  return user.includes(OWN) ? undefined : user.trim();
}
