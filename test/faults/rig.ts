import { expect } from "vitest";
import type { Core } from "../../src/core.ts";
import { createRuntime, type Report, type Runtime, type RuntimeOptions, type Self } from "../../src/index.ts";
import { coreOf } from "../inside.ts";

/** The self of a process that takes every kind of message. */
// biome-ignore lint/suspicious/noExplicitAny: that is what it means
export type Loose = Self<any>;

/** What a runtime has besides its public functions: tests look, programs don't. */
interface Inside {
  readonly values: readonly unknown[];
  readonly table: readonly unknown[];
  check(): number;
}

/** A runtime that is run by hand, with a clock that stands still until it is moved, and what came of it. */
export interface Rig {
  readonly runtime: Runtime;
  readonly core: Core;
  readonly reports: Report[];
  /** The reasons of the main process's ends. */
  readonly mainExits: unknown[];
  /** Lets time pass, and runs what that sets going. */
  advance(ms: number): void;
  /** Runs until nothing moves, with the promises that async bodies wait for. */
  settle(): Promise<void>;
  /** Nothing is broken, and the main process is the only one left, with nothing of anybody else's. */
  expectEmpty(): void;
}

export function rig(options: RuntimeOptions = {}): Rig {
  let now = 0;
  const reports: Report[] = [];
  const mainExits: unknown[] = [];
  const runtime = createRuntime({
    clock: () => now,
    logger: (report) => reports.push(report),
    onMainExit: (error) => mainExits.push(error.reason),
    ...options,
  });
  const core = coreOf(runtime);
  const { values, table } = inside(runtime);
  const advance = (ms: number) => {
    now += ms;
    runtime.run();
  };
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      runtime.run();
      for (let tick = 0; tick < 10; tick++) await undefined;
    }
  };
  const expectEmpty = () => {
    runtime.run();
    expectIntact(runtime);
    expect(core.processes()).toBe(1);
    expect(runtime.processes()).toEqual([runtime.self()]);
    expect(runtime.registered()).toEqual([]);
    expect(core.edgesInUse()).toBe(0);
    expect(core.timersInUse()).toBe(0);
    expect(core.segmentsInUse()).toBe(0);
    expect(values.every((value) => value === undefined)).toBe(true);
    expect(table.filter((process) => process !== undefined)).toHaveLength(1);
  };
  return { runtime, core, reports, mainExits, advance, settle, expectEmpty };
}

export function inside(runtime: Runtime): Inside {
  return runtime as unknown as Inside;
}

/** All invariants of the core hold. */
export function expectIntact(runtime: Runtime): void {
  expect(inside(runtime).check()).toBe(0);
}

/** What a call must leave as it was when it refuses its arguments. */
export function holdings(runtime: Runtime): object {
  const core = coreOf(runtime);
  return {
    broken: core.check(),
    processes: core.processes(),
    names: runtime.registered(),
    edges: core.edgesInUse(),
    timers: core.timersInUse(),
    segments: core.segmentsInUse(),
    messages: runtime.processes().map((pid) => runtime.processInfo(pid, "messageQueueLen")),
    flags: runtime
      .processes()
      .map((pid) => [runtime.processInfo(pid, "trapExit"), runtime.processInfo(pid, "priority")]),
    dictionary: runtime.processInfo(runtime.self(), "dictionary")?.size,
  };
}

/** The error that `call` throws. */
export function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  throw new Error("expected it to throw");
}

/** The error that a promise is rejected with. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  throw new Error("expected it to reject");
}
