import { EMPTY } from "../../assembly/layout.ts";
import { inspect, type Pid, type ProcessInfo } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import type { SimulatedCore } from "./simulated-core.ts";

/** What may go wrong in a run, besides its order. How often at most; when, and to whom, is drawn from the seed. */
export interface FaultOptions {
  /** So many processes are killed: exit reason `"killed"`. Default 0. */
  readonly kills?: number;
  /** So many processes raise an `InjectedFault` at a receive. Default 0. */
  readonly crashes?: number;
  /** So many timers fire too late, by up to `lateness`. Default 0. */
  readonly lateTimers?: number;
  /** ms of virtual time. Default 1,000. */
  readonly lateness?: number;
  /** So many timers never fire. Default 0. */
  readonly lostTimers?: number;
  /** A process is killed, and so often those that come in its place: a restart storm. Default 0. */
  readonly storm?: number;
  /** To whom it may happen. Default: to all but the scenario's own process. */
  readonly victims?: (process: ProcessInfo) => boolean;
}

/** What a process raises where a fault was put into it. */
export class InjectedFault extends Error {
  override readonly name: string = "InjectedFault";
}

/**
 * One fault of a run. `kill`: at the `at`th step the `pick`th victim; `storm`: the same with those like it, `pick` times in all; `crash`: at the `at`th receive of a
 * victim; `timer`: the `at`th timer is late by `pick` ms, or never fires when that is 0.
 */
export interface Fault {
  readonly kind: "kill" | "storm" | "crash" | "timer";
  readonly at: number;
  readonly pick: number;
}

const LETTERS: Readonly<Record<Fault["kind"], string>> = { kill: "k", storm: "s", crash: "c", timer: "t" };

export function writeFault({ kind, at, pick }: Fault): string {
  return `${LETTERS[kind]}${at}.${pick}`;
}

/** What `writeFault` wrote; undefined for anything else. */
export function readFault(text: string): Fault | undefined {
  const [, letter, at, pick] = /^([kcst])(\d{1,9})\.(\d{1,9})$/.exec(text) ?? [];
  const kind = (Object.keys(LETTERS) as Fault["kind"][]).find((each) => LETTERS[each] === letter);
  return kind && { kind, at: Number(at), pick: Number(pick) };
}

/** Longest that a lost timer waits: nothing else is set so far ahead. */
const NEVER = 2 ** 45;
/** Whatever is due later than this is lost. ms */
export const LOST: number = 10 ** 11;
/** Victims are drawn as one of so many, and counted off among those that there are. */
const PICKS = 1000;

/** The faults of one run, drawn from its seed. `steps` is how long such runs take. */
export function drawFaults(options: FaultOptions | undefined, seed: number, steps: number): Fault[] {
  if (options === undefined) return [];
  const { kills = 0, crashes = 0, lateTimers = 0, lateness = 1000, lostTimers = 0, storm = 0 } = options;
  const below = generator(seed);
  const faults: Fault[] = [];
  const add = (count: number, make: () => Fault) => {
    for (let left = below(count + 1); left > 0; left--) faults.push(make());
  };
  add(kills, () => ({ kind: "kill", at: below(steps), pick: below(PICKS) }));
  add(crashes, () => ({ kind: "crash", at: below(steps), pick: 0 }));
  add(lateTimers, () => ({ kind: "timer", at: below(steps / 4), pick: 1 + below(lateness) }));
  add(lostTimers, () => ({ kind: "timer", at: below(steps / 4), pick: 0 }));
  if (storm > 0) faults.push({ kind: "storm", at: below(steps), pick: 1 + below(storm) });
  return faults;
}

/** Numbers from 0 to below `count`. Source: T. Ettinger, mulberry32. */
function generator(seed: number): (count: number) => number {
  let state = (seed ^ 0x5eed_fa11) | 0;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * Math.max(1, Math.floor(count)));
  };
}

/** A fault that comes at a step. `like`: who was hit first, if there are to be others. */
interface Timed {
  readonly fault: Fault;
  at: number;
  left: number;
  like: string | undefined;
}

/** Puts the faults of one run into it: between the runtime and its core. */
export class Injection {
  private readonly machine: Machine;
  private readonly scenario: () => Pid<never>;
  private readonly isVictim: (process: ProcessInfo) => boolean;
  private readonly timed: Timed[];
  private readonly crashes: Set<number>;
  private readonly timers: Map<number, number>;
  private steps = () => 0;
  private receives = 0;
  private set = 0;
  /** The run stands still: between two steps a process is to be killed. */
  private isPaused = false;

