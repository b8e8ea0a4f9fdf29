import { createRuntime, type Runtime } from "beamlet";

export const runtime: Runtime = createRuntime({ maxProcesses: 2 ** 23 });
