import { cpus } from "node:os";
import type { Sample } from "./measure.ts";
import type { System } from "./systems.ts";
import type { Workload } from "./workloads.ts";

/** What `--json` writes: every sample, by workload and system. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly systems: Record<string, string>;
  /** What one op of each workload is. */
  readonly workloads: Record<string, string>;
  readonly samples: Record<string, Record<string, Sample[]>>;
}

export function emptyResults(systems: readonly System[], chosen: readonly Workload[]): Results {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpu?.model ?? "unknown"}`,
    systems: Object.fromEntries(systems.map(({ name, about }) => [name, about])),
    workloads: Object.fromEntries(chosen.map(({ name, op }) => [name, op])),
    samples: Object.fromEntries(chosen.map(({ name }) => [name, {}])),
  };
}

export function add({ samples }: Results, workload: string, system: string, sample: Sample): void {
  const row = samples[workload] ?? {};
  row[system] = [...(row[system] ?? []), sample];
}

/** What a sample tells: a figure for each op. */
export type Measure = "time" | "bytes" | "wake";

/** All that was measured of a workload on a system; empty when nothing was. */
export function figures({ samples }: Results, workload: string, system: string, measure: Measure = "time"): number[] {
  const own = samples[workload]?.[system] ?? [];
  return own
    .map(({ ns, ops, bytes, wake }) => ({ time: ns / ops, bytes, wake })[measure])
    .filter((each) => each !== undefined);
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const above = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? above : ((sorted[middle - 1] as number) + above) / 2;
}
