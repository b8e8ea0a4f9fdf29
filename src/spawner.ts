import {
  NO_PROCESS,
  OVERFLOW_DROP_NEWEST,
  OVERFLOW_DROP_OLDEST,
  OVERFLOW_EXIT,
  PRIORITY_NORMAL,
  STATE_GENERATION,
} from "../assembly/layout.ts";
import { Arguments, ASYNC, LOADING, type Loader, loader, START } from "./body.ts";
import { type ExitError, SystemLimitError } from "./errors.ts";
import { expectBoolean, expectNumber, expectOptions, wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import type { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
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

  /** The host as a process: no limit keeps it out, and the scheduler does not begin it. */
  createMain(): Process {
    return this.create(PRIORITY_NORMAL, ASYNC, undefined, undefined);
  }

  private create(priority: number, kind: number, body: unknown, args: unknown): Process {
    const { world } = this;
    const { core } = world;
    const slot = core.spawn(priority, kind === ASYNC ? 1 : 0);
    if (slot === NO_PROCESS) {
      throw new SystemLimitError(
        "too many processes",
        world.maxProcesses - 1,
        "createRuntime({ maxProcesses }) raises it.",
      );
    }
    const process = new world.Process(slot, world.memory()[STATE_GENERATION >> 2] as number, kind, body, args);
    world.table[slot] = process;
    return process;
  }

  /** A process that is RUNNABLE. */
  private start(kind: number, body: unknown, args: unknown, priority: number = PRIORITY_NORMAL): Process {
    const { world } = this;
    world.checkRunning();
    const process = this.create(priority, kind, body, args);
    const site = world.spawned?.(process, world.current) ?? world.reporter.note();
    if (site instanceof Error) process.own.site = site;
    if (world.isIdle) world.scheduler.arm();
    return process;
  }

  spawn(given: unknown[]): Process {
    if (typeof given[0] === "function") return this.start(START, given[0], packed(given));
    return this.start(LOADING, moduleBody(given), packed(given.slice(1)));
  }

  spawnLink(parent: Process, given: unknown[]): ProcessId {
    const child = this.spawn(given);
    this.world.signals.connect(parent.slot, child.slot, 1);
    return child;
  }

  spawnMonitor(parent: Process, given: unknown[]): [ProcessId, Ref] {
    const child = this.spawn(given);
    return [child, this.world.signals.monitor(parent, child)];
  }

  /** Everything is checked before anything is made. */
  spawnOpt(parent: Process, given: unknown[]): ProcessId | [ProcessId, Ref] {
    const { world } = this;
    const isModule = typeof given[0] !== "function";
    const body = isModule ? moduleBody(given) : given[0];
    const options = (isModule ? given[2] : given[1]) as SpawnOptions;
    expectOptions(options, "spawnOpt");
    const { args, link, monitor, name, priority, mailbox } = options;
    if (args !== undefined && !Array.isArray(args)) throw wrong("spawnOpt", "an array as args", args);
    expectBoolean(link, "spawnOpt", "link");
    expectBoolean(monitor, "spawnOpt", "monitor");
    const level = priority === undefined ? undefined : world.checkPriority(priority);
    const bound = mailbox === undefined ? undefined : checkMailbox(mailbox);
    if (name !== undefined) world.names.check(name);

    const child = this.start(isModule ? LOADING : START, body, packed([body, ...(args ?? [])]), level);
    if (bound !== undefined) world.core.bound(child.slot, bound.limit, bound.overflow);
    if (name !== undefined) world.names.register(child, name);
    if (link) world.signals.connect(parent.slot, child.slot, 1);
    return monitor ? [child, world.signals.monitor(parent, child)] : child;
  }

  /** Spawns `body` and promises what it returns. */
  run(given: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const process = this.spawn(given);
      process.own.result = { resolve, reject: (error: ExitError) => reject(error) };
    });
  }
}

/**
 * The arguments behind the body, as START keeps them: a single one as itself, unless it could be taken for none or many. A process
 * that waits for its first turn then has no array of its own.
 */
function packed(given: readonly unknown[]): unknown {
  const { length } = given;
  const first = given[1];
  if (length === 3 || length === 4) return new Arguments(first, given[2], length === 3 ? Arguments : given[3]);
  return length === 1 || (length === 2 && first !== undefined && !Array.isArray(first)) ? first : given.slice(1);
}

function moduleBody([url, name]: unknown[]): Loader {
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new TypeError(
      `expected a body (a function), or the URL of a module and the name of an export, got ${inspect(url)}`,
    );
  }
  if (typeof name !== "string") throw new TypeError(`expected the name of an export of ${url}, got ${inspect(name)}`);
  return loader(`${url}`, name);
}

function checkMailbox(mailbox: unknown): { limit: number; overflow: number } {
  const { limit, overflow = "exit" } = (mailbox ?? {}) as { limit?: unknown; overflow?: unknown };
  expectNumber(limit, HIGHEST_BOUND, "mailbox", "limit");
  if (typeof overflow !== "string" || !Object.hasOwn(OVERFLOWS, overflow)) {
    throw wrong("mailbox", "exit, dropNewest or dropOldest as overflow", overflow);
  }
  return { limit: limit as number, overflow: OVERFLOWS[overflow] as number };
}
