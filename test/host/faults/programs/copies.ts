// Two copies of the package in one program, as two versions of a dependency make them.
type Package = typeof import("beamlet");

const dist = (copy: number) => new URL(`../../../../dist/index.js?copy=${copy}`, import.meta.url).href;
const first = (await import(dist(1))) as Package;
const second = (await import(dist(2))) as Package;

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
