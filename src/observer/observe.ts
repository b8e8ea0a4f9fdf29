import { defaultRuntime, inspect, type Runtime } from "../kernel.ts";
import { isAddress, randomToken } from "./guard.ts";
import { observationOf } from "./observation.ts";
import { ObserverServer } from "./server.ts";

/** Options of `observe`. */
export interface ObserveOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** The address to listen on; default `"127.0.0.1"`, which only programs on the same machine reach. Whoever has the URL sees and may end everything. */
  readonly host?: string;
  /** Names by which browsers may call this machine; addresses, `localhost` and `host` are allowed in any case. */
  readonly hosts?: readonly string[];
  /** What the URL is to contain: 16 characters or more of `A` to `Z`, `a` to `z`, `0` to `9`, `-` and `_`. Default: 32 random ones. */
  readonly token?: string;
  /** ms between two samples of the overview; default 100. */
  readonly interval?: number;
  /** Whether it is noted where processes are spawned, for their pages to tell. Default: in development, from the import of `beamlet/observer` on. */
  readonly stacks?: boolean;
}

/** An observer that runs. Disposing of it closes it. */
export interface Observer extends AsyncDisposable {
  /** Where the page is: `http://127.0.0.1:4040/TOKEN/`. */
  readonly url: string;
  /** Ends the page, and what runtime was changed for it. */
  close(): Promise<void>;
}

/**
 * Serves the observer's page from this program: see docs/observer.md. It does not keep the program alive.
 *
 * *Throws*, by rejecting: `TypeError` or `RangeError` for a wrong option; the host's error when the port is taken; `Error` in a browser, where `mount` shows the
 * page.
 */
export async function observe(runtime: Runtime = defaultRuntime(), options: ObserveOptions = {}): Promise<Observer> {
  const { port = 0, host = "127.0.0.1", hosts = [], token = randomToken(), interval = 100, stacks } = check(options);
  const observation = observationOf(runtime, { interval, ...(stacks !== undefined && { stacks }) });
  const names = [...hosts, host].map((name) => name.toLowerCase());
  const server = new ObserverServer(observation, { token, hosts: names });
  let listening: number;
  try {
    listening = await server.listen(port, host);
  } catch (error) {
    observation.release();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.close().then(() => observation.release());
    return closing;
  };
  runtime.onStop(close);
  const shown =
    host === "0.0.0.0"
      ? "127.0.0.1"
      : host === "::"
        ? "[::1]"
        : isAddress(`[${host}]`) && host.includes(":")
          ? `[${host}]`
          : host;
  return { url: `http://${shown}:${listening}/${token}/`, close, [Symbol.asyncDispose]: close };
}

function check(options: ObserveOptions): ObserveOptions {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`observe: expected an object as options, got ${inspect(options)}`);
  const { port, host, hosts, token, interval, stacks } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new RangeError(`observe: expected 0 to 65535 as port, got ${inspect(port)}`);
  if (host !== undefined && (typeof host !== "string" || host === ""))
    throw new TypeError(`observe: expected an address as host, got ${inspect(host)}`);
  if (hosts !== undefined && !(Array.isArray(hosts) && hosts.every((name) => typeof name === "string")))
    throw new TypeError(`observe: expected an array of names as hosts, got ${inspect(hosts)}`);
  if (token !== undefined && !(typeof token === "string" && /^[\w-]{16,}$/.test(token)))
    throw new TypeError("observe: expected 16 characters or more of A to Z, a to z, 0 to 9, - and _ as token");
  if (interval !== undefined && !(interval >= 10 && interval <= 60_000))
    throw new RangeError(`observe: expected 10 to 60000 ms as interval, got ${inspect(interval)}`);
  if (stacks !== undefined && typeof stacks !== "boolean")
    throw new TypeError(`observe: expected true or false as stacks, got ${inspect(stacks)}`);
  return options;
}
