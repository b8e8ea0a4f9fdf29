import { EDGE_ALIAS, EDGE_MONITOR, HANDED, HAS_MAIL } from "../../assembly/layout.ts";
import { formatExit, inspect } from "../kernel.ts";
import type { Machine, OpenCore } from "../machine.ts";
import type { RunEvent } from "../testing/event.ts";
import { tellTaken } from "../testing/taken.ts";
import { birth } from "./births.ts";
import { type CoreMemory, GENERATION_WORD } from "./core-memory.ts";
import { inHandOf } from "./hand.ts";
import { bodyOf, cut, livingOf, type Process } from "./people.ts";
import type { TraceKind, TraceOptions, TraceState } from "./protocol.ts";
import type { Taps } from "./taps.ts";

const KINDS: readonly TraceKind[] = ["send", "receive", "spawn", "exit", "link", "call"];
const RATE = { standard: 2000, most: 20_000 };
const KEEP = { standard: 20_000, most: 100_000 };
const WIDTH = { standard: 200, most: 2000 };
const DURATION = { standard: 60_000, most: 600_000 };
/** Windows a second that the rate is divided into. */
const WINDOWS = 10;
/** Numbers of messages under way that are remembered. */
const MOST_UNDER_WAY = 100_000;

/** A message that has been sent; the kernel keeps it only when the core has said where. */
interface Sent {
  readonly number: number;
  readonly to: Process;
  readonly from: Process | undefined;
  readonly step: number;
  readonly time: number;
}

/** Listens to the core, and keeps what happens as events. */
export class Trace {
  /** Told that a trace begins: what was kept is gone. */
  starts = 0;
  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly taps: Taps;

  private options: TraceOptions | undefined;
  private events: RunEvent[] = [];
  /** Events that were kept once and are no more. */
  private gone = 0;
  private wants = new Set<TraceKind>();
  private watched: Map<number, number> | undefined;
  private running = false;
  private since = 0;
  private seen = 0;
  private lost = 0;
  private endsAt = 0;
  private ended: string | undefined;
  private quota = 0;
  private used = 0;
  private keep = 0;
  private width = 0;

  private step = 0;
  private current = 0;
  private sent: Sent | undefined;
  private spawned: { readonly slot: number; readonly parent: Process | undefined; readonly site: Error } | undefined;
  private ids = 0;
  /** Ids of messages, by number, and by the slot of who has it in hand. */
  private readonly numbers = new Map<number, number>();
  private readonly hands = new Map<number, number>();
  /** Slots of those that aliases belong to, by the aliases' index: when one was made while the trace ran. */
  private readonly aliases = new Map<number, number>();

  constructor(machine: Machine, memory: CoreMemory, taps: Taps) {
    this.machine = machine;
    this.memory = memory;
    this.taps = taps;
  }

  get state(): TraceState {
    this.settle();
    const { running, options, since, seen, lost, ended, events } = this;
    return {
      running,
      ...(options !== undefined && { options, since }),
      seen,
      kept: events.length,
      lost,
      ...(ended !== undefined && { ended }),
    };
  }

  /** How many events there have been: what `after` is asked with. */
  get count(): number {
    return this.gone + this.events.length;
  }

  /** The events after the first `count`, at most the last `most` of them, and whether some in between are gone. */
  after(count: number, most: number): { readonly events: readonly RunEvent[]; readonly gap: boolean } {
    this.settle();
    const from = Math.max(count, this.count - most, this.gone);
    return { events: this.events.slice(from - this.gone), gap: from > count };
  }

  /** One event a line. */
  get file(): string {
    this.settle();
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join("");
  }

  /** *Throws* for options that are none; `Error` for a pid that is not alive. */
  start(options: TraceOptions): TraceState {
    const { events, pids, children = true } = options;
    if (!Array.isArray(events) || events.length === 0 || !events.every((kind) => KINDS.includes(kind)))
      throw new TypeError(`startTrace: expected some of ${KINDS.join(", ")} as events, got ${inspect(events)}`);
    const watched = pids === undefined ? undefined : new Map<number, number>();
    for (const text of pids ?? []) {
      const { slot, generation } = livingOf(this.machine, text);
      watched?.set(slot, generation);
    }
    const rate = limited(options.rate, RATE, "rate");
    this.keep = limited(options.keep, KEEP, "keep");
    this.width = limited(options.width, WIDTH, "width");
    const duration = limited(options.duration, DURATION, "duration");
    this.stop("stopped");
    Object.assign(this, {
      events: [],
      gone: 0,
      seen: 0,
      lost: 0,
      used: 0,
      step: 0,
      ids: 0,
      current: 0,
      ended: undefined,
    });
    this.options = { ...options, children };
    this.watched = watched;
    this.wants = new Set(events);
    this.quota = Math.ceil(rate / WINDOWS);
    this.since = Date.now();
    this.endsAt = performance.now() + duration;
    this.starts++;
    this.running = true;
    this.taps.add(this.tap);
    return this.state;
  }

