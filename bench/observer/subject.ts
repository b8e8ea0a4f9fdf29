// node subject.mjs PROCESSES TOKENS SECONDS ROUNDS
//
// So many processes, so many tokens on their way between them, seconds with and without an observer by turns; then the same with a trace. The parent opens the page
// whose URL it is told. Prints JSON lines.
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createRuntime, type Pid, type Self } from "beamlet";
import { observe } from "beamlet/observer";

/** Until everything is compiled, ms. */
const WARM = 3000;

/** What one phase came to. Where it says processor, other programs on the machine don't count. */
export interface Phase {
  readonly name: string;
  /** In a second of the processor. */
  readonly messages: number;
  /** What part of a processor the observer's tasks took, and the longest of them, ms of the processor. */
  readonly share: number;
  readonly longest: number;
}

type Message = ["token", hops: number];

const [processes = 0, tokens = 0, seconds = 0, rounds = 0] = process.argv.slice(2).map(Number);

/** ms of the processor's time that this program has had. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// What the observer does, it does in tasks of an interval: they are timed.
let spent = 0;
let longest = 0;
const { setInterval: original } = globalThis;
globalThis.setInterval = ((task: () => void, ms: number) =>
  original(() => {
    const began = used();
    task();
    const took = used() - began;
    spent += took;
    longest = Math.max(longest, took);
  }, ms)) as typeof setInterval;

let messages = 0;
const pids: Pid<Message>[] = [];
const runtime = createRuntime({ maxProcesses: 2 ** 23 });

function* roamer(self: Self<Message>) {
  for (;;) {
    const [, hops] = yield* self.receive();
    messages++;
    self.send(pids[Math.floor(Math.random() * pids.length)] as Pid<Message>, ["token", hops + 1]);
  }
}

for (let i = 0; i < processes; i++) pids.push(runtime.spawn(roamer));
runtime.run();
for (let i = 0; i < tokens; i++) runtime.send(pids[i % pids.length] as Pid<Message>, ["token", 0]);
await sleep(WARM);

async function phase(name: string): Promise<Phase> {
  [messages, spent, longest] = [0, 0, 0];
  const [began, since] = [used(), performance.now()];
  await sleep(seconds * 1000);
  const ms = used() - began;
  return { name, messages: (messages * 1000) / ms, share: spent / (performance.now() - since), longest };
}

function tell(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Has the parent do something with the page; it answers when it is done. */
function ask(what: string, url = ""): Promise<void> {
  tell({ ask: what, url });
  return new Promise((resolve) => process.stdin.once("data", () => resolve()));
}

for (let round = 0; round < rounds; round++) {
  tell(await phase("alone"));
  const observer = await observe(runtime);
  await ask("open", observer.url);
  // The first walk of all.
  await sleep(1500);
  tell(await phase("observed"));
  await ask("trace one");
  tell(await phase("a trace of one process"));
  await ask("trace all");
  tell(await phase("a trace of all"));
  await ask("close");
  await observer.close();
  await sleep(500);
}
tell(await phase("alone, afterwards"));
process.exit(0);
