import {
  NO_PROCESS,
  OVERFLOW_DROP_NEWEST,
  OVERFLOW_DROP_OLDEST,
  OVERFLOW_EXIT,
  PRIORITY_NORMAL,
  PROCESS_GENERATION,
} from "../assembly/layout.ts";
import { ASYNC, ModuleBody, START } from "./body.ts";
import { ExitError, SystemLimitError } from "./errors.ts";
import { expectBoolean, expectOptions } from "./expect.ts";
import { inspect } from "./inspect.ts";
import { ProcessId } from "./pid.ts";
import { Process } from "./process.ts";
import type { Ref } from "./ref.ts";
import type { SpawnOptions } from "./types.ts";
import type { World } from "./world.ts";

const OVERFLOWS: Record<string, number> = {
  exit: OVERFLOW_EXIT,
  dropNewest: OVERFLOW_DROP_NEWEST,
  dropOldest: OVERFLOW_DROP_OLDEST,
};

/** Longest bound of a mailbox. */
const HIGHEST_BOUND = 2 ** 30;

/** Makes processes. */
export class Spawner {
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** A process that is RUNNABLE; the main process is not run by the scheduler. */
  create(kind: number, body: unknown, args: unknown[] | undefined, priority: number = PRIORITY_NORMAL): Process {
    const { world } = this;
    const { core } = world;
    const slot = core.spawn(priority, kind === ASYNC ? 1 : 0);
    if (slot === NO_PROCESS) {
      const limit = world.maxProcesses - 1;
      throw new SystemLimitError("too many processes", limit, "createRuntime({ maxProcesses }) raises it.");
    }
    const process = new Process(world, new ProcessId(world as never, slot, core.read(slot, PROCESS_GENERATION)), kind, body, args);
    world.table[slot] = process;
    const site = world.development ? world.note() : true;
    if (site instanceof Error) process.site = site;
    return process;
  }

  private start(body: unknown, args: unknown[] | undefined, priority?: number): Process {
    const { scheduler } = this.world;
    this.world.checkRunning();
    const process = this.create(START, body, args, priority);
    if (scheduler.isIdle) scheduler.arm();
    return process;
  }

  private startArguments(given: unknown[]): Process {
    const [first] = given;
    if (typeof first === "function") return this.start(first, given.length === 1 ? undefined : given.slice(1));
    const [body, ...args] = moduleBody(given);
    return this.start(body, args);
  }

  spawn(given: unknown[]): ProcessId {
    return this.startArguments(given).pid;
  }

  spawnLink(parent: Process, given: unknown[]): ProcessId {
    const child = this.startArguments(given);
    this.world.signals.connect(parent.slot, child.slot, 1);
    return child.pid;
  }

  spawnMonitor(parent: Process, given: unknown[]): [ProcessId, Ref] {
    const child = this.startArguments(given);
    return [child.pid, this.world.signals.monitor(parent, child.pid)];
  }

  /** Everything is checked before anything is made. */
  spawnOpt(parent: Process, given: unknown[]): ProcessId | [ProcessId, Ref] {
    const { world } = this;
    const isModule = typeof given[0] !== "function";
    const body = isModule ? moduleBody(given)[0] : given[0];
    const options = (isModule ? given[2] : given[1]) as SpawnOptions;
    expectOptions(options, "spawnOpt");
    const { args, link, monitor, name, priority, mailbox } = options;
    if (args !== undefined && !Array.isArray(args)) throw new TypeError(`spawnOpt: expected an array as args, got ${inspect(args)}`);
    expectBoolean(link, "spawnOpt", "link");
    expectBoolean(monitor, "spawnOpt", "monitor");
    const level = priority === undefined ? undefined : world.checkPriority(priority);
    const bound = mailbox === undefined ? undefined : checkMailbox(mailbox);
    if (name !== undefined) world.names.check(name);

    const child = this.start(body, args as unknown[] | undefined, level);
    if (bound !== undefined) world.core.bound(child.slot, bound.limit, bound.overflow);
    if (name !== undefined) world.names.register(child.pid, name);
    if (link) world.signals.connect(parent.slot, child.slot, 1);
    return monitor ? [child.pid, world.signals.monitor(parent, child.pid)] : child.pid;
  }

  /** Spawns `body` and promises what it returns. */
  run(given: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const process = this.startArguments(given);
      process.result = { resolve, reject: (error: ExitError) => reject(error) };
    });
  }
}

function moduleBody(given: unknown[]): [ModuleBody, ...unknown[]] {
  const [url, name, ...args] = given;
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new TypeError(`expected a body (a function), or the URL of a module and the name of an export, got ${inspect(url)}`);
  }
  if (typeof name !== "string") throw new TypeError(`expected the name of an export of ${url}, got ${inspect(name)}`);
  return [new ModuleBody(url, name), ...args];
}

function checkMailbox(mailbox: unknown): { limit: number; overflow: number } {
  const { limit, overflow = "exit" } = (mailbox ?? {}) as { limit?: unknown; overflow?: unknown };
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > HIGHEST_BOUND) {
    throw new RangeError(`mailbox: expected 1 to ${HIGHEST_BOUND} as limit, got ${inspect(limit)}`);
  }
  if (typeof overflow !== "string" || !Object.hasOwn(OVERFLOWS, overflow)) {
    throw new TypeError(`mailbox: expected "exit", "dropNewest" or "dropOldest" as overflow, got ${inspect(overflow)}`);
  }
  return { limit: limit as number, overflow: OVERFLOWS[overflow] as number };
}
