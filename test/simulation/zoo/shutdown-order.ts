// A log collects lines and writes them to the store, the rest when it is shut down. Supervisors end their children youngest first, and the store is the
// youngest: the log's last words go to a process that is not there any more. It matters only if there is something left to
// write, and the log is quick.

import { current, GenServer, reply, type Self, Supervisor, send, Task } from "beamlet";

export const name = "shutdown order";
export const finds = { kind: "crash", text: "noproc" } as const;

const Store = GenServer.define({
  name: "Store",
  init: (disk: string[]) => disk,
  calls: {
    write(disk, lines: readonly string[]) {
      disk.push(...lines);
      return reply("ok", disk);
    },
  },
});

function* flush(lines: readonly string[]) {
  if (lines.length > 0) yield* Store.call.write("store", lines);
  return [];
}

const Log = GenServer.define({
  name: "Log",
  init(): readonly string[] {
    (current() as Self).trapExit = true; // Else it would not be asked to terminate.
    return [];
  },
  calls: {
    line(lines, text: string) {
      // What comes until it has its turn goes with it.
      if (lines.length === 0) send((current() as Self<"flush">).pid, "flush");
      return reply("ok", [...lines, text]);
    },
  },
  info: { flush },
  terminate: (_reason, lines) => flush(lines),
});

function* user(name: string) {
  yield* Log.call.line("log", `${name} comes`);
  yield* Log.call.line("log", `${name} leaves`);
}

function* scenario(order: "log first" | "store first") {
  const disk: string[] = [];
  const children = [Log.child({ name: "log" }), Store.child(disk, { name: "store" })];
  if (order === "store first") children.reverse();
  const supervisor = yield* Supervisor.startLink(children, { strategy: "one_for_one" });
  yield* Task.awaitMany(["ann", "bob"].map((name) => Task.async(user, [name])));
  yield* Supervisor.stop(supervisor);
  if (disk.length !== 4) throw new Error(`${disk.length} of 4 lines are on the disk`);
}

export function* broken(_self: Self) {
  yield* scenario("log first");
}

export function* fixed(_self: Self) {
  yield* scenario("store first");
}
