/** What a workload is to reach: ratios of medians, to the BEAM with one scheduler and to the hand-written ceiling of the same run. */
export interface Target {
  readonly workload: string;
  readonly system: "generator" | "loop" | "async";
  readonly beam: number;
  /** What the library alone does not have by hand has none. */
  readonly ceiling?: number;
  /** What the ratio to the BEAM is taken of; default `"erlang"`. */
  readonly base?: "elixir";
}

/** Resident bytes for each op of a workload. */
export interface MemoryTarget {
  readonly workload: string;
  readonly system: "generator" | "loop" | "async";
  readonly bytes: number;
}

function generator(workload: string, beam: number, ceiling: number): Target {
  return { workload, system: "generator", beam, ceiling };
}

/** OTP's: against Elixir. */
function otp(workload: string, beam: number): Target {
  return { workload, system: "generator", beam, base: "elixir" };
}

export const targets: readonly Target[] = [
  generator("ping_pong", 0.2, 1),
  generator("thread_ring_100", 0.19, 1),
  generator("thread_ring_503", 0.19, 1),
  generator("ring_32_bodies", 0.35, 1),
  generator("counting", 0.35, 0.4),
  generator("fork_join_throughput", 0.4, 0.45),
  generator("fork_join_create", 0.2, 0.35),
  generator("big", 0.25, 0.9),
  generator("skynet", 0.12, 0.9),
  generator("spawn_idle", 0.15, 0.9),
  generator("selective_tag", 0.05, 0.05),
  generator("selective_pattern", 0.5, 0.6),
  generator("selective_predicate", 0.5, 0.6),
  generator("call_backlog", 0.15, 0.8),
  generator("server_call", 0.18, 1),
  generator("link_chain", 0.05, 0.5),
  generator("link_star", 0.2, 0.5),
  generator("monitor_storm", 0.15, 0.6),
  generator("timeouts", 0.4, 0.4),
  generator("timer_set_cancel", 0.25, 0.2),
  generator("whereis", 1, 1),
  generator("register_unregister", 0.6, 1),
  otp("gen_call", 0.3),
  otp("gen_cast", 0.4),
  otp("registry_lookup", 0.5),
  otp("supervisor_restart", 0.3),
  otp("tree_start_stop", 0.3),
  { workload: "ping_pong", system: "loop", beam: 0.09, ceiling: 0.9 },
  { workload: "counting", system: "loop", beam: 0.3, ceiling: 0.9 },
];

export const memoryTargets: readonly MemoryTarget[] = [
  { workload: "spawn_idle", system: "generator", bytes: 360 },
  { workload: "spawn_idle", system: "loop", bytes: 130 },
  { workload: "spawn_idle", system: "async", bytes: 800 },
  { workload: "queue_one", system: "generator", bytes: 24 },
  // 10^7 of them in 3 GB.
  { workload: "spawn_idle_10m", system: "loop", bytes: 300 },
];
