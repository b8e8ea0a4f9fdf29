/** What is known of a name of the API. */
export interface Doc {
  /** How it is called: `spawn(body, ...args): Pid`. */
  readonly signatures: readonly string[];
  /** Its doc comment. */
  readonly text: string;
}

/** By name: `"spawn"`, `"GenServer.call"`. scripts/bundle/shell-docs.ts puts them here, from the doc comments. */
export const docs: Readonly<Record<string, Doc>> = {};
