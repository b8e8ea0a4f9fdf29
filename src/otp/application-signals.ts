// What a server host has, and a browser has not. A type literal, and no interface: the members of those are the package's own, and the bundle gives them
// other names.
type Process = {
  exitCode?: number | string | null | undefined;
  on(signal: string, listener: () => void): unknown;
  off(signal: string, listener: () => void): unknown;
  exit(code?: number): never;
};

/** Something to be ended in order before the program is. */
export interface Ending {
  end(): Promise<unknown>;
}

/** Signals that end a program, and their numbers. */
const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

const endings = /* @__PURE__ */ new Set<Ending>();
let listeners: (() => void)[] | undefined;
let isEnding = false;

function server(): Process | undefined {
  const found = (globalThis as { process?: Process }).process;
  return typeof found?.on === "function" && typeof found.exit === "function" ? found : undefined;
}

/** Says that the program has failed, where programs say so. */
export function fail(): void {
  const found = server();
  if (found !== undefined && !found.exitCode) found.exitCode = 1;
}

/** Has a signal end `ending` before the program; until `forget`. */
export function attend(ending: Ending): void {
  endings.add(ending);
  const host = server();
  if (host === undefined || listeners !== undefined) return;
  listeners = Object.entries(SIGNALS).map(([name, number]) => {
    const listener = () => void end(host, number);
    host.on(name, listener);
    return () => host.off(name, listener);
  });
}

/** The host's own way with signals comes back when nothing is left to be ended. */
export function forget(ending: Ending): void {
  endings.delete(ending);
  if (endings.size > 0 || isEnding) return;
  for (const remove of listeners ?? []) remove();
  listeners = undefined;
}

/** The first signal ends all in order, and then the program, as `init:stop` does: exit code 0, or what was said. Another one ends it at once. */
async function end(host: Process, signal: number): Promise<void> {
  if (isEnding) host.exit(128 + signal);
  isEnding = true;
  await Promise.allSettled([...endings].map((ending) => ending.end()));
  host.exit();
}
