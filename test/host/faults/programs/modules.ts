// Bodies that are exports of modules, and modules that are wrong in all ways.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRuntime, type ExitError, inspect } from "beamlet";
import { coreOf } from "../../../inside.ts";

const folder = mkdtempSync(join(tmpdir(), "beamlet-modules-"));
const module = (name: string, code: string) => {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code);
  return pathToFileURL(file).href;
};
const good = module(
  "good",
  `
  export function* wait(self, parent) { parent && self.send(parent, "here"); yield* self.receive(); }
  export const twice = (self, n) => 2 * n;
  export const text = "no function";
  export default async (self) => "the default";
`,
);
const bad = module("bad", `throw new Error("this module fails");`);
const wrong = module("wrong", `this is no JavaScript`);

const reports: string[] = [];
const runtime = createRuntime({ logger: ({ reason }) => reports.push(inspect(reason)) });
const core = coreOf(runtime);
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: ExitError) => `${error.name}: ${(error.reason as Error | undefined)?.constructor.name}`,
  );
const run = (...args: unknown[]) => outcome((runtime.run as (...args: unknown[]) => Promise<unknown>)(...args));

const results = {
  twice: await run(good, "twice", 21),
  default: await run(good, "default"),
  url: await run(new URL(good), "twice", 4),
  noExport: await run(good, "nothing"),
  noFunction: await run(good, "text"),
  prototype: await run(good, "toString"),
  fails: await run(bad, "body"),
  noJavaScript: await run(wrong, "body"),
  noModule: await run("./there-is-no-such-module.js", "body"),
};
// Before its module has come: killed, linked, monitored, named, sent to.
const killed = runtime.spawnOpt(good, "wait", { name: "loading", link: true, monitor: false });
runtime.unlink(killed);
runtime.send(killed, "waiting");
runtime.run();
runtime.exit(killed, "kill");
const sent = runtime.spawn(good, "wait", runtime.self());
runtime.send(sent, "end");
const [monitored, ref] = runtime.spawnMonitor(bad, "body");
const first = await runtime.receive();
const second = await runtime.receive();
const told = [first, second].map((message) =>
  Array.isArray(message) ? [message[0], message[1] === ref, message[3] === monitored] : message,
);
await run(good, "twice", 1);
const left = [core.check(), core.processes(), core.edgesInUse(), runtime.registered().length];
// Stopped while it loads.
const stopped = run(good, "wait");
await runtime.stop();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    results,
    told: told.sort(),
    left,
    stopped: await stopped,
    processes: core.processes(),
    reports: reports.length,
  }),
);
