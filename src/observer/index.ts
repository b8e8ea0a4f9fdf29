/**
 * The observer: a page from the running program, on its processes, trees, names, timers and messages.
 *
 * @module
 */

import { install } from "./install.ts";

export type { EventPid, RunEvent } from "../testing/event.ts";
export type { ObservableRuntime } from "./install.ts";
export { localSource } from "./local-source.ts";
export { mount } from "./mount.ts";
export type { ObservationOptions } from "./observation.ts";
export { type ObserveOptions, type Observer, observe } from "./observe.ts";
export type * from "./protocol.ts";
export { wireSource } from "./wire-source.ts";

install();
