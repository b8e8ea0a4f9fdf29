import { sys } from "../index.ts";
import type { Pid, Report } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import { COUNT_WORD, type CoreMemory, GENERATION_WORD } from "./core-memory.ts";
import { named, type Process } from "./people.ts";
import type { Alarm, Named } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import type { Scan } from "./scan.ts";
import { LONG_SLICE, type Slices } from "./slices.ts";

/** A mailbox that was longer at each of so many looks, a second apart, than at the one before. */
const GROWING = 10;
const LOOK = 1000;
/** ms by which the host's loop may be late; and from which on slices are looked at. */
const LATE = 100;
const SUSPICIOUS = 40;
/** ms for which an alarm is active after it was last true, and for which it is kept. */
const ACTIVE = 5000;
const KEPT = 120_000;
const MOST = 200;

type Mutable = { -readonly [K in keyof Alarm]: Alarm[K] };

interface Limits {
  readonly most: number;
  readonly period: number;
}

const STANDARD: Limits = { most: 3, period: 5000 };

/** What is going wrong in the observed program. */
export class Alarms {
  /** Counts changes. */
  version = 0;
  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly scan: Scan;
  private readonly reports: Reports;
  private readonly slices: Slices;
  private readonly all = new Map<string, Mutable>();
  /** By slot: whose mailbox, how long it was, and how often in a row it had grown. */
  private growing = new Map<number, { generation: number; messages: number; times: number }>();
  private lookedAt = Number.NEGATIVE_INFINITY;
  private readonly limits = new WeakMap<object, Limits>();

  constructor(machine: Machine, memory: CoreMemory, scan: Scan, reports: Reports, slices: Slices) {
    this.machine = machine;
    this.memory = memory;
    this.scan = scan;
    this.reports = reports;
    this.slices = slices;
    reports.listen((report) => void this.reported(report));
  }

  get list(): Alarm[] {
    return [...this.all.values()].sort((a, b) => b.since - a.since).map((alarm) => ({ ...alarm }));
  }

  /** `now` by the host's clock, and how late its loop was. */
  tick(now: number, delay: number): void {
    if (delay >= SUSPICIOUS) this.slices.arm(now);
    if (delay >= LATE) this.raise("delay", "delay", Math.round(delay), `The event loop was late by ${ms(delay)}`);
    this.slices.tick(now);
    for (const { process, ms: took } of this.slices.found.splice(0)) {
      const who = `${process.name ?? process.pid} (${process.body})`;
      this.raise(
        `slice ${process.pid}`,
        "slice",
        Math.round(took),
        `${who} held the scheduler for ${ms(took)}; ${LONG_SLICE} ms are too long`,
        process,
      );
    }
    if (now - this.lookedAt >= LOOK) {
      this.lookedAt = now;
      this.lookAtMailboxes();
    }
    this.expire();
  }

  private lookAtMailboxes(): void {
    const { machine, memory } = this;
    const growing: typeof this.growing = new Map();
    const watched = new Set([...this.growing.keys(), ...this.scan.longest.map(({ slot }) => slot)]);
    for (const slot of watched) {
      const process = machine.table[slot];
      if (process === undefined) continue;
      const generation = memory.word(slot, GENERATION_WORD);
      const messages = memory.word(slot, COUNT_WORD);
      const before = this.growing.get(slot);
      const isSame = before?.generation === generation;
      if (isSame && messages <= before.messages) continue;
      const times = isSame ? before.times + 1 : 0;
      growing.set(slot, { generation, messages, times });
      if (times < GROWING) continue;
      const text = `Mailbox has grown for ${times} s, to ${messages.toLocaleString("en-US")} messages`;
      this.raise(`mailbox ${process}`, "mailbox", messages, text, named(machine, process));
    }
    this.growing = growing;
  }

  private async reported(report: Report): Promise<void> {
    const supervisor = report.pid as Process | undefined;
    const restarts = supervisor && this.reports.restartsOf(supervisor);
    if (supervisor === undefined || restarts === undefined || report.kind !== "supervisor") return;
    const { most, period } = await this.limitsOf(supervisor);
    const now = this.machine.now();
    const recent = restarts.times.filter((time) => time >= now - period).length;
    if (recent < Math.max(1, Math.ceil((most * 2) / 3))) return;
    const text = `${recent} restarts in ${period / 1000} s; the supervisor gives up after more than ${most}`;
    this.raise(`restarts ${supervisor}`, "restarts", recent, text, named(this.machine, supervisor));
  }

  /** How many restarts a supervisor allows: it is asked once, when it has restarted something. */
  private async limitsOf(supervisor: Process): Promise<Limits> {
    const known = this.limits.get(supervisor);
    if (known !== undefined) return known;
    // Until it answers, and if it does not.
    this.limits.set(supervisor, STANDARD);
    try {
      const state = await sys.getState(supervisor as Pid, { as: this.machine, timeout: 1000 });
      const { maxRestarts, maxSeconds } = state.flags as { maxRestarts: number; maxSeconds: number };
      this.limits.set(supervisor, { most: maxRestarts, period: maxSeconds * 1000 });
    } catch {
      // It has ended meanwhile, or is busy.
    }
    return this.limits.get(supervisor) as Limits;
  }

  private raise(id: string, kind: Alarm["kind"], value: number, text: string, process?: Named): void {
    const now = Date.now();
    const alarm = this.all.get(id);
    this.version++;
    if (alarm !== undefined) {
      if (!alarm.active) alarm.since = now;
      Object.assign(alarm, { last: now, active: true, text, value });
      return;
    }
    if (this.all.size >= MOST) this.all.delete(this.all.keys().next().value as string);
    this.all.set(id, { id, kind, since: now, last: now, active: true, text, value, ...(process && { process }) });
  }

  private expire(): void {
    const now = Date.now();
    for (const [id, alarm] of this.all) {
      if (alarm.active && now - alarm.last > ACTIVE) {
        alarm.active = false;
        this.version++;
      } else if (now - alarm.last > KEPT) {
        this.all.delete(id);
        this.version++;
      }
    }
  }
}

function ms(time: number): string {
  return `${Math.round(time).toLocaleString("en-US")} ms`;
}
