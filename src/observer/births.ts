import { userFrames } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { named, type Process } from "./people.ts";
import type { Named, ProcessDetail } from "./protocol.ts";
import { runtimePrototype } from "./prototype.ts";

/** Frames that are kept of a stack, the kernel's among them. */
const FRAMES = 16;
/** While more processes than this live, no stack is kept of those that are spawned: they weigh 600 bytes each, or more. */
const MOST = 100_000;

/**
 * Where a process was spawned, and in whose slice. It lies with the process, which lets go of it when it ends: so it is nobody else's, and holds nothing
 * for longer. The stack stays as the host has it, which is half of the work of writing it down, until somebody asks.
 */
class Birth extends Error {
  /** Not the process, which would hold where that was spawned, and so on. */
  readonly parent: Named | undefined;
  readonly time: number = performance.now();
  /** The process itself, as its children name it. */
  self: Named | undefined;

  constructor(parent: Named | undefined) {
    super("spawned");
    this.parent = parent;
    this.self = undefined;
  }
}

/** Notes who spawns a process, and the stack of whoever calls. */
export function birth(machine: Machine, by: Process | undefined): Error {
  const { stackTraceLimit } = Error as { readonly stackTraceLimit?: number };
  // Programs may freeze what is the host's.
  Reflect.set(Error, "stackTraceLimit", FRAMES);
  const born = new Birth(by && nameOf(machine, by));
  Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  return born;
}

/** Most who spawn spawn several. */
function nameOf(machine: Machine, process: Process): Named {
  const { site } = process;
  if (!(site instanceof Birth)) return named(machine, process);
  site.self ??= named(machine, process);
  return site.self;
}

const prototype = runtimePrototype();

/** Has all runtimes in development note where processes are spawned, from now on. */
export function noteBirths(): void {
  Object.defineProperty(prototype, "spawned", { value: inDevelopment, writable: true, configurable: true });
}

/** Has one runtime note it or not, whatever it is in; undefined: as all do. */
export function noteBirthsOf(machine: Machine, on: boolean | undefined): void {
  if (on === undefined && !Object.hasOwn(machine, "spawned")) return;
  // Not deleted: objects from which something was deleted are slower.
  machine.spawned = on === undefined ? inDevelopment : on ? always : never;
}

function always(this: Machine, _: Process, by: Process | undefined): Error | undefined {
  const { core } = this;
  return core.processes() > MOST ? undefined : birth(this, by);
}

function inDevelopment(this: Machine, process: Process, by: Process | undefined): Error | undefined {
  return this.development ? always.call(this, process, by) : undefined;
}

const never = (): undefined => undefined;

/** The stack as people read it; undefined when no line of the program is in it. */
function framesOf(site: Error): readonly string[] | undefined {
  const frames = userFrames(site);
  const [, file = ""] = /([^\s()]+?):\d+:\d+\)?$/.exec(userFrames(new Error("here"))[0] ?? "") ?? [];
  // Where there are others, the package's own frames are left out, this file's first of all.
  if (!(site instanceof Birth) || file === "" || frames[0]?.includes(file) !== true) return frames;
  // In a program that is bundled into one file nobody can tell.
  return frames.every((frame) => frame.includes(file)) ? frames : undefined;
}

type Spawned = Pick<ProcessDetail, "age" | "spawnedAt" | "spawnedBy" | "spawnUnknown">;

/** Where and when a process was spawned, and by whom; or why that is not known. */
export function spawnedOf(machine: Machine, process: Process): Spawned {
  const { site } = process;
  if (site !== undefined) {
    const by = site instanceof Birth ? site.parent : undefined;
    const frames = framesOf(site);
    return {
      ...(site instanceof Birth && { age: performance.now() - site.time }),
      ...(by !== undefined && { spawnedBy: by }),
      ...(frames !== undefined ? { spawnedAt: frames } : { spawnUnknown: by === undefined ? "awaited" : "inside" }),
    };
  }
  const { core, spawned } = machine;
  if (process === machine.main) return { spawnUnknown: "main" };
  if (spawned === never) return { spawnUnknown: "off" };
  if (spawned !== always && !machine.development) return { spawnUnknown: "production" };
  return { spawnUnknown: core.slots() > MOST ? "crowd" : "early" };
}
