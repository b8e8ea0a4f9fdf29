/** What each system does with more and more processes. */
export interface System {
  /** Makes so many processes, in pairs that play when they are told to. */
  makePairs(processes: number): void;
  /** Each process sends its partner so many messages, to and fro. */
  play(messages: number): Promise<void>;
  /** Spawns so many processes, until all of them wait. */
  spawnIdle(processes: number): Promise<void>;
  /** Ends those. */
  killIdle(): Promise<void>;
}
