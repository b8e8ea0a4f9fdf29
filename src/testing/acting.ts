import { inspect, type Pid, type Self } from "../kernel.ts";
import { type Acting, type Actor, actorOf, runtimeOf } from "../otp/operation.ts";

/** An argument is not what it should be. */
export function wrong(what: string, expected: string, got: unknown): TypeError {
  return new TypeError(`${what}: expected ${expected}, got ${inspect(got)}`);
}

/** Options, when they are some: `keys` are those that there are. */
export function checkOptions<T extends object>(options: T | undefined, keys: readonly string[], what: string): T {
  if (options === undefined) return {} as T;
  if (typeof options !== "object" || options === null) throw wrong(what, "options", options);
  for (const key of Object.keys(options)) {
    if (!keys.includes(key)) throw wrong(what, `${keys.join(", ")} as an option`, key);
  }
  return options;
}

/** Who acts: see `Acting`. */
export function actingOf(options: Acting, what: string): Actor {
  const { as } = options;
  if (as !== undefined && typeof (as as Self | null)?.receive !== "function")
    throw wrong(what, "a self or a runtime as the option as", as);
  return actorOf(options);
}

/** Whether it is the host that acts, by its main process. */
export function isHost(actor: Actor): boolean {
  return (actor as Self).pid === undefined;
}

/** What a process is at run time: one object is its pid and its self. It outlives the process. */
export function selfOf(pid: Pid<never>): Self {
  return pid as unknown as Self;
}

export function checkPid(pid: unknown, what: string): Pid<any> {
  const isPid = typeof pid === "object" && pid !== null && typeof selfOf(pid as Pid).runtime?.isAlive === "function";
  if (!isPid || (pid as { pid?: unknown }).pid !== pid) throw wrong(what, "a pid", pid);
  return pid as Pid<any>;
}

export { type Acting, type Actor, runtimeOf };
