// The runtime of the tour. What it would print to stderr is told to the step
// that caused it, and when its main process ends, the next one goes on, as
// iex does.
import { createRequire } from "node:module";
import {
  createRuntime,
  formatReport,
  type Report,
  type Runtime,
  shellExitText,
} from "beamlet";

const { version } = createRequire(import.meta.url)(
  "../../package.json",
) as { version: string };
export const banner = `Beamlet ${version}`;

let tell: (text: string) => void = console.error;

/** Gives reports and EXIT texts to `to` from now on. */
export function listen(to: (text: string) => void): void {
  tell = to;
}

const made: Runtime = createRuntime({
  logger: (report: Report) => tell(formatReport(report)),
  onMainExit: (error, pid) => {
    tell(shellExitText(pid, error.reason));
    tell(`${banner}: the main process starts again`);
  },
});

/**
 * Its functions may be taken out of it, so that the snippets read as they do
 * with the free functions of the package.
 */
export const runtime: Runtime = new Proxy(made, {
  get(target, name) {
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  },
});
