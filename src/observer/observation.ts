import type { Runtime } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { Alarms } from "./alarms.ts";
import { noteBirthsOf } from "./births.ts";
import { CoreMemory } from "./core-memory.ts";
import type { Known } from "./detail.ts";
import { HISTORY, History } from "./history.ts";
import { hostName, unref } from "./host.ts";
import type { Program } from "./protocol.ts";
import { Reports } from "./reports.ts";
import { Scan } from "./scan.ts";
import { Slices } from "./slices.ts";
import { Taps } from "./taps.ts";
import { Trace } from "./trace.ts";
import { version } from "./version.ts";

/** ms between two samples. */
const INTERVAL = 100;
/** ms of each interval that a walk over all processes may take; of one in which somebody waits for what he searches. */
const BUDGET = 0.8;
const SEARCHING = 6;
/** ms between two walks when no page is there: for each slot, and at least. */
const ALONE_SLOT = 0.005;
const ALONE = 1000;
/** ms without any page after which a trace ends. */
const UNWATCHED = 10_000;

/** Somebody who looks: gets what he asked for. */
export interface Watcher {
  tick(now: number): void;
  /** Whether he waits for the result of a search. */
  readonly isSearching: boolean;
  bye(why: string): void;
}

/** Options of an observation. */
export interface ObservationOptions {
  /** ms between two samples; default 100. */
  readonly interval?: number;
  /** Whether it is noted where processes are spawned, for their pages to tell; default: in development. */
  readonly stacks?: boolean;
}

const observations = new WeakMap<Runtime, Observation>();

/** The observation of a runtime: there is one, however many look. Whoever asks for it gives it back with `release`. */
export function observationOf(runtime: Runtime, options: ObservationOptions = {}): Observation {
  let observation = observations.get(runtime);
  if (observation === undefined) {
    observation = new Observation(runtime as Machine, options);
    observations.set(runtime, observation);
    observation.start();
  }
  if (options.stacks !== undefined) noteBirthsOf(observation.machine, options.stacks);
  observation.users++;
  return observation;
}

/** A runtime that is looked at: ten times a second, from the host's own tasks, while none of its processes runs. */
export class Observation implements Known {
  users = 0;
  readonly machine: Machine;
  readonly memory: CoreMemory;
  readonly scan: Scan;
  readonly reports: Reports;
  readonly history: History;
  readonly alarms: Alarms;
  readonly trace: Trace;
  readonly program: Program;
  readonly watchers: Set<Watcher> = new Set();
  private readonly taps: Taps;
  private readonly slices: Slices;
  private readonly interval: number;
  private timer: ReturnType<typeof setInterval> | undefined;
  private due = 0;
  private passAt = Number.NEGATIVE_INFINITY;
  private watchedAt: number;
  private isOver = false;

  constructor(machine: Machine, { interval = INTERVAL }: ObservationOptions) {
    const now = performance.now();
    this.machine = machine;
    machine.counted = true;
    this.interval = interval;
    this.watchedAt = now;
    this.memory = new CoreMemory(machine);
    this.scan = new Scan(machine, this.memory, () => performance.now());
    this.reports = new Reports(machine);
    this.history = new History(machine, this.memory, this.scan, this.reports, interval, now);
    this.taps = new Taps(machine);
    this.slices = new Slices(machine, this.taps);
    this.alarms = new Alarms(machine, this.memory, this.scan, this.reports, this.slices);
    this.trace = new Trace(machine, this.memory, this.taps);
    this.program = {
      node: machine.node,
      host: hostName(),
      version,
      since: Date.now(),
      interval,
      history: Math.ceil(HISTORY / interval),
    };
    machine.onStop((reason) => this.close(`the runtime was stopped: ${String(reason)}`));
  }

  start(): void {
    this.due = performance.now() + this.interval;
    this.timer = setInterval(() => {
      const now = performance.now();
      const delay = Math.max(0, now - this.due);
      this.due = now + this.interval;
      this.tick(now, delay);
    }, this.interval);
    unref(this.timer);
  }

  /** One look. `delay`: how late it comes. */
  tick(now: number, delay: number): void {
    if (this.isOver) return;
    this.walk(now);
    this.history.take(now, delay);
    this.alarms.tick(now, delay);
    if (this.watchers.size > 0) this.watchedAt = now;
    else if (now - this.watchedAt > UNWATCHED) this.trace.stop("no watcher");
    this.trace.tick(now);
    for (const watcher of [...this.watchers]) watcher.tick(now);
  }

  private walk(now: number): void {
    const { scan, watchers } = this;
    if (!scan.isRunning) {
      const pause = Math.max(ALONE, this.machine.core.slots() * ALONE_SLOT);
      if (watchers.size === 0 && now - this.passAt < pause) return;
      this.passAt = now;
      scan.begin();
    }
    scan.step([...watchers].some(({ isSearching }) => isSearching) ? SEARCHING : BUDGET);
  }

  /** One of its users needs it no more. */
  release(): void {
    if (--this.users === 0) this.close("the observer was closed");
  }

  private close(why: string): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.timer);
    this.trace.stop("runtime stopped");
    this.taps.close();
    noteBirthsOf(this.machine, undefined);
    this.reports.close();
    observations.delete(this.machine);
    for (const watcher of [...this.watchers]) watcher.bye(why);
    this.watchers.clear();
  }
}
