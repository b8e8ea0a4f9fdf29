import { inspect, type NodeName, type Pid, type Runtime } from "../kernel.ts";
import { type Acting, actorOf, runtimeOf } from "./operation.ts";

/** Keeps names of processes; what `["via", module, key]` asks. `Registry` is one. Source: Elixir's `GenServer`, *Name registration*. */
export interface ViaModule {
  /** Whether the name was free, and is now that process's. */
  registerName(key: any, pid: Pid<any>): boolean;
  unregisterName(key: any): unknown;
  /** Who has the name, in the runtime that the options name. */
  whereisName(key: any, options?: Acting): Pid<any> | undefined;
}

/** A name kept by a module: `["via", module, key]`. */
export type Via = readonly ["via", module: ViaModule, key: unknown];

/** What a server may be called. */
export type ServerName = string | Via;

/** What a server is reached by: its pid, or a name of it. */
export type Server = Pid<never> | ServerName | NodeName;

export function isVia(name: unknown): name is Via {
  return Array.isArray(name) && name.length === 3 && name[0] === "via";
}

const PID: unique symbol = /* @__PURE__ */ Symbol.for("beamlet.pid") as never;

/** Every pid of every runtime has the mark. */
export function isPid(value: unknown): value is Pid<any> {
  return typeof value === "object" && value !== null && (value as { [PID]?: unknown })[PID] === true;
}

function isNodeName(value: unknown): value is NodeName {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}

/** `name` when it can be a server's; else throws. */
export function checkName(name: unknown, what: string): ServerName {
  if ((typeof name === "string" && name !== "") || isVia(name)) return name as ServerName;
  throw new TypeError(`${what}: expected a string or ["via", module, key] as name, got ${inspect(name)}`);
}

/** `server` when it can be one; else throws. */
export function checkServer(server: unknown, what: string): Server {
  if (isPid(server) || typeof server === "string" || isVia(server) || isNodeName(server)) return server;
  throw new TypeError(`${what}: expected a pid or a name as server, got ${inspect(server)}`);
}

/** The runtime in which `server` is meant. */
export function runtimeFor(server: Server, options?: Acting): Runtime {
  // Every pid knows its runtime; it is no part of its type.
  return (server as unknown as { runtime?: Runtime }).runtime ?? runtimeOf(actorOf(options));
}

/** The process that has the name, or that the pid names, be it alive or not. `null` for a name on a node that is not there. */
export function resolve(server: Server, runtime: Runtime): Pid<any> | undefined | null {
  if (typeof server === "string") return runtime.whereis(server);
  if (!Array.isArray(server)) return server as Pid<unknown>;
  if (isVia(server)) return server[1].whereisName(server[2], { as: runtime });
  return server[1] === runtime.node ? runtime.whereis(server[0]) : null;
}

/** The pid of a server; undefined when nobody has the name. Source: Elixir's `GenServer.whereis/1`. */
export function whereis(server: Server, options?: Acting): Pid<any> | undefined {
  return resolve(checkServer(server, "whereis"), runtimeFor(server, options)) ?? undefined;
}
