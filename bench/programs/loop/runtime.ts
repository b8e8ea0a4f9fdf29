import { createRuntime, type Pid, type Runtime, type Self } from "beamlet";

export const runtime: Runtime = createRuntime({ maxProcesses: 2 ** 23 });

/** Runs what `begin` sets going, until somebody sends `main` a message: that message. */
export function finished<T>(begin: (main: Pid<T>) => void): Promise<T> {
  return runtime.run(function* (self: Self<T>) {
    begin(self.pid);
    return yield* self.receive();
  });
}
