import {
  EDGE_MONITOR,
  EVENT_ARRIVED,
  EVENT_BYTES,
  EVENT_DEAD,
  OUTBOX,
  PROCESS_STATE,
  TIMED_OUT,
} from "../../assembly/layout.ts";
import { formatExit, formatReport, inspect, type Pid, type Report } from "../kernel.ts";
import type { Machine } from "../machine.ts";
import type { RunEvent } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Watcher } from "./run.ts";
import type { SimulatedCore } from "./simulated-core.ts";
import { tellTaken } from "./taken.ts";

/** Longest text of a message, characters. */
const LONGEST = 200;

type Event = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, "step" | "time"> : never) : never;

/**
 * Writes down what happens in a run: it stands between the runtime and its core, where all of it passes.
 *
 * The runtime puts a message, or a new process, beside the core's number right after the call that gave the number. So what an event says of it is
 * read at the next call.
 */
export class Recorder implements Watcher {
  readonly events: RunEvent[] = [];
  private machine: Machine | undefined;
  private simulated: SimulatedCore | undefined;
  /** Whose slice it is, or 0. */
  private running = 0;
  /** Whose slice was the last that an event tells of. */
  private shown = 0;
  private step = 0;
  private messages = 0;
  private readonly ids = new Map<number, number>();
  private readonly names = new Map<string, unknown>();
  /** Where the events of those lie that have been spawned and have not run, by slot. */
  private readonly begun = new Map<number, number>();
  private later: (() => void)[] = [];

  wrap(core: SimulatedCore, machine: Machine): void {
    this.machine = machine;
    this.simulated = core;
    this.wrapProcesses(core);
    this.wrapMessages(core);
    this.wrapSignals(core);
  }

  report(report: Report): void {
    const text = formatReport(report).split("\n", 3).join("\n");
    this.add({ kind: "report", pid: report.pid && String(report.pid), text });
  }

  failed(failure: Failure): void {
    this.add({ kind: "failure", pid: failure.pid && String(failure.pid), text: failure.title });
  }

  private add(event: Event): void {
    this.catchUp();
    this.put(event);
  }

  private put(event: Event): void {
    this.events.push({ step: this.step, time: this.simulated?.time() ?? 0, ...event } as RunEvent);
  }

  /** What the last calls were about can be told now. */
  private catchUp(): void {
    const { later } = this;
    if (later.length === 0) return;
    this.later = [];
    for (const tell of later) tell();
  }

  private pidOf(slot: number): string {
    return String(this.machine?.table[slot] ?? `#PID<0.${slot}.0>`);
  }

  private textOf(number: number): string {
    const text = inspect(this.machine?.values[number]);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }

  // The functions as they are now lie in `before`: the core's own, or another wrapper's.

  private wrapProcesses(core: SimulatedCore): void {
    const before = { core: { ...core } };
    core.spawn = (priority, host) => {
      this.catchUp();
      const slot = before.core.spawn(priority, host);
      const parent = this.running === 0 ? undefined : this.pidOf(this.running);
      if (slot > 0 && !host) {
        this.later.push(() => {
          const pid = this.machine?.table[slot] as unknown as Pid<never>;
          const body = this.machine?.processInfo(pid, "initialCall") ?? "";
          this.put({ kind: "spawn", pid: this.pidOf(slot), parent, body });
          this.begun.set(slot, this.events.length - 1);
        });
      }
      return slot;
    };
    core.next = (handed) => {
      this.catchUp();
      this.tellNames();
      this.nameBehaviour();
      const answer = before.core.next(handed);
      this.running = answer > 0 ? answer & 0xff_ffff : 0;
      if (this.running !== 0) {
        this.step++;
        if ((core.read(this.running, PROCESS_STATE) >> 8) & TIMED_OUT)
          this.put({ kind: "timer", pid: this.pidOf(this.running) });
        if (this.running !== this.shown) this.put({ kind: "run", pid: this.pidOf(this.running) });
        this.shown = this.running;
      }
      return answer;
    };
    core.end = (slot, reason) => {
      this.add({ kind: "exit", pid: this.pidOf(slot), reason: this.reasonOf(slot) });
      const events = before.core.end(slot, reason);
      this.tellOutbox(core, events);
      return events;
    };
    core.endQuietly = (slot) => {
      this.catchUp();
      const pid = this.pidOf(slot);
      const did = before.core.endQuietly(slot);
      if (did !== 0) this.put({ kind: "exit", pid, reason: "normal" });
      return did;
    };
  }

  /** Names are the runtime's alone: what has changed since the last slice is seen by looking. */
  private tellNames(): void {
    const { machine, names } = this;
    if (machine === undefined) return;
    const registered = machine.registered();
    if (registered.length === names.size && registered.every((name) => names.get(name) === machine.whereis(name)))
      return;
    for (const name of registered) {
      const pid = machine.whereis(name);
      if (pid !== undefined && names.get(name) !== pid) this.put({ kind: "register", pid: String(pid), name });
    }
    names.clear();
    for (const name of registered) names.set(name, machine.whereis(name));
  }

