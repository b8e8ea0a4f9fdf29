// What differs between Node, Deno, Bun and browsers.

interface Host {
  readonly process?: {
    exitCode?: number | string | null | undefined;
    readonly env?: Record<string, string | undefined>;
  };
  readonly Deno?: { exitCode: number };
  readonly setImmediate?: (callback: () => void) => unknown;
}

const host = globalThis as unknown as Host;

/**
 * Runs `callback` after the host has served its other I/O: `setImmediate` (about 1 µs) where there is one, else a message to
 * oneself. `setTimeout(0)` would cost 1 to 4 ms.
 */
export const schedule: (callback: () => void) => void = host.setImmediate ?? viaChannel();

function viaChannel(): (callback: () => void) => void {
  let waiting: (() => void)[] = [];
  let channel: MessageChannel | undefined;
  return (callback) => {
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => {
        const due = waiting;
        waiting = [];
        for (const each of due) each();
      };
    }
    waiting.push(callback);
    channel.port2.postMessage(0);
  };
}

/** The program as a whole has failed: exit code 1 where there are exit codes. */
export function fail(): void {
  // Deno has both, and its `process` does not notice what is said to `Deno`.
  if (host.process !== undefined) host.process.exitCode = 1;
  if (host.Deno !== undefined) host.Deno.exitCode = 1;
}

/** Whether this is not a production build. Bundlers put a constant in the place of `process.env.NODE_ENV`. */
export function isDevelopment(): boolean {
  try {
    return host.process?.env?.["NODE_ENV"] !== "production";
  } catch {
    // Deno without permission to read the environment.
    return true;
  }
}

/** setTimeout's longest delay, ms; anything longer would fire at once. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;
