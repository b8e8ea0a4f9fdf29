/**
 * Erlang processes for TypeScript.
 *
 * The free functions act for the process whose code runs; outside of any, for the main process of the default runtime. After an
 * `await`, an async body uses its `self` instead: the host does not tell whose code goes on.
 *
 * @module
 */

import { createRuntime } from "./runtime.ts";
import type { Runtime, RuntimeFunctions } from "./types.ts";
import { active } from "./world.ts";

let made: Runtime | undefined;

/** The runtime of the free functions, made on first use. */
export function defaultRuntime(): Runtime {
  made ??= createRuntime();
  return made;
}

const here = (): RuntimeFunctions => (active as unknown as Runtime | undefined) ?? made ?? defaultRuntime();

// biome-ignore lint/suspicious/noExplicitAny: RuntimeFunctions types each of them
type Any = any;

// Their docs stand in types.ts: editors show those of the signature that a call picks, unless the constant has some of its own.

export const spawn: RuntimeFunctions["spawn"] = (...args: Any) => (here() as Any).spawn(...args);
export const spawnLink: RuntimeFunctions["spawnLink"] = (...args: Any) => (here() as Any).spawnLink(...args);
export const spawnMonitor: RuntimeFunctions["spawnMonitor"] = (...args: Any) => (here() as Any).spawnMonitor(...args);
export const spawnOpt: RuntimeFunctions["spawnOpt"] = (...args: Any) => (here() as Any).spawnOpt(...args);
export const send: RuntimeFunctions["send"] = (to: Any, message: Any) => here().send(to, message);
export const self: RuntimeFunctions["self"] = () => here().self();
export const receive: RuntimeFunctions["receive"] = (...args: Any) => (here() as Any).receive(...args);
export const receiveAll: RuntimeFunctions["receiveAll"] = (...args: Any) => (here() as Any).receiveAll(...args);
export const sleep: RuntimeFunctions["sleep"] = (ms) => here().sleep(ms);
export const until: RuntimeFunctions["until"] = (promise) => here().until(promise);
export const link: RuntimeFunctions["link"] = (pid) => here().link(pid);
export const unlink: RuntimeFunctions["unlink"] = (pid) => here().unlink(pid);
export const monitor: RuntimeFunctions["monitor"] = (target, options) => here().monitor(target, options);
export const demonitor: RuntimeFunctions["demonitor"] = (ref, options) => here().demonitor(ref, options);
export const alias: RuntimeFunctions["alias"] = (options) => here().alias(options);
export const unalias: RuntimeFunctions["unalias"] = (ref) => here().unalias(ref);
export const exit: RuntimeFunctions["exit"] = ((...args: Any) => (here() as Any).exit(...args)) as Any;
export const put: RuntimeFunctions["put"] = (key, value) => here().put(key, value);
export const get: RuntimeFunctions["get"] = (key) => here().get(key);
export const erase: RuntimeFunctions["erase"] = (key) => here().erase(key);
export const processFlag: RuntimeFunctions["processFlag"] = (flag, value) => here().processFlag(flag, value);
export const isAlive: RuntimeFunctions["isAlive"] = (pid) => here().isAlive(pid);
export const processInfo: RuntimeFunctions["processInfo"] = (...args: Any) => (here() as Any).processInfo(...args);
export const processes: RuntimeFunctions["processes"] = () => here().processes();
export const register: RuntimeFunctions["register"] = (pid, name) => here().register(pid, name);
export const unregister: RuntimeFunctions["unregister"] = (name) => here().unregister(name);
export const whereis: RuntimeFunctions["whereis"] = (name) => here().whereis(name);
export const registered: RuntimeFunctions["registered"] = () => here().registered();
export const sendAfter: RuntimeFunctions["sendAfter"] = (to, message, ms) => here().sendAfter(to, message, ms);
export const startTimer: RuntimeFunctions["startTimer"] = (to, message, ms) => here().startTimer(to, message, ms);
export const cancelTimer: RuntimeFunctions["cancelTimer"] = (timer) => here().cancelTimer(timer);
export const readTimer: RuntimeFunctions["readTimer"] = (timer) => here().readTimer(timer);
export const run: RuntimeFunctions["run"] = (...args: Any) => (here() as Any).run(...args);

export { loop } from "./body.ts";
export { init } from "./core.ts";
export { ExitError, ForeignError, NameError, NoProcessError, SystemLimitError, UsageError } from "./errors.ts";
export { inspect } from "./inspect.ts";
export { after, type Clause, type Matched, matches, on, P, type Pattern, type Shape } from "./pattern.ts";
export { Ref } from "./ref.ts";
export { consoleLogger, exitText, formatExit, formatReport, type Report, shellExitText } from "./report.ts";
export { createRuntime } from "./runtime.ts";
export type * from "./types.ts";
