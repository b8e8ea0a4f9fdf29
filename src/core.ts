import { instantiateSync } from "@assemblyscript/loader";
import { wasm } from "#core";

/** The core's exports: see docs/core-abi.md. Slots, numbers and indices are i32; times are ms. */
export interface Core {
  readonly memory: WebAssembly.Memory;
  init(maxProcesses: number): void;

  spawn(priority: number, host: number): number;
  bound(slot: number, limit: number, overflow: number): void;
  read(slot: number, offset: number): number;
  slots(): number;
  processes(): number;
  runnable(): number;
  setPriority(slot: number, priority: number): void;
  setTrapping(slot: number, on: number): void;

  park(slot: number): void;
  giveWay(slot: number): void;

  send(slot: number, generation: number, hands: number): number;
  take(slot: number): number;
  settle(slot: number, count: number): void;
  next(handed: number): number;
  hand(slot: number, runs: number): void;
  charge(slot: number, work: number): void;
  rest(): void;
  sendAlias(index: number, generation: number, hands: number, sender: number): number;
  replied(index: number, generation: number): void;
  deliver(slot: number): number;
  candidate(slot: number, restart: number): number;
  pick(slot: number): number;
  pass(slot: number, count: number): number;
  run(slot: number): number;
  passTagged(slot: number, tag: number, size: number, known: number): number;
  wait(slot: number): void;
  abandon(slot: number): void;
  drop(slot: number): number;
  walk(slot: number, restart: number): number;
  removeAtCursor(slot: number): void;

  link(a: number, b: number, fresh: number): number;
  unlink(a: number, b: number): number;
  createEdge(owner: number, target: number, kind: number, generation: number): number;
  ownerOf(index: number): number;
  edgeKind(owner: number, index: number, generation: number): number;
  demonitor(index: number): void;
  unalias(index: number): void;
  firstHalf(slot: number, list: number): number;
  nextHalf(half: number): number;
  oppositeSlot(half: number): number;
  halfEdgeIndex(half: number): number;
  halfEdgeKind(half: number): number;

  signal(from: number, to: number, generation: number, reason: number): number;
  end(slot: number, reason: number): number;
  endQuietly(slot: number): number;
  resume(): number;
  bury(slot: number): void;
  grave(): number;

  setTimer(slot: number, deadline: number): number;
  cancelTimer(index: number): void;
  setTimeout(slot: number, deadline: number): number;
  clearTimeout(slot: number): void;
  advance(now: number, work: number): number;
  nextDeadline(): number;

  check(): number;
  edgesInUse(): number;
  timersInUse(): number;
  segmentsInUse(): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the core without blocking, for browsers that refuse to do it synchronously on the main thread. Nowhere else is it
 * needed; once is enough, before the first runtime.
 */
export async function init(): Promise<void> {
  compiled ??= await WebAssembly.compile(wasm());
}

/** A core with a memory of its own. The raw exports: the loader's wrappers are not for the hot path. */
export function instantiate(maxProcesses: number): Core {
  compiled ??= new WebAssembly.Module(wasm());
  const { instance } = instantiateSync(compiled, {});
  const core = instance.exports as unknown as Core;
  core.init(maxProcesses);
  return core;
}
