interface Host {
  readonly process?: {
    readonly env?: Record<string, string | undefined>;
    readonly stdout?: { readonly isTTY?: boolean; readonly columns?: number };
  };
}

/** What is known of the terminal that the program prints to; of no use in a browser. */
export function terminal(): { readonly columns: number | undefined; readonly color: boolean } {
  const host = (globalThis as unknown as Host).process;
  const read = (name: string) => {
    try {
      return host?.env?.[name];
    } catch {
      // Deno without permission to read the environment.
      return undefined;
    }
  };
  const asked = Number(read("COLUMNS"));
  const columns = asked >= 40 ? asked : host?.stdout?.columns;
  return {
    columns: columns === undefined ? undefined : Math.max(40, columns),
    color: host?.stdout?.isTTY === true && !read("NO_COLOR"),
  };
}
