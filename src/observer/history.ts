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
  private slices: number;
  private passes = 0;
  private passAt: number;
  private rates = { reductions: 0, messages: 0 };

  constructor(machine: Machine, memory: CoreMemory, scan: Scan, reports: Reports, interval: number, now: number) {
    this.machine = machine;
    this.memory = memory;
    this.scan = scan;
    this.reports = reports;
    this.most = Math.ceil(HISTORY / interval);
    this.passAt = now;
    this.slices = memory.slices;
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
      ...this.rates,
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

  /** The rates of the passes that have ended since the last time. In between they stay. */
  private measure(now: number): void {
    const { scan } = this;
    if (scan.passes === this.passes) return;
    const isFirst = this.passes === 0;
    this.passes = scan.passes;
    const seconds = Math.max(1, now - this.passAt) / 1000;
    this.passAt = now;
    const reductions = scan.reductions - this.reductions;
    this.reductions = scan.reductions;
    const counted = this.memory.slices;
    const slices = (counted - this.slices) | 0;
    this.slices = counted;
    // The first pass has nothing to compare with.
    if (isFirst) return;
    // A message is taken once, and sent once if a process sent it; the count of slices begins anew with each process of low priority.
    const isKnown = slices >= 0 && slices <= reductions;
    const messages = isKnown ? (reductions - slices) / 2 : reductions / 3;
    this.rates = { reductions: Math.round(reductions / seconds), messages: Math.round(messages / seconds) };
  }
}
