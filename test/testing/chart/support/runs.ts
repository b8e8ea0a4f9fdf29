// Runs of small programs, written down as a recorder would.
import type { RunEvent } from "../../../../src/testing/event.ts";
import { Tape } from "./tape.ts";

/** Two processes throw a ball three times; the third throw is one too many. */
export function pingPong(): RunEvent[] {
  const tape = new Tape();
  const ping = tape.spawn("ping");
  tape.run(ping);
  const pong = tape.spawn("pong", ping);
  tape.add({ kind: "link", from: ping, to: pong });
  let ball = tape.send(pong, `[${ping}, "ping", 1]`);
  for (let round = 1; round < 3; round++) {
    tape.run(pong).take(ball);
    ball = tape.send(ping, `["pong", ${round}]`);
    tape.run(ping).take(ball);
    ball = tape.send(pong, `[${ping}, "ping", ${round + 1}]`);
  }
  tape.run(pong).take(ball);
  tape.add({ kind: "exit", pid: pong, reason: `"tired"` });
  tape.run(ping).add({ kind: "exit", pid: ping, reason: `"tired"` });
  tape.add({ kind: "failure", pid: ping, text: `nobody expected this end: "tired"` });
  return tape.events;
}

/** A reply is on its way when the caller's patience ends, and is taken for the next call's. */
export function lateReply(): RunEvent[] {
  const tape = new Tape();
  const client = tape.spawn("client");
  tape.run(client);
  const bank = tape.spawn("bank", client);
  tape.add({ kind: "register", pid: bank, name: "bank" });
  tape.add({ kind: "monitor", from: client, to: bank });
  const first = tape.send(bank, `["balance", ${client}, "anna"]`);
  tape.run(bank).take(first);
  const db = tape.spawn("db", bank);
  const query = tape.send(db, `["select", ${bank}, "anna"]`);
  tape.run(db).take(query);
  tape.pass(5000).timer(client);
  tape.run(db);
  const rows = tape.send(bank, `["rows", [{owner: "anna", sum: 100}]]`);
  tape.run(client);
  const second = tape.send(bank, `["balance", ${client}, "bert"]`);
  tape.deliver(second);
  tape.run(bank);
  tape.deliver(rows).take(rows);
  const late = tape.send(client, `["reply", 100]`);
  tape.run(client);
  tape.take(late);
  tape.add({
    kind: "report",
    pid: client,
    text: "Process #PID<0.2.0> raised an exception\nExpectationError: bert has 0, got 100",
  });
  tape.add({ kind: "exit", pid: client, reason: "ExpectationError: bert has 0, got 100" });
  tape.add({ kind: "failure", pid: client, text: "bert has 0, got 100\n  expected 0\n  received 100" });
  return tape.events;
}

/** A supervisor restarts a worker that crashes; a message to the old one is lost. */
export function restart(): RunEvent[] {
  const tape = new Tape();
  const main = tape.spawn("main");
  tape.run(main);
  const supervisor = tape.spawn("Supervisor", main);
  tape.add({ kind: "link", from: main, to: supervisor });
  tape.run(supervisor);
  const worker = tape.spawn("worker", supervisor);
  tape.add({ kind: "link", from: supervisor, to: worker });
  tape.add({ kind: "register", pid: worker, name: "queue" });
  const other = tape.spawn("logger", supervisor);
  tape.run(main);
  const job = tape.send(worker, `["job", 1]`);
  tape.run(worker).take(job);
  tape.timer(worker, `"tick"`);
  tape.add({ kind: "exit", pid: worker, reason: `Error: boom` });
  tape.run(supervisor);
  const again = tape.spawn("worker", supervisor);
  tape.add({ kind: "link", from: supervisor, to: again });
  tape.add({ kind: "register", pid: again, name: "queue" });
  tape.run(main);
  tape.send(worker, `["job", 2]`);
  tape.send(again, `["job", 3]`);
  tape.add({ kind: "signal", from: main, to: other, reason: `"shutdown"` });
  tape.run(other).add({ kind: "exit", pid: other, reason: `"shutdown"` });
  for (let i = 0; i < 5; i++) tape.run(supervisor);
  tape.add({ kind: "failure", text: `eventually("job 2 is done") did not come true` });
  return tape.events;
}

/** A pool under load: `size` workers serve a queue, one of them fails. */
export function pool(size: number, jobs: number): RunEvent[] {
  const tape = new Tape();
  const main = tape.spawn("main");
  tape.run(main);
  const queue = tape.spawn("queue", main);
  const workers = Array.from({ length: size }, (_, index) => tape.spawn(`worker_${index + 1}`, main));
  for (let job = 0; job < jobs; job++) {
    const worker = workers[(job * 7) % size] ?? main;
    const given = tape
      .run(queue)
      .send(worker, `["job", ${job}, {url: "https://example.org/${job}", retries: 3, priority: "low"}]`);
    tape.run(worker).take(given);
    if (job % 5 === 0) tape.pass(250).timer(worker);
    const done = tape.run(worker).send(queue, `["done", ${job}]`);
    tape.run(main);
    tape.run(queue).take(done);
  }
  const last = workers[size - 1] ?? main;
  tape.run(last).add({ kind: "exit", pid: last, reason: "RangeError: Invalid array length" });
  tape.add({ kind: "failure", pid: last, text: "a crash report nobody expected: RangeError: Invalid array length" });
  return tape.events;
}
