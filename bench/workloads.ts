/**
 * How large a run is: `fixed`, or grown from `start` until it lasts the target time. `most` is for workloads whose messages all wait
 * at once: where the fastest systems would queue more of them than others, and pay for that.
 */
export type Size =
  | { readonly start: number; readonly most?: number }
  | { readonly fixed: number; readonly warm: number };

export interface Workload {
  readonly name: string;
  /** What one op is. */
  readonly op: string;
  readonly size: Size;
  /** Its time is not what it is for. */
  readonly isMemory?: boolean;
  /** Only when `--only` has its whole name: it takes gigabytes. */
  readonly isHuge?: boolean;
}

const MILLION = 1_000_000;

/** Every program has the same workloads under these names; one that can't do a workload leaves it out. */
export const workloads: readonly Workload[] = [
  { name: "ping_pong", op: "a message there and one back", size: { start: 2000 } },
  { name: "thread_ring_100", op: "a message from one of 100 processes to the next", size: { start: 5000 } },
  { name: "thread_ring_503", op: "a message from one of 503 processes to the next", size: { start: 5000 } },
  {
    name: "ring_32_bodies",
    op: "a message from one of 32 processes to the next, each with code of its own",
    size: { start: 5000 },
  },
  { name: "counting", op: "a message from one producer to one consumer", size: { start: 5000, most: 10 * MILLION } },
  {
    name: "fork_join_throughput",
    op: "a message from one producer to one of 60 consumers",
    size: { start: 100, most: 150_000 },
  },
  {
    name: "fork_join_create",
    op: "a process spawned, run and ended, all at once",
    size: { start: 2000, most: MILLION },
  },
  { name: "spawn_exit", op: "a process spawned, run and ended, 1,000 at a time", size: { start: 2000 } },
  { name: "big", op: "a message there and one back, from each of 120 processes to any", size: { start: 20 } },
  { name: "skynet", op: "a process in a tree of 1,111,111 that adds up", size: { fixed: MILLION, warm: MILLION } },
  { name: "spawn_idle", op: "a process spawned, until it waits", size: { fixed: MILLION, warm: 1000 } },
  { name: "selective_tag", op: "a receive of the last of 10,000 messages, by tag", size: { start: 20 } },
  { name: "selective_pattern", op: "a receive of the last of 10,000 messages, by pattern", size: { start: 20 } },
  { name: "selective_predicate", op: "a receive of the last of 10,000 messages, by predicate", size: { start: 20 } },
  {
    name: "call_backlog",
    op: "a request and its reply, known by a reference, while 10,000 other messages wait",
    size: { start: 1000 },
  },
  {
    name: "server_call",
    op: "a call of a server, with a monitor and a timeout for each, as GenServer's",
    size: { start: 1000 },
  },
  {
    name: "link_chain",
    op: "a process ended, in a chain of 200,000 links whose first one dies",
    size: { fixed: 200_000, warm: 200_000 },
  },
  {
    name: "link_star",
    op: "a process ended, of 200,000 linked to the one that dies",
    size: { fixed: 200_000, warm: 200_000 },
  },
  {
    name: "monitor_storm",
    op: "a monitor made, and its message taken, of 200,000 on one process",
    size: { fixed: 200_000, warm: 200_000 },
  },
  {
    name: "timeouts",
    op: "a process spawned that waits for at most 1 to 1,000 ms, of 100,000; time of the processor",
    size: { fixed: 100_000, warm: 100_000 },
  },
  { name: "timer_set_cancel", op: "a timer set and cancelled", size: { start: 5000 } },
  { name: "whereis", op: "a name looked up, of 1,024", size: { start: 20_000 } },
  { name: "register_unregister", op: "a name given and taken away", size: { start: 10_000 } },
  { name: "gen_call", op: "a call of a GenServer", size: { start: 1000 } },
  { name: "gen_cast", op: "a cast to a GenServer, 1,000 at a time", size: { start: 1000 } },
  { name: "agent_get", op: "a get of an Agent's state", size: { start: 1000 } },
  { name: "registry_lookup", op: "a key looked up in a Registry of 1,024", size: { start: 5000 } },
  {
    name: "registry_dispatch",
    op: "a message to one of the 10,000 processes that a Registry has under a key",
    size: { start: 2 },
  },
  { name: "task_stream", op: "a task of Task.asyncStream, 8 at a time", size: { start: 200 } },
  { name: "supervisor_restart", op: "a worker killed and restarted by its supervisor", size: { start: 200 } },
  {
    name: "tree_start_stop",
    op: "a worker started and stopped, in a tree of 100,000 under 100 supervisors",
    size: { fixed: 100_000, warm: 100_000 },
  },
  {
    name: "queue_one",
    op: "a small message queued, of 1,000,000 in one mailbox",
    size: { fixed: MILLION, warm: 1000 },
    isMemory: true,
  },
  {
    name: "queue_each",
    op: "a small message queued, one each in 500,000 mailboxes",
    size: { fixed: 500_000, warm: 1000 },
    isMemory: true,
  },
  {
    name: "spawn_idle_10m",
    op: "a process spawned, until it waits, of 10,000,000",
    // Two places are for the process that spawns them and for the one that tells when all of them wait.
    size: { fixed: 9_999_998, warm: 1000 },
    isHuge: true,
  },
];
