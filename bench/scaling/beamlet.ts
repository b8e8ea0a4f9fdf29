import { type Body, createRuntime, loop, type Pid, type Self, send } from "beamlet";
import type { System } from "./system.ts";

type Ball = ["ball", from: Pid<Ball>, left: number];

let playing = 0;
let finish: () => void;

/** What a process has to do with a ball. */
function hit(self: Pid<Ball>, [, from, left]: Ball): void {
  if (left > 0) send(from, ["ball", self, left - 1]);
  else if (--playing === 0) finish();
}

function* generatorPlayer(self: Self<Ball>) {
  for (;;) hit(self.pid, yield* self.receive());
}

const loopPlayer = loop(undefined, (_state, ball: Ball, self) => {
  hit(self.pid, ball);
  return undefined;
});

function* generatorIdler(self: Self<"wake">) {
  yield* self.receive();
}

const loopIdler = loop(undefined, (_state, _message: "wake") => undefined);

function system(player: Body<Ball>, idler: Body<"wake">): System {
  const runtime = createRuntime({ maxProcesses: 10 ** 7 });
  const pairs: [Pid<Ball>, Pid<Ball>][] = [];
  let idlers: Pid<"wake">[] = [];
  return {
    makePairs(processes) {
      for (let left = processes; left > 0; left -= 2) pairs.push([runtime.spawn(player), runtime.spawn(player)]);
    },
    play: (messages) =>
      new Promise((resolve) => {
        finish = resolve;
        playing = pairs.length;
        for (const [a, b] of pairs) runtime.send(a, ["ball", b, 2 * messages - 1]);
      }),
    spawnIdle: (processes) =>
      new Promise((resolve) => {
        for (let left = processes; left > 1; left--) idlers.push(runtime.spawn(idler));
        // The last one runs after all others.
        runtime.spawn(() => resolve());
      }),
    async killIdle() {
      for (const each of idlers) runtime.exit(each, "kill");
      idlers = [];
      // They are closed when the next process has its turn.
      await runtime.run(() => {});
    },
  };
}

export const generator = (): System => system(generatorPlayer, generatorIdler);
export const viaLoop = (): System => system(loopPlayer, loopIdler);
