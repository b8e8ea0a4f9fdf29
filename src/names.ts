import { NameError } from "./errors.ts";
import { wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import type { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** So many names that nobody has any more may be kept, and as many as somebody has. */
const SPARE = 64;

/** Registered names. A process has one at most; it is free again when the process exits. Source: `erlang:register/2`. */
export class Names {
  private readonly world: World;
  /** Under undefined: names that somebody had. A Map whose keys come and go makes itself anew all the time, for up to 400 ns each. */
  private readonly holders = new Map<string, Process | undefined>();
  /** How many names somebody has. */
  private taken = 0;

  constructor(world: World) {
    this.world = world;
  }

  get(name: string): Process | undefined {
    return this.holders.get(name);
  }

  /** Who has the name; throws when nobody does. */
  find(name: string): Process {
    const holder = this.holders.get(name);
    if (holder === undefined) {
      throw new NameError(name, `no process is registered as ${inspect(name)}.`);
    }
    return holder;
  }

  /** Throws unless the name can be given. */
  check(name: unknown): string {
    expectName(name, "register");
    if (name === "" || name === "undefined") throw new NameError(name, `${inspect(name)} can't be a name`);
    const holder = this.holders.get(name);
    if (holder !== undefined) throw new NameError(name, `the name ${inspect(name)} is taken by ${holder}`);
    return name;
  }

  register(given: unknown, name: unknown): true {
    const process = this.world.checkPid(given, "register");
    const checked = this.check(name);
    const problem = process.isDead
      ? "it is not alive"
      : process.name !== undefined && `it is ${inspect(process.name)} already`;
    if (problem) throw new NameError(checked, `${process} can't be registered as ${inspect(name)}: ${problem}`);
    process.own.name = checked;
    this.holders.set(checked, process);
    this.taken++;
    return true;
  }

  unregister(name: unknown): true {
    expectName(name, "unregister");
    this.release(this.find(name));
    return true;
  }

  release(process: Process): void {
    if (process.name === undefined) return;
    const { holders } = this;
    holders.set(process.name, undefined);
    process.own.name = undefined;
    if (holders.size <= 2 * --this.taken + SPARE) return;
    for (const [name, holder] of holders) if (holder === undefined) holders.delete(name);
  }

  whereis(name: unknown): ProcessId | undefined {
    const holder = this.holders.get(name as string);
    if (holder === undefined) expectName(name, "whereis");
    return holder;
  }

  list(): string[] {
    return [...this.holders.keys()].filter((name) => this.get(name));
  }
}

function expectName(name: unknown, what: string): asserts name is string {
  if (typeof name !== "string") throw wrong(what, "a string as name", name);
}