  stop(why: string): TraceState {
    if (this.running) {
      this.settle();
      this.running = false;
      this.ended = why;
      this.taps.remove(this.tap);
      this.forget();
    }
    return this.state;
  }

  /** A new window: as many events again. */
  tick(now: number): void {
    if (!this.running) return;
    this.settle();
    if (now >= this.endsAt) {
      this.stop("duration");
      return;
    }
    this.used = 0;
    if (!this.taps.has(this.tap)) {
      this.forget();
      this.taps.add(this.tap);
    }
  }

  /** What was under way when nobody listened may be anywhere now. */
  private forget(): void {
    this.numbers.clear();
    this.hands.clear();
    this.aliases.clear();
    this.sent = undefined;
    this.spawned = undefined;
    this.current = 0;
  }

  // ── What is kept ──

  private isWatched(slot: number): boolean {
    const { watched } = this;
    if (watched === undefined) return true;
    const generation = watched.get(slot);
    return generation !== undefined && this.memory.word(slot, GENERATION_WORD) === generation;
  }

  /** Whether there is room for one more. When there is none, nobody listens till the next window: then a flood costs nothing. */
  private admits(): boolean {
    this.seen++;
    if (this.used < this.quota) {
      this.used++;
      return true;
    }
    this.lost++;
    if (this.taps.has(this.tap)) {
      this.settle();
      this.taps.remove(this.tap);
    }
    return false;
  }

  private put(event: RunEvent): void {
    this.events.push(event);
    // Not shift(), which moves them all.
    if (this.events.length > this.keep * 1.25) {
      const gone = this.events.length - this.keep;
      this.events = this.events.slice(gone);
      this.gone += gone;
    }
  }

  private get at(): { step: number; time: number } {
    return { step: this.step, time: this.machine.now() };
  }

  private show(value: unknown): string {
    return cut(inspect(value), this.width);
  }

  private showExit(reason: unknown): string {
    // Of an exception the first line says only that it is one.
    return cut(
      reason instanceof Error ? inspect(reason) : (formatExit(reason).split("\n", 1)[0] as string),
      this.width,
    );
  }

  /** Whose slice runs. */
  private get acting(): Process | undefined {
    return this.current === 0 ? undefined : this.machine.table[this.current];
  }

  // ── What is put off until the kernel has the values ──

  private settle(): void {
    const { sent, spawned } = this;
    if (sent !== undefined) {
      this.sent = undefined;
      this.settleSent(sent);
    }
    if (spawned !== undefined) {
      this.spawned = undefined;
      this.settleSpawned(spawned);
    }
  }

  private settleSent({ number, to, from, step, time }: Sent): void {
    const message = number >= 0 ? this.machine.values[number] : inHandOf(to);
    const id = ++this.ids;
    if (number < 0) this.hands.set(to.slot, id);
    else if (this.numbers.size < MOST_UNDER_WAY) this.numbers.set(number, id);
    const ends = { ...(from && { from: String(from) }), to: String(to) };
    const isCall = Array.isArray(message) && message[0] === "$gen_call" && message.length === 3;
    if (this.wants.has("send")) this.put({ kind: "send", step, time, ...ends, message: this.show(message), id });
    if (this.wants.has("call") && isCall) {
      const client = from ?? (message[1] as readonly unknown[] | undefined)?.[0];
      this.put({ kind: "call", step, time, from: String(client), to: String(to), request: this.show(message[2]) });
    }
  }

  private settleSpawned({ slot, parent, site }: NonNullable<typeof this.spawned>): void {
    const { machine } = this;
    const process = machine.table[slot];
    if (process === undefined) return;
    process.own.site ??= site;
    if (this.watched !== undefined && this.options?.children !== false) this.watched.set(slot, process.generation);
    if (!this.wants.has("spawn")) return;
    const body = bodyOf(machine, process);
    this.put({ kind: "spawn", ...this.at, pid: String(process), body, ...(parent && { parent: String(parent) }) });
  }

  // ── What the core is asked ──

  private sending(slot: number, number: number): void {
    if (number < 0 && number !== HANDED) return;
    if (!this.isWatched(slot) && !(this.current !== 0 && this.isWatched(this.current))) return;
    const to = this.machine.table[slot];
    if (to === undefined || !this.admits()) return;
    this.sent = { number, to, from: this.acting, ...this.at };
  }

  private receiving(slot: number, message: unknown, id: number | undefined): void {
    const process = this.machine.table[slot];
    if (process === undefined || !this.isWatched(slot) || !this.admits()) return;
    this.put({ kind: "receive", ...this.at, pid: String(process), id: id ?? ++this.ids, message: this.show(message) });
  }

  private taking(slot: number, number: number): void {
    this.settle();
    const id = this.numbers.get(number);
    this.numbers.delete(number);
    if (this.wants.has("receive")) this.receiving(slot, this.machine.values[number], id);
  }

