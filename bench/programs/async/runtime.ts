import { createRuntime, type Runtime } from "beamlet";

// After an await the free functions act for the main process: an async body uses its `self`.
export const runtime: Runtime = createRuntime({ maxProcesses: 2 ** 23 });
