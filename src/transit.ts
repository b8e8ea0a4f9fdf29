import { EDGE_ALIAS, EDGE_ALIAS_REPLY, EDGE_MONITOR } from "../assembly/layout.ts";
import type { Process } from "./process.ts";
import type { Ref } from "./ref.ts";
import type { World } from "./world.ts";

interface Passenger {
  readonly number: number;
  readonly alias: Ref;
}

/**
 * Messages that the running process has sent through aliases of its own.
 *
 * Whether an alias is active is asked when its owner takes a message in, not when it is sent. For all other processes both are
 * the same moment; for the process itself they are not: it may end the alias before it looks. So these messages lie in the
 * mailbox in their order, and leave it again when the alias is ended before they have been taken in: that happens when a receive gets
 * as far as the first of them, when the process asks about processes, and when its slice ends.
 * Source: erts, `erl_proc_sig_queue` (alias messages are checked as signals); observed on OTP 25.
 */
export class Transit {
  private readonly world: World;
  private readonly process: Process;
  private readonly passengers: Passenger[] = [];

  constructor(world: World, process: Process) {
    this.world = world;
    this.process = process;
  }

  add(number: number, alias: Ref): void {
    this.passengers.push({ number, alias });
  }

  /** The alias is ended: what came through it is dropped. */
  revoke(alias: Ref): void {
    const { passengers } = this;
    for (const passenger of passengers.splice(0)) {
      if (passenger.alias === alias) this.drop(passenger.number);
      else passengers.push(passenger);
    }
  }

  /** A receive looks at the message `number`. True when that took the messages in: the mailbox may be another one now. */
  reached(number: number): boolean {
    if (number < 0 || !this.passengers.some((passenger) => passenger.number === number)) return false;
    this.takeIn();
    return true;
  }

  /** The messages are the mailbox's for good. A reply alias ends with the first one that came through it. */
  takeIn(): void {
    const { world, process, passengers } = this;
    const { core } = world;
    world.transit = undefined;
    if (process.isDead) return;
    const ended: Ref[] = [];
    for (const { number, alias } of passengers) {
      if (ended.includes(alias)) {
        this.drop(number);
        continue;
      }
      const kind = core.edgeKind(process.slot, alias.index, alias.generation);
      if ((kind & EDGE_ALIAS) === 0 || (kind & EDGE_ALIAS_REPLY) === 0) continue;
      ended.push(alias);
      if (kind & EDGE_MONITOR) world.signals.endMonitor(alias.index);
      else core.unalias(alias.index);
    }
  }

  private drop(number: number): void {
    this.world.remove(this.process.slot, (_, at) => at === number);
  }
}
