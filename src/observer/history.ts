import type { Machine } from "../machine.ts";
import type { CoreMemory } from "./core-memory.ts";
import { heapBytes } from "./host.ts";
import type { Sample } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import type { Scan } from "./scan.ts";

/** How long samples are kept, ms. */
export const HISTORY = 120_000;
/** ms between two questions for the heap: hosts take long to answer. */
const HEAP = 1000;

/** The overview's samples of the last two minutes. */
export class History {
  readonly samples: Sample[] = [];
  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly scan: Scan;
  private readonly reports: Reports;
  private readonly most: number;
  private heap: number | undefined;
  private heapAt = Number.NEGATIVE_INFINITY;
  private reductions = 0;
  private passes = 0;
  private passAt: number;
  private rate = 0;
  /** Messages, and the core's number of them, at the last sample. */
  private sent = 0;
  private word: number;
  private sentAt: number;

  constructor(machine: Machine, memory: CoreMemory, scan: Scan, reports: Reports, interval: number, now: number) {
    this.machine = machine;
    this.memory = memory;
    this.scan = scan;
    this.reports = reports;
    this.most = Math.ceil(HISTORY / interval);
    this.passAt = now;
    this.word = memory.sent;
    this.sentAt = now;
  }

  /** Takes a sample. `now` as the scan's clock has it, `delay`: how late the host was. */
  take(now: number, delay: number): Sample {
    const { machine, memory, reports, samples } = this;
    if (now - this.heapAt >= HEAP) {
      this.heap = heapBytes();
      this.heapAt = now;
    }
    this.measure(now);
    const { core } = machine;
    const sample: Sample = {
      at: Date.now(),
      processes: core.processes(),
      runQueue: core.runnable(),
      ...this.messages(now),
      reductions: this.rate,
      memory: {
        linear: memory.bytes,
        values: machine.values.length * 8,
        ...(this.heap !== undefined && { heap: this.heap }),
      },
      timers: core.timersInUse(),
      reports: reports.count,
      restarts: reports.restarts,
      delay: Math.round(delay * 10) / 10,
    };
    samples.push(sample);
    if (samples.length > this.most) samples.shift();
    return sample;
  }

  private messages(now: number): { readonly sent: number; readonly messages: number } {
    const word = this.memory.sent;
    // The core's number begins again at 0 after 2^32.
    const messages = (word - this.word) >>> 0;
    const seconds = Math.max(1, now - this.sentAt) / 1000;
    this.word = word;
    this.sentAt = now;
    this.sent += messages;
    return { sent: this.sent, messages: Math.round(messages / seconds) };
  }

  /** The reductions of the passes that have ended since the last time. In between their rate stays. */
  private measure(now: number): void {
    const { scan } = this;
    if (scan.passes === this.passes) return;
    const isFirst = this.passes === 0;
    this.passes = scan.passes;
    const seconds = Math.max(1, now - this.passAt) / 1000;
    this.passAt = now;
    const reductions = scan.reductions - this.reductions;
    this.reductions = scan.reductions;
    // The first pass has nothing to compare with.
    if (!isFirst) this.rate = Math.round(reductions / seconds);
  }
}
