import { ExitError, on, P, type Pid, type RuntimeOptions, type Self } from "../../src/index.ts";
import { type OwnRuntime, ownRuntime, settle } from "../semantics/support/own-runtime.ts";

export type AnySelf = Self<any>;

type Steps<T> = Generator<unknown, T, unknown>;

/** A runtime, and processes in it that do what a test says. */
export interface Acting extends OwnRuntime {
  /** Runs `body` as a process to its end; time passes when it waits for nothing else. What it returned; throws what it threw. */
  act<T>(body: (self: AnySelf) => Steps<T>): T;
  /** The same for an async body, and for one that waits for promises. */
  actAsync<T>(body: (self: AnySelf) => Steps<T> | Promise<T>): Promise<T>;
}

/** ms that a body may take, by the clock that the test moves. */
const LONG = 20_000;
const STEP = 5;

interface Outcome {
  value?: unknown;
  error?: unknown;
}

export function acting(options?: RuntimeOptions): Acting {
  const own = ownRuntime(options);
  const { runtime, pass } = own;

  function start(body: (self: AnySelf) => unknown): { readonly outcomes: Outcome[]; readonly pid: Pid } {
    const outcomes: Outcome[] = [];
    const isAsync = Object.prototype.toString.call(body) === "[object AsyncFunction]";
    const pid = isAsync
      ? runtime.spawn(async (self: AnySelf) => {
          try {
            outcomes.push({ value: await body(self) });
          } catch (error) {
            outcomes.push({ error });
          }
        })
      : runtime.spawn(function* (self: AnySelf): Steps<void> {
          try {
            outcomes.push({ value: yield* body(self) as Steps<unknown> });
          } catch (error) {
            outcomes.push({ error });
          }
        });
    return { outcomes, pid };
  }

  function resultOf([outcome]: readonly Outcome[], pid: Pid): never {
    if (outcome === undefined)
      throw new Error(runtime.isAlive(pid) ? "the body waits for something that does not come" : "the body was ended");
    if ("error" in outcome) throw outcome.error;
    return outcome.value as never;
  }

  return {
    ...own,
    act(body) {
      const { outcomes, pid } = start(body);
      runtime.run();
      for (let ms = 0; ms < LONG && outcomes.length === 0 && runtime.isAlive(pid); ms += STEP) pass(STEP);
      return resultOf(outcomes, pid);
    },
    async actAsync(body) {
      const { outcomes, pid } = start(body);
      await settle(runtime);
      for (let ms = 0; ms < LONG && outcomes.length === 0 && runtime.isAlive(pid); ms += 100) {
        pass(100);
        await settle(runtime);
      }
      return resultOf(outcomes, pid);
    },
  };
}

/** What is in a mailbox. */
export function mailbox(self: AnySelf): readonly unknown[] {
  return self.runtime.processInfo(self.pid, "messages") as readonly unknown[];
}

/** Whom a process is linked to, as what they print: to compare pids is to compare all that they reach. */
export function links(self: AnySelf): readonly string[] {
  const pids = self.runtime.processInfo(self.pid, "links") as readonly Pid[];
  return pids.map(String).sort();
}

/** The reason of a process's end. */
export function* ended(self: AnySelf, pid: unknown): Steps<unknown> {
  const ref = self.monitor(pid as Pid);
  return yield* self.receive(on(["DOWN", ref, P._, P._, P._], (message) => message[4]));
}

/** The `ExitError` that `steps` throws; anything else fails. */
export function* exitOf(steps: () => Iterable<unknown>): Steps<ExitError> {
  try {
    yield* steps() as Steps<unknown>;
  } catch (error) {
    if (error instanceof ExitError) return error;
    throw error;
  }
  throw new Error("expected an exit");
}
