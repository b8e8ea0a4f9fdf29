// An application that waits for a signal: `application.ts MODE`.
import process from "node:process";
import { Application, exit, GenServer, processFlag, Supervisor, sleep } from "beamlet";

const [mode] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

// Deno's spawn tells no exit code of a child that it has sent a signal to.
process.on("exit", (code) => say(`exit code ${code}`));

/** A server that says how it ends, and takes its time. */
const Worker = GenServer.define({
  name: "Worker",
  init(name: string) {
    // Else the signal of its supervisor ends it without a word.
    processFlag("trapExit", true);
    return name;
  },
  *terminate(reason, name) {
    if (mode === "stuck") yield* sleep(Number.POSITIVE_INFINITY);
    say(`${name} ends: ${reason}`);
  },
});

const Store = Application.define({
  name: "store",
  start: () =>
    Supervisor.startLink([Worker.child("store 1", { id: 1 }), Worker.child("store 2", { id: 2 })], {
      strategy: "one_for_one",
    }),
  stop: () => say("store stopped"),
});

const Shop = Application.define({
  name: "shop",
  applications: [Store],
  start() {
    if (mode === "start-up") {
      say("starting");
      return Supervisor.startLink([Worker.child("shop"), { id: "never", start: () => new Promise<never>(() => {}) }], {
        strategy: "one_for_one",
      });
    }
    return Supervisor.startLink(
      [Worker.child("shop", mode === "stuck" ? { shutdown: Number.POSITIVE_INFINITY } : {})],
      {
        strategy: "one_for_one",
        name: "shop supervisor",
      },
    );
  },
  prepStop: () => say("shop prepares"),
  stop: () => say("shop stopped"),
});

if (mode === "code") process.exitCode = 7;
// A program without signals' handlers of its own, and with something that would keep it alive.
if (mode !== "run") setInterval(() => {}, 1000);
if (mode === "stopped") {
  await Application.ensureAllStarted(Shop);
  await Application.stop(Shop);
  await Application.stop(Store);
  say("ready");
} else if (mode === "permanent") {
  await Application.ensureAllStarted(Shop, "permanent");
  setTimeout(() => exit(Application.getSupervisor(Shop) as never, "kill"), 1);
  await Application.run(Shop);
  say("ran");
  process.exit();
} else {
  const running = Application.run(Shop);
  setTimeout(async function look() {
    if (Application.startedApplications().length === 2) say("ready");
    else if (mode !== "start-up") setTimeout(look, 5);
  }, 5);
  await running.catch(() => say("start failed"));
}
