// 10^7 processes, one after the other, on the core that ships.
import process from "node:process";
import { createRuntime } from "beamlet";
import { coreOf } from "../../../inside.ts";

const ROUNDS = 10_000;
const runtime = createRuntime({ development: false });
const core = coreOf(runtime);
let ran = 0;
const body = () => {
  ran++;
};
const round = () => {
  for (let i = 0; i < 1000; i++) runtime.spawn(body);
  runtime.run();
};
const usage = () => ({
  core: core.memory.buffer.byteLength,
  slots: core.slots(),
  rss: process.memoryUsage().rss,
});
for (let i = 0; i < 100; i++) round();
const before = usage();
const begun = performance.now();
for (let i = 100; i < ROUNDS; i++) round();
const seconds = (performance.now() - begun) / 1000;
console.log(
  JSON.stringify({
    ran,
    before,
    after: usage(),
    processes: core.processes(),
    perSecond: Math.round((ran - 100_000) / seconds),
  }),
);
