import { createRuntime, type Pid, type Self, send } from "beamlet";
import { type Message, meet, traffic } from "./traffic.ts";

function* roamer(self: Self<Message>) {
  for (;;) {
    const [, hops] = yield* self.receive();
    send(meet() as Pid<Message>, ["token", hops + 1]);
  }
}

export function start(processes: number, tokens: number): void {
  const runtime = createRuntime({ maxProcesses: 2 ** 23 });
  for (let i = 0; i < processes; i++) traffic.processes.push(runtime.spawn(roamer));
  for (let i = 0; i < tokens; i++) runtime.send(meet() as Pid<Message>, ["token", 0]);
}
