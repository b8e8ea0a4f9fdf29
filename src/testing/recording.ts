import { HAS_MAIL } from "../../assembly/layout.ts";
import type { Core } from "../core.ts";
import { createRuntime, inspect, type Report, type Runtime, type RuntimeOptions } from "../kernel.ts";
import type { Machine, OpenCore } from "../machine.ts";

/** What comes into a runtime from outside, or its clock: all that its scheduler does not decide. */
export interface Input {
  /** After so many slices. */
  readonly at: number;
  /**
   * `time`: timers fired; `armed`: the time of a receive began; `settled`: a host promise that a process waited for was kept. The others were not done by a
   * slice: the host did them, or a timer, or a `finally` block.
   */
  readonly kind: "send" | "spawn" | "signal" | "settled" | "time" | "armed";
  /** The process it was done to; 0 for `time`. */
  readonly slot: number;
  /** The time or the deadline in ms; or the message, for a reader. */
  readonly what: number | string;
}

/** Options of `record`: those of the runtime, and how much is kept. */
export interface RecordOptions extends RuntimeOptions {
  /** So many slices, and so many inputs, are kept: the last ones. Default 100,000. */
  readonly size?: number;
  /** Told of each crash, with the recording up to it, as text. */
  readonly onCrash?: (recording: string, report: Report) => void;
}

const SIZE = 100_000;
/** Longest text of a message, characters. */
const LONGEST = 200;

/** The last of many. */
class Ring<T> {
  private readonly items: T[] = [];
  private readonly size: number;
  count = 0;

  constructor(size: number) {
    this.size = size;
  }

  add(item: T): void {
    this.items[this.count++ % this.size] = item;
  }

  /** How many are gone. */
  get lost(): number {
    return Math.max(0, this.count - this.size);
  }

  list(): T[] {
    const from = this.count % this.size;
    return this.lost === 0 ? this.items.slice() : [...this.items.slice(from), ...this.items.slice(0, from)];
  }
}

/** What has been recorded of a runtime. */
export class Recording {
  private readonly slices: Ring<number>;
  private readonly inputs: Ring<Input>;
  private readonly deadlines: Ring<number>;
  private later: (() => void) | undefined;

  /** @internal */
  constructor(machine: Machine, size: number) {
    this.slices = new Ring(size);
    this.inputs = new Ring(size);
    this.deadlines = new Ring(size);
    const { slices, inputs, deadlines } = this;
    const core = openCore(machine);
    const before = { core: { ...core } };
    let running = 0;
    const input = (kind: Input["kind"], slot: number, what: number | string) =>
      inputs.add({ at: slices.count, kind, slot, what });
    const sent = (slot: number, number: number) => {
      // The message is put beside its number when this call is over.
      this.later = () => {
        const text = inspect(number >= 0 ? machine.values[number] : undefined);
        input("send", slot, number >= 0 ? text.slice(0, LONGEST) : "");
      };
    };
    core.next = (handed) => {
      this.catchUp();
      const answer = before.core.next(handed);
      running = answer > 0 ? answer & (HAS_MAIL - 1) : 0;
      if (running !== 0) slices.add(running);
      return answer;
    };
    core.rest = () => {
      running = 0;
      before.core.rest();
    };
    core.spawn = (priority, host) => {
      this.catchUp();
      const slot = before.core.spawn(priority, host);
      if (running === 0) input("spawn", slot, "");
      return slot;
    };
    core.send = (slot, generation, hands) => {
      this.catchUp();
      const number = before.core.send(slot, generation, hands);
      if (running === 0) sent(slot, number);
      return number;
    };
    core.sendAlias = (index, generation, hands, sender) => {
      this.catchUp();
      const slot = running === 0 ? before.core.ownerOf(index) : 0;
      const number = before.core.sendAlias(index, generation, hands, sender);
      if (running === 0) sent(slot, number);
      return number;
    };
    core.signal = (from, to, generation, reason) => {
      this.catchUp();
      if (running === 0) input("signal", to, reason);
      return before.core.signal(from, to, generation, reason);
    };
    core.giveWay = (slot) => {
      this.catchUp();
      if (running === 0) input("settled", slot, "");
      before.core.giveWay(slot);
    };
    core.setTimer = (slot, deadline) => {
      deadlines.add(deadline);
      return before.core.setTimer(slot, deadline);
    };
    core.setTimeout = (slot, deadline) => {
      if (running === 0) input("armed", slot, deadline);
      else deadlines.add(deadline);
      return before.core.setTimeout(slot, deadline);
    };
    core.advance = (now, work) => {
      this.catchUp();
      running = 0;
      const runnable = before.core.runnable();
      const answer = before.core.advance(now, work);
      if (answer !== 0 || before.core.runnable() !== runnable) input("time", 0, now);
      return answer;
    };
  }

