/** How large a run is: `fixed`, or grown from `start` until it lasts the target time. */
export type Size = { readonly start: number } | { readonly fixed: number; readonly warm: number };

export interface Workload {
  readonly name: string;
  /** What one op is. */
  readonly op: string;
  readonly size: Size;
}

/** Every program has the same workloads under these names; one that can't do a workload leaves it out. */
export const workloads: readonly Workload[] = [
  { name: "ping_pong", op: "a message there and one back", size: { start: 2000 } },
  { name: "thread_ring_100", op: "a message from one of 100 processes to the next", size: { start: 5000 } },
  { name: "counting", op: "a message from one producer to one consumer", size: { start: 5000 } },
  { name: "spawn_exit", op: "a process spawned, run and ended, 1,000 at a time", size: { start: 2000 } },
  { name: "fork_join_create", op: "a process spawned, run and ended, all at once", size: { start: 2000 } },
  { name: "skynet", op: "a process in a tree of 1,111,111 that adds up", size: { fixed: 1_000_000, warm: 1_000_000 } },
  { name: "spawn_idle", op: "a process spawned, until it waits", size: { fixed: 1_000_000, warm: 1000 } },
  { name: "selective_tag", op: "a receive of the last of 10,000 messages, by tag", size: { start: 20 } },
];
