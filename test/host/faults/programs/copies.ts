// Two copies of the package in one program, as two versions of a dependency make them.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Package = typeof import("beamlet");

// Files of their own: not every host takes one file with two query strings for two modules.
const folder = mkdtempSync(join(tmpdir(), "beamlet-copies-"));
const copy = async (name: string): Promise<Package> => {
  const file = join(folder, name);
  copyFileSync(new URL("../../../../dist/kernel.js", import.meta.url), file);
  return (await import(pathToFileURL(file).href)) as Package;
};
const first = await copy("first.mjs");
const second = await copy("second.mjs");
rmSync(folder, { recursive: true });

const ours = first.createRuntime();
const theirs = second.createRuntime();
const wait = function* (self: { receive(): Iterable<never> }) {
  yield* self.receive();
};
const stranger = theirs.spawn(wait as never);
const monitor = theirs.monitor(stranger);
const timer = theirs.sendAfter(stranger, "message", 1e9);
ours.spawn(wait as never);
ours.run();
theirs.run();

const uses: Record<string, () => unknown> = {
  send: () => ours.send(stranger, "message" as never),
  link: () => ours.link(stranger),
  unlink: () => ours.unlink(stranger),
  monitor: () => ours.monitor(stranger),
  exit: () => ours.exit(stranger, "kill"),
  isAlive: () => ours.isAlive(stranger),
  processInfo: () => ours.processInfo(stranger),
  register: () => ours.register(stranger, "stranger"),
  sendAfter: () => ours.sendAfter(stranger, "message", 5),
  demonitor: () => ours.demonitor(monitor),
  cancelTimer: () => ours.cancelTimer(timer),
};
const refusals: Record<string, unknown> = {};
for (const [name, use] of Object.entries(uses)) {
  try {
    refusals[name] = use();
  } catch (error) {
    const { name: kind, message } = error as Error;
    refusals[name] = { kind, message, ours: error instanceof first.ForeignError || error instanceof TypeError };
  }
}
const { P, matches } = first;
console.log(
  JSON.stringify({
    copies: first.createRuntime !== second.createRuntime,
    stranger: String(stranger),
    refusals,
    // What a process of the other copy throws is known by its name.
    matched: matches(P.pid, stranger),
    printed: first.inspect([stranger, monitor]),
    alive: theirs.isAlive(stranger),
    processes: [ours.processes().length, theirs.processes().length],
  }),
);
await ours.stop();
await theirs.stop();