  private ending(slot: number, process: Process | undefined, isWatched: boolean, reason: unknown): void {
    this.hands.delete(slot);
    this.watched?.delete(slot);
    if (process === undefined || !isWatched || !this.wants.has("exit") || !this.admits()) return;
    this.put({ kind: "exit", ...this.at, pid: String(process), reason: this.showExit(reason) });
  }

  private readonly tap = (core: OpenCore): void => {
    const inner = { core: { ...core } };
    const { machine, wants } = this;
    const wantsMessages = wants.has("send") || wants.has("call");
    const wantsReceives = wants.has("receive");
    const wantsSpawns = wants.has("spawn") || (this.watched !== undefined && this.options?.children !== false);

    core.next = (handed) => {
      this.settle();
      const answer = inner.core.next(handed);
      const slot = answer > 0 ? answer & (HAS_MAIL - 1) : 0;
      this.current = slot;
      if (slot === 0) return answer;
      this.step++;
      if (wantsReceives && this.isWatched(slot)) {
        const message = inHandOf(machine.table[slot] as Process);
        if (message !== undefined) this.receiving(slot, message, this.hands.get(slot));
      }
      if (this.hands.size > 0) this.hands.delete(slot);
      return answer;
    };
    core.rest = () => {
      this.settle();
      this.current = 0;
      inner.core.rest();
    };

    if (wantsMessages) {
      core.send = (slot, generation, hands) => {
        this.settle();
        const number = inner.core.send(slot, generation, hands);
        this.sending(slot, number);
        return number;
      };
      core.sendAlias = (index, generation, hands, sender) => {
        this.settle();
        const owner = this.aliases.get(index);
        const number = inner.core.sendAlias(index, generation, hands, sender);
        if (number < HANDED) this.sending(HANDED - number, HANDED);
        else if (owner !== undefined) this.sending(owner, number >= 0 ? number : -1);
        return number;
      };
    }
    core.createEdge = (owner, target, kind, generation) => {
      this.settle();
      const index = inner.core.createEdge(owner, target, kind, generation);
      if (kind & EDGE_ALIAS && this.aliases.size < MOST_UNDER_WAY) this.aliases.set(index, owner);
      if (kind & EDGE_MONITOR && target !== 0) this.connecting("monitor", owner, target);
      return index;
    };
    core.link = (a, b, fresh) => {
      this.settle();
      this.connecting("link", a, b);
      return inner.core.link(a, b, fresh);
    };

    // Whatever takes a message out of a mailbox, or a process out of the table, comes after what is put off.
    tellTaken(core, (slot, number) => this.taking(slot, number));
    core.drop = (slot) => {
      this.settle();
      const number = inner.core.drop(slot);
      this.numbers.delete(number);
      return number;
    };
    core.removeAtCursor = (slot) => {
      this.settle();
      inner.core.removeAtCursor(slot);
    };
    core.signal = (from, to, generation, reason) => {
      this.settle();
      return inner.core.signal(from, to, generation, reason);
    };

    if (wantsSpawns) {
      core.spawn = (priority, host) => {
        this.settle();
        const slot = inner.core.spawn(priority, host);
        if (slot <= 0) return slot;
        const isOne = this.watched === undefined || (this.current !== 0 && this.isWatched(this.current));
        const parent = this.acting;
        if (isOne && this.admits()) this.spawned = { slot, parent, site: birth(machine, parent) };
        return slot;
      };
    }
    core.end = (slot, reason) => {
      this.settle();
      const process = machine.table[slot];
      this.ending(slot, process, this.isWatched(slot), process?.reason);
      return inner.core.end(slot, reason);
    };
    core.endQuietly = (slot) => {
      this.settle();
      const process = machine.table[slot];
      // Its slot has another generation afterwards.
      const isWatched = this.isWatched(slot);
      const ended = inner.core.endQuietly(slot);
      if (ended !== 0) this.ending(slot, process, isWatched, "normal");
      return ended;
    };
    core.grave = () => {
      this.settle();
      const slot = inner.core.grave();
      const process = machine.table[slot];
      if (slot > 0) this.ending(slot, process, this.isWatched(slot), process?.reason);
      return slot;
    };
  };

  private connecting(kind: "link" | "monitor", from: number, to: number): void {
    if (!this.wants.has("link") || !(this.isWatched(from) || this.isWatched(to))) return;
    const { table } = this.machine;
    if (table[from] === undefined || table[to] === undefined || !this.admits()) return;
    this.put({ kind, ...this.at, from: String(table[from]), to: String(table[to]) });
  }
}

function limited(value: number | undefined, { standard, most }: typeof RATE, name: string): number {
  if (value === undefined) return standard;
  if (typeof value !== "number" || !(value >= 1))
    throw new RangeError(`startTrace: expected a number from 1 as ${name}, got ${inspect(value)}`);
  return Math.min(value, most);
}
