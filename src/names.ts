import { NameError } from "./errors.ts";
import { wrong } from "./expect.ts";
import { inspect } from "./inspect.ts";
import type { ProcessId } from "./pid.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Registered names. A process has one at most; it is free again when the process exits. Source: `erlang:register/2`. */
export class Names {
  private readonly world: World;
  private readonly holders = new Map<string, Process>();

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
      throw new NameError(
        name,
        `no process is registered as ${inspect(name)}. whereis() tells; a pid can be sent to whether it is alive or not.`,
      );
    }
    return holder;
  }

  /** Throws unless the name can be given. */
  check(name: unknown): string {
    if (typeof name !== "string") throw wrong("register", "a string as name", name);
    if (name === "" || name === "undefined") throw new NameError(name, `${inspect(name)} can't be a name`);
    const holder = this.holders.get(name);
    if (holder !== undefined) throw new NameError(name, `the name ${inspect(name)} is taken by ${holder.pid}`);
    return name;
  }

  register(given: unknown, name: unknown): true {
    const { world } = this;
    const pid = world.checkPid(given, "register");
    const checked = this.check(name);
    const process = world.isLiving(pid) ? world.process(pid.slot) : undefined;
    if (process === undefined)
      throw new NameError(checked, `${pid} can't be registered as ${inspect(name)}: it is not alive`);
    if (process.name !== undefined) {
      throw new NameError(
        checked,
        `${pid} can't be registered as ${inspect(name)}: it is ${inspect(process.name)} already`,
      );
    }
    process.name = checked;
    this.holders.set(checked, process);
    return true;
  }

  unregister(name: unknown): true {
    if (typeof name !== "string") throw wrong("unregister", "a string as name", name);
    this.release(this.find(name));
    return true;
  }

  release(process: Process): void {
    this.holders.delete(process.name as string);
    process.name = undefined;
  }

  whereis(name: unknown): ProcessId | undefined {
    if (typeof name !== "string") throw wrong("whereis", "a string as name", name);
    return this.holders.get(name)?.pid;
  }

  list(): string[] {
    return [...this.holders.keys()];
  }
}