  constructor(
    machine: Machine,
    faults: readonly Fault[],
    scenario: () => Pid<never>,
    victims: FaultOptions["victims"],
  ) {
    this.machine = machine;
    this.scenario = scenario;
    this.isVictim = victims ?? (() => true);
    this.timed = faults
      .filter(({ kind }) => kind === "kill" || kind === "storm")
      .map((fault) => ({ fault, at: fault.at, left: fault.kind === "storm" ? fault.pick : 1, like: undefined }));
    this.crashes = new Set(faults.filter(({ kind }) => kind === "crash").map(({ at }) => at));
    this.timers = new Map(faults.filter(({ kind }) => kind === "timer").map(({ at, pick }) => [at, pick]));
  }

  wrap(core: SimulatedCore, steps: () => number): void {
    this.steps = steps;
    const before = { core: { ...core } };
    core.next = (handed) => {
      if (this.timed.some(({ at, left }) => left > 0 && at <= steps())) {
        this.isPaused = true;
        return EMPTY;
      }
      return before.core.next(handed);
    };
    core.runnable = () => (this.isPaused ? 0 : before.core.runnable());
    core.advance = (now, work) => (this.isPaused ? 0 : before.core.advance(now, work));
    core.take = (slot) => {
      this.receive(slot);
      return before.core.take(slot);
    };
    core.pick = (slot) => {
      this.receive(slot);
      return before.core.pick(slot);
    };
    core.setTimer = (slot, deadline) => before.core.setTimer(slot, this.later(deadline));
    core.setTimeout = (slot, deadline) => before.core.setTimeout(slot, this.later(deadline));
  }

  /** Whether the run stopped for a fault, which has happened now: it goes on. */
  happened(): boolean {
    if (!this.isPaused) return false;
    this.isPaused = false;
    const now = this.steps();
    for (const due of this.timed) {
      if (due.left === 0 || due.at > now) continue;
      // Not at this step again: who is not there yet, or comes in its place, needs steps to get there.
      due.at = now + 1;
      const victims = this.machine
        .processes()
        .filter((pid) => this.may(pid) && (!due.like || due.like === this.roleOf(pid)));
      const victim = victims[due.fault.pick % victims.length];
      if (victim === undefined) continue;
      due.like = this.roleOf(victim);
      due.left--;
      this.machine.exit(victim, "kill");
    }
    return true;
  }

  /** What a process is there for: its name, the name of its callbacks, or that of its body. */
  private roleOf(pid: Pid<never>): string {
    const info = this.machine.processInfo(pid);
    return info?.registeredName ?? String(info?.dictionary.get("$initial_call") ?? info?.initialCall);
  }

  private may(pid: Pid<never>): boolean {
    if (pid === this.scenario() || pid === (this.machine.main as unknown)) return false;
    const info = this.machine.processInfo(pid);
    return info !== undefined && this.isVictim(info);
  }

  private receive(slot: number): void {
    if (this.crashes.size === 0 || !this.may(this.machine.table[slot] as unknown as Pid<never>)) return;
    if (this.crashes.delete(this.receives++)) throw new InjectedFault("this receive was chosen to fail");
  }

  private later(deadline: number): number {
    const late = this.timers.get(this.set++);
    if (late === undefined) return deadline;
    return late === 0 ? NEVER : deadline + late;
  }
}

const NUMBERS = ["kills", "crashes", "lateTimers", "lateness", "lostTimers", "storm"] as const;

/** *Throws* `TypeError` or `RangeError` for wrong options. */
export function checkFaults(options: unknown): FaultOptions | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`simulate: expected an object as faults, got ${inspect(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (name === "victims") {
      if (typeof value === "function") continue;
      throw new TypeError(`simulate: expected a function as faults.victims, got ${inspect(value)}`);
    }
    if (!(NUMBERS as readonly string[]).includes(name)) throw new TypeError(`simulate: there is no fault ${name}`);
    if (!Number.isInteger(value) || (value as number) < 0) {
      throw new RangeError(`simulate: expected a number of 0 or more as faults.${name}, got ${inspect(value)}`);
    }
  }
  return options as FaultOptions;
}
