import { type Body, kill, type Process, run, send, spawn } from "../programs/handwritten/scheduler.ts";
import type { System } from "./system.ts";

let playing = 0;

function* player(self: Process): Body {
  for (;;) {
    const [, from, left] = yield;
    if (left > 0) send(from, ["ball", self, left - 1]);
    else playing--;
  }
}

function* idler(): Body {
  yield;
}

export function handwritten(): System {
  const pairs: [Process, Process][] = [];
  let idlers: Process[] = [];
  return {
    makePairs(processes) {
      for (let left = processes; left > 0; left -= 2) pairs.push([spawn(player), spawn(player)]);
    },
    async play(messages) {
      playing = pairs.length;
      for (const [a, b] of pairs) send(a, ["ball", b, 2 * messages - 1]);
      run();
      if (playing !== 0) throw new Error(`${playing} pairs still play`);
    },
    async spawnIdle(processes) {
      for (let left = processes; left > 0; left--) idlers.push(spawn(idler));
      run();
    },
    async killIdle() {
      for (const each of idlers) kill(each, "killed");
      idlers = [];
    },
  };
}
