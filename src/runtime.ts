import { wrong } from "./expect.ts";
import { info } from "./info.ts";
import type { Ref } from "./ref.ts";
import type { Report } from "./report.ts";
import type {
  AliasMode,
  DemonitorOptions,
  MonitorOptions,
  Pid,
  ProcessFlags,
  ProcessInfo,
  Runtime,
  RuntimeOptions,
} from "./types.ts";
import { World } from "./world.ts";

// biome-ignore lint/suspicious/noExplicitAny: types.ts types every function; here they only pass their arguments on
type Arguments = any[];

/** The functions of a runtime: each acts for the process whose code runs, or for the main process. */
class PublicWorld extends World {
  private readonly endings: ((reason: unknown) => unknown)[] = [];

  self(): Pid<never> {
    return this.acting;
  }

  receive(...given: unknown[]): unknown {
    return this.acting.receive(...given);
  }

  receiveAll(cases: unknown, limit?: unknown): unknown {
    return this.acting.receiveAll(cases, limit);
  }

  spawn(...args: Arguments): Pid<never> {
    return this.spawner.spawn(args);
  }

  spawnLink(...args: Arguments): Pid<never> {
    return this.acting.spawnLink(...args);
  }

  spawnMonitor(...args: Arguments): [Pid<never>, Ref] {
    return this.acting.spawnMonitor(...args);
  }

  spawnOpt(...args: Arguments): Pid<never> | [Pid<never>, Ref] {
    return this.acting.spawnOpt(...args);
  }

  link(pid: Pid<never>): true {
    return this.acting.link(pid);
  }

  unlink(pid: Pid<never>): true {
    return this.acting.unlink(pid);
  }

  monitor(target: unknown, options?: MonitorOptions): Ref {
    return this.acting.monitor(target, options);
  }

  demonitor(ref: Ref, options?: DemonitorOptions): boolean {
    return this.acting.demonitor(ref, options);
  }

  alias(options?: { readonly mode?: AliasMode }): Ref {
    return this.acting.alias(options);
  }

  unalias(ref: Ref): boolean {
    return this.acting.unalias(ref);
  }

  exit(...args: [reason: unknown] | [pid: Pid<never>, reason: unknown]): true {
    return this.acting.exit(...args);
  }

  sleep(ms: number): unknown {
    return this.acting.sleep(ms);
  }

  until(promise: PromiseLike<unknown>): unknown {
    return this.acting.until(promise);
  }

  put(key: unknown, value: unknown): unknown {
    return this.acting.put(key, value);
  }

  get(key: unknown): unknown {
    return this.acting.get(key);
  }

  erase(key: unknown): unknown {
    return this.acting.erase(key);
  }

  processFlag<K extends keyof ProcessFlags>(flag: K, value: ProcessFlags[K]): ProcessFlags[K] {
    return this.acting.processFlag(flag, value);
  }

  isAlive(pid: unknown): boolean {
    const checked = this.checkPid(pid, "isAlive");
    if (checked !== this.current) this.transit?.takeIn();
    return !checked.isDead;
  }

  processInfo(pid: unknown, item?: keyof ProcessInfo): unknown {
    const checked = this.checkPid(pid, "processInfo");
    this.transit?.takeIn();
    return info(checked, item);
  }

  processes(): Pid<never>[] {
    return this.table.filter((process): process is never => process?.isDead === false);
  }

  register(pid: unknown, name: unknown): true {
    return this.names.register(pid, name);
  }

  unregister(name: unknown): true {
    return this.names.unregister(name);
  }

  whereis(name: unknown): Pid<never> | undefined {
    return this.names.whereis(name);
  }

  registered(): string[] {
    return this.names.list();
  }

  sendAfter(to: unknown, message: unknown, ms: unknown): Ref {
    return this.timers.sendAfter(to, message, ms);
  }

  startTimer(to: unknown, message: unknown, ms: unknown): Ref {
    return this.timers.startTimer(to, message, ms);
  }

  cancelTimer(timer: unknown): number | false {
    return this.timers.cancel(timer);
  }

  readTimer(timer: unknown): number | false {
    return this.timers.read(timer);
  }

  run(...args: Arguments): Promise<unknown> | undefined {
    if (args.length > 0) return this.spawner.run(args);
    this.scheduler.run();
    return undefined;
  }

  log(report: Report): void {
    this.reporter.log(report);
  }

  get logger(): (report: Report) => void {
    return this.reporter.logger;
  }

  set logger(logger: (report: Report) => void) {
    if (typeof logger !== "function") throw wrong("logger", "a function", logger);
    this.reporter.logger = logger;
  }

  onStop(task: (reason: unknown) => unknown): void {
    this.endings.push(task);
  }

  async stop(reason: unknown = "shutdown"): Promise<void> {
    for (const task of this.endings.splice(0).reverse()) await task(reason);
    // Called by a logger or onMainExit in the midst of a slice: that one ends first.
    if (this.scheduler.isRunning && this.current === undefined) await undefined;
    this.end(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** A world of processes of its own. */
export function createRuntime(options?: RuntimeOptions): Runtime {
  return new PublicWorld(options) as unknown as Runtime;
}
