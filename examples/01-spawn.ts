// spawn: the pid comes back at once, the body runs when it is its turn.
import { receive, spawn, spawnMonitor } from "beamlet";

const pid = spawn(() => console.log("hello from a process"));
console.log(`spawn returned ${pid}`);

// One shared function with arguments is cheaper than a closure for each.
function greet(_self: unknown, name: string): void {
  console.log(`hello, ${name}`);
}
spawn(greet, "Joe");

// A process ends when its body returns. A monitor tells when, and why.
const [last] = spawnMonitor(greet, "Robert");
const [tag, , , who, reason] = await receive();
console.log(
  `${tag}: ${who === last ? "the last one" : who} ended, ${reason}`,
);
