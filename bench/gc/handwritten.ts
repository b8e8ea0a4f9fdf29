import { type Body, type Process, runFor, send, spawn } from "../programs/handwritten/scheduler.ts";
import { meet, traffic } from "./traffic.ts";

/** As long as Beamlet's, ms: the collector works between turns, too. */
const TURN = 1.5;

function* roamer(): Body {
  for (;;) {
    const [, hops] = yield;
    send(meet() as Process, ["token", hops + 1]);
  }
}

export function start(processes: number, tokens: number): void {
  for (let i = 0; i < processes; i++) traffic.processes.push(spawn(roamer));
  for (let i = 0; i < tokens; i++) send(meet() as Process, ["token", 0]);
  turn();
}

function turn(): void {
  runFor(TURN);
  setImmediate(turn);
}
