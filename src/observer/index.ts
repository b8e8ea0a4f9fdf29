/**
 * The observer: a page from the running program, on its processes, trees, names, timers and messages.
 *
 * @module
 */

export type { EventPid, RunEvent } from "../testing/event.ts";
export type * from "./protocol.ts";
