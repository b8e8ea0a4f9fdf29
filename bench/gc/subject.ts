// node subject.mjs SYSTEM PROCESSES TOKENS SECONDS
//
// So many processes, so many tokens on their way between them: prints what the garbage collector did meanwhile, as JSON.
import { constants, PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { traffic } from "./traffic.ts";

/** Until everything is compiled, and the young generation has its size, ms. */
const WARM = 3000;

/** Times in ms. */
export interface Collections {
  /** Of the young generation. */
  readonly minor: number[];
  /** Of the whole heap. */
  readonly major: number[];
  readonly messages: number;
  readonly recorded: number;
  readonly heapBytes: number;
}

/** Its type does not tell of `detail`. */
interface Pause {
  readonly duration: number;
  readonly detail: { readonly kind: number };
}

const systems: Record<string, () => Promise<{ start(processes: number, tokens: number): void }>> = {
  generator: () => import("./generator.ts"),
  loop: () => import("./loop.ts"),
  handwritten: () => import("./handwritten.ts"),
};

const [system = "", ...numbers] = process.argv.slice(2);
const [processes = 0, tokens = 0, seconds = 0] = numbers.map(Number);
const { start } = await (systems[system] as (typeof systems)[string])();

start(processes, tokens);
await sleep(WARM);

const minor: number[] = [];
const major: number[] = [];
new PerformanceObserver((list) => {
  for (const { duration, detail } of list.getEntries() as unknown as Pause[]) {
    (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? minor : major).push(duration);
  }
}).observe({ entryTypes: ["gc"] });
const started = performance.now();
const counted = traffic.messages;
await sleep(seconds * 1000);
const collections: Collections = {
  messages: traffic.messages - counted,
  recorded: performance.now() - started,
  minor,
  major,
  heapBytes: process.memoryUsage().heapUsed,
};
console.log(JSON.stringify(collections));
process.exit();