  /** A behaviour says after its first steps what it is. */
  private nameBehaviour(): void {
    const slot = this.running;
    const at = this.begun.get(slot);
    const spawned = at === undefined ? undefined : this.events[at];
    if (at === undefined || spawned?.kind !== "spawn") return;
    this.begun.delete(slot);
    const pid = this.machine?.table[slot] as unknown as Pid<never> | undefined;
    const name: unknown = pid && this.machine?.processInfo(pid, "dictionary")?.get("$initial_call");
    // `Account.startLink` is what reports call it.
    if (typeof name === "string" && name !== "")
      this.events[at] = { ...spawned, body: name.replace(/\.start\w*$/, "") };
  }

  private reasonOf(slot: number): string {
    return reasonText((this.machine?.table[slot] as { reason?: unknown } | undefined)?.reason);
  }

  private wrapMessages(core: SimulatedCore): void {
    const before = { core: { ...core } };
    core.send = (slot, generation, hands) => {
      this.catchUp();
      const number = before.core.send(slot, generation, hands);
      if (number >= 0) this.sent(number, slot);
      return number;
    };
    core.sendAlias = (index, generation, hands, sender) => {
      this.catchUp();
      const to = core.ownerOf(index);
      const number = before.core.sendAlias(index, generation, hands, sender);
      if (number >= 0) this.sent(number, to);
      return number;
    };
    tellTaken(core, (slot, number) => this.received(slot, number));
    core.advance = (now, work) => {
      this.catchUp();
      const events = before.core.advance(now, work);
      this.tellOutbox(core, events);
      return events;
    };
  }

  private sent(number: number, slot: number): void {
    const id = ++this.messages;
    this.ids.set(number, id);
    const from = this.running === 0 ? undefined : this.pidOf(this.running);
    this.later.push(() => {
      const message = this.textOf(number);
      const to = this.pidOf(slot);
      // Within a run nothing else sends than processes and timers.
      if (from === undefined && this.step > 0) this.put({ kind: "timer", pid: to, message, id });
      else this.put({ kind: "send", from, to, message, id });
    });
  }

  private received(slot: number, number: number): void {
    const id = this.ids.get(number) ?? 0;
    this.add({ kind: "receive", pid: this.pidOf(slot), id, message: this.textOf(number) });
  }

  private wrapSignals(core: SimulatedCore): void {
    const before = { core: { ...core } };
    core.signal = (from, to, generation, reason) => {
      this.catchUp();
      const target = this.pidOf(to);
      const events = before.core.signal(from, to, generation, reason);
      const by = this.pidOf(from);
      if (from !== to) this.put({ kind: "signal", from: by, to: target, reason: SIGNALS[reason] ?? "" });
      this.tellOutbox(core, events);
      return events;
    };
    core.resume = () => {
      const events = before.core.resume();
      this.tellOutbox(core, events);
      return events;
    };
    core.link = (a, b, fresh) => {
      this.catchUp();
      this.later.push(() => this.put({ kind: "link", from: this.pidOf(a), to: this.pidOf(b) }));
      return before.core.link(a, b, fresh);
    };
    core.createEdge = (owner, target, kind, generation) => {
      this.catchUp();
      if (target !== 0 && kind & EDGE_MONITOR && owner !== 1) {
        this.put({ kind: "monitor", from: this.pidOf(owner), to: this.pidOf(target) });
      }
      return before.core.createEdge(owner, target, kind, generation);
    };
  }

  /** What the core has told the runtime to do: it will have done it before the next call. */
  private tellOutbox(core: SimulatedCore, events: number): void {
    const words = new Int32Array(core.memory.buffer);
    for (let i = 0; i < (events & 0x3fff_ffff); i++) {
      const at = (OUTBOX + i * EVENT_BYTES) >> 2;
      const kind = words[at];
      const a = words[at + 1] as number;
      const b = words[at + 2] as number;
      const to = words[at + 3] as number;
      if (kind === EVENT_ARRIVED && a !== b) {
        const id = this.ids.get(a) ?? 0;
        this.ids.set(b, id);
        this.later.push(() => this.put({ kind: "deliver", to: this.pidOf(to), id, message: this.textOf(b) }));
      } else if (kind === EVENT_DEAD) {
        const pid = this.pidOf(a);
        const process = this.machine?.table[a] as { reason?: unknown } | undefined;
        this.later.push(() => {
          const reason = reasonText(process?.reason);
          this.put({ kind: "exit", pid, reason });
        });
      }
    }
  }
}

/** By the core's number of a reason. */
const SIGNALS: Readonly<Record<number, string>> = { 0: "normal", 1: "kill", 2: "a reason" };

/** An exit reason in one line; of an error, what it says. */
function reasonText(reason: unknown): string {
  const [first = "", second = ""] = formatExit(reason).split("\n");
  return first.endsWith(":") ? second.trim() : first;
}