  private catchUp(): void {
    const { later } = this;
    this.later = undefined;
    later?.();
  }

  /** How many slices there have been. */
  get length(): number {
    return this.slices.count;
  }

  /** As text, one JSON object a line: what `replay` takes. */
  toString(): string {
    this.catchUp();
    const { slices, inputs, deadlines } = this;
    const header: Header = {
      beamlet: "recording",
      version: 1,
      slices: slices.count,
      lost: [slices.lost, inputs.lost, deadlines.lost],
    };
    const lines: unknown[] = [header, { ran: slices.list() }, { deadlines: deadlines.list() }, ...inputs.list()];
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

interface Header {
  readonly beamlet: "recording";
  readonly version: 1;
  readonly slices: number;
  /** Slices, inputs and deadlines that are gone. */
  readonly lost: readonly [number, number, number];
}

/** A recording as it was read. */
export interface ReadRecording extends Header {
  readonly ran: readonly number[];
  readonly deadlines: readonly number[];
  readonly inputs: readonly Input[];
}

/** *Throws* `TypeError` for what is no recording. */
export function readRecording(text: unknown): ReadRecording {
  const wrong = (why: string) => new TypeError(`replay: expected the text of a recording, ${why}`);
  if (typeof text !== "string") throw wrong(`got ${inspect(text)}`);
  const lines = text.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line, i) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw wrong(`but line ${i + 1} is no JSON`);
    }
  });
  const [header, ran, deadlines, ...inputs] = parsed as [
    Header | undefined,
    Pick<ReadRecording, "ran"> | undefined,
    Pick<ReadRecording, "deadlines"> | undefined,
    ...Input[],
  ];
  if (header?.beamlet !== "recording" || !Array.isArray(ran?.ran) || !Array.isArray(deadlines?.deadlines)) {
    throw wrong("but its first lines are others'");
  }
  if (header.version !== 1) throw wrong(`of version 1, got version ${inspect(header.version)}`);
  return { ...header, ...ran, ...deadlines, inputs };
}

/** The core's functions where others may be put in their place. Time begins where it did, then, however often the clock is looked at. */
export function openCore(machine: Machine): OpenCore {
  machine.defers = false;
  machine.watchers++;
  const core = { ...machine.core };
  (machine as { core: Core }).core = core;
  return core;
}

/**
 * A runtime whose decisions and inputs are recorded, the last ones in a ring. `recording.toString()` is for `replay`.
 *
 * Every slice costs some tens of ns more. *Throws* as `createRuntime` does; `RangeError` for a wrong size.
 *
 * @example
 * const { runtime, recording } = record({ onCrash: (text) => writeFileSync("crash.beamlet", text) });
 */
export function record(options: RecordOptions = {}): { readonly runtime: Runtime; readonly recording: Recording } {
  const { size = SIZE, onCrash, ...others } = options;
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`record: expected 1 or more as size, got ${inspect(size)}`);
  if (onCrash !== undefined && typeof onCrash !== "function")
    throw new TypeError(`record: expected a function as onCrash, got ${inspect(onCrash)}`);
  const runtime = createRuntime(others);
  const recording = new Recording(runtime as Machine, size);
  if (onCrash !== undefined) {
    const { logger } = runtime;
    runtime.logger = (report) => {
      logger(report);
      if (report.level === "error") onCrash(recording.toString(), report);
    };
  }
  return { runtime, recording };
}
