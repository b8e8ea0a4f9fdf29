// What the core of simulations exports beside `index.ts`.

import * as simulation from "./simulation.ts";

/** How the run is to go: before it begins. `limit` choices and slices at most; `expected` ones are what STRATEGY_PCT spreads its changes over. */
export function configure(
  strategy: i32,
  seed: i32,
  depth: i32,
  expected: i32,
  limit: i32,
  lag: i32,
  delays: i32,
): void {
  simulation.configure(strategy, seed, depth, expected, limit, lag, delays);
}

/** Where the run's choices are written, one word each; where the caller may write those that are given, before the run. */
export function traceAt(): i32 {
  return simulation.traceAt();
}

/** So many choices are given. */
export function setScripted(count: i32): void {
  simulation.setScripted(count);
}

/** How many choices between several there were. */
export function choices(): i32 {
  return simulation.choices();
}

export function steps(): i32 {
  return simulation.steps();
}

/** Ends the run at its next step. */
export function halt(): void {
  simulation.halt();
}

export function isHalted(): i32 {
  return simulation.isHalted();
}

/** Whether what `advance` is to do is to let time pass, since nothing else is left. */
export function isOnlyTime(): i32 {
  return simulation.isOnlyTime();
}

/** How many messages are under way. */
export function underWay(): i32 {
  return simulation.underWay();
}

/** The low and the high half of the run's fingerprint. */
export function printLow(): i32 {
  return simulation.printLow();
}

export function printHigh(): i32 {
  return simulation.printHigh();
}

/** The time of the run, ms. */
export function time(): f64 {
  return simulation.time();
}
