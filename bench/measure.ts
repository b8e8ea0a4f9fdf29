import process from "node:process";

/** One run. */
export interface Sample {
  readonly ops: number;
  readonly ns: number;
  /** Of workloads about memory: resident bytes for each op. */
  readonly bytes?: number;
  /** Of `spawn_idle`: ns to send one of the waiting processes a message and get its reply. */
  readonly wake?: number;
}

/** A workload as a program does it, `n` large. */
export type Run = (n: number) => Sample | Promise<Sample>;

export type Program = Readonly<Record<string, Run>>;

/** No more than so many times larger than the run before, which told little of the time. */
const STEEPEST = 10;

/**
 * Runs larger and larger until one lasts `target` ns, or is of the size `most`. A second run of that size counts: all before it have warmed the program up,
 * and the first of that size may have been the first to need so much memory.
 */
export async function grow(run: Run, start: number, target: number, most: number): Promise<Sample> {
  for (let n = start; ; ) {
    const sample = await run(n);
    if (sample.ns >= target || n >= most) return run(n);
    n = Math.min(most, Math.ceil(n * Math.min(STEEPEST, Math.max(1.2, (1.25 * target) / sample.ns))));
  }
}

/** Runs once to warm up, and once. */
export async function repeat(run: Run, warm: number, n: number): Promise<Sample> {
  await run(warm);
  return run(n);
}

/** Times `work`, which does `ops`. */
export async function timed(ops: number, work: () => unknown): Promise<Sample> {
  const started = performance.now();
  await work();
  return { ops, ns: since(started) };
}

/** The same in time of the processor: `work` waits for clocks. */
export async function timedCpu(ops: number, work: () => unknown): Promise<Sample> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return { ops, ns: (user + system) * 1000 };
}

/** ns since `started`, which is in ms. */
export function since(started: number): number {
  return (performance.now() - started) * 1e6;
}

/** `n` in whole thousands. */
export function thousands(n: number): number {
  return Math.ceil(n / 1000) * 1000;
}

/** Resident bytes, without garbage. */
export function resident(): number {
  // The second one frees what the finalizers of the first let go.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
