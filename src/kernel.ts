/**
 * The kernel: processes, messages, links, monitors, names and timers.
 *
 * The free functions act for the process whose code runs; outside of any, for the main process of the default runtime. After an
 * `await`, an async body uses its `self` instead: the host does not tell whose code goes on.
 *
 * @module
 */

import { active } from "./active.ts";
import { createRuntime } from "./runtime.ts";
import type { Runtime, RuntimeFunctions, RuntimeOptions, Self } from "./types.ts";

let made: Runtime | undefined;

/** The runtime of the free functions, made on first use: with `options`, if this is it. */
export function defaultRuntime(options?: RuntimeOptions): Runtime {
  made ??= createRuntime(options);
  return made;
}

// biome-ignore lint/suspicious/noExplicitAny: RuntimeFunctions types each of them
type Any = any;

const here = (): Any => active ?? made ?? defaultRuntime();

/**
 * A function of whatever runtime is meant when it is called. All that are made so share one place in the code, where the engine
 * can foresee nothing, and take 15 ns longer: what programs call often is written out below.
 */
function free<K extends keyof RuntimeFunctions>(name: K): RuntimeFunctions[K] {
  return ((...args: Any) => here()[name](...args)) as Any;
}

// Their docs stand in types.ts: editors show those of the signature that a call picks, unless the constant has some of its own.

export const spawn: RuntimeFunctions["spawn"] = (...args: Any) => here().spawn(...args);
export const spawnLink: RuntimeFunctions["spawnLink"] = free("spawnLink");
export const spawnMonitor: RuntimeFunctions["spawnMonitor"] = free("spawnMonitor");
export const spawnOpt: RuntimeFunctions["spawnOpt"] = free("spawnOpt");
export const send: RuntimeFunctions["send"] = (to: Any, message: Any) => here().send(to, message);
/** The `self` of the process whose slice runs; undefined in the host's code, which is also what an async body is after an `await`. */
export const current = (): Self<Any> | undefined => active?.current as Self | undefined;
export const self: RuntimeFunctions["self"] = () => here().self();
export const receive: RuntimeFunctions["receive"] = (...args: Any) => here().receive(...args);
export const receiveAll: RuntimeFunctions["receiveAll"] = free("receiveAll");
export const sleep: RuntimeFunctions["sleep"] = free("sleep");
export const until: RuntimeFunctions["until"] = free("until");
export const link: RuntimeFunctions["link"] = (pid: Any) => here().link(pid);
export const unlink: RuntimeFunctions["unlink"] = free("unlink");
export const monitor: RuntimeFunctions["monitor"] = (target: Any, options: Any) => here().monitor(target, options);
export const demonitor: RuntimeFunctions["demonitor"] = (ref: Any, options: Any) => here().demonitor(ref, options);
export const alias: RuntimeFunctions["alias"] = (options: Any) => here().alias(options);
export const unalias: RuntimeFunctions["unalias"] = free("unalias");
export const exit: RuntimeFunctions["exit"] = free("exit");
export const put: RuntimeFunctions["put"] = free("put");
export const get: RuntimeFunctions["get"] = free("get");
export const erase: RuntimeFunctions["erase"] = free("erase");
export const processFlag: RuntimeFunctions["processFlag"] = free("processFlag");
export const isAlive: RuntimeFunctions["isAlive"] = (pid: Any) => here().isAlive(pid);
export const processInfo: RuntimeFunctions["processInfo"] = free("processInfo");
export const processes: RuntimeFunctions["processes"] = free("processes");
export const register: RuntimeFunctions["register"] = (pid: Any, name: Any) => here().register(pid, name);
export const unregister: RuntimeFunctions["unregister"] = (name: Any) => here().unregister(name);
export const whereis: RuntimeFunctions["whereis"] = (name: Any) => here().whereis(name);
export const registered: RuntimeFunctions["registered"] = free("registered");
export const sendAfter: RuntimeFunctions["sendAfter"] = (to: Any, message: Any, ms: Any) =>
  here().sendAfter(to, message, ms);
export const startTimer: RuntimeFunctions["startTimer"] = free("startTimer");
export const cancelTimer: RuntimeFunctions["cancelTimer"] = (timer: Any) => here().cancelTimer(timer);
export const readTimer: RuntimeFunctions["readTimer"] = free("readTimer");
export const run: RuntimeFunctions["run"] = free("run");

export { loop } from "./body.ts";
export { init } from "./core.ts";
export { ExitError, ForeignError, NameError, NoProcessError, SystemLimitError, UsageError } from "./errors.ts";
export { inspect } from "./inspect.ts";
export { after, type Clause, type Matched, matches, on, P, type Pattern, type Shape } from "./pattern.ts";
export { Ref } from "./ref.ts";
export {
  consoleLogger,
  exitText,
  formatException,
  formatExit,
  formatReport,
  type Report,
  shellExitText,
  userFrames,
} from "./report.ts";
export { createRuntime } from "./runtime.ts";
export type * from "./types.ts";
