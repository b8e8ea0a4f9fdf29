// What differs between Node, Deno, Bun and browsers.

interface Host {
  readonly process?: {
    readonly version?: string;
    readonly versions?: Record<string, string | undefined>;
    memoryUsage?(): { readonly heapUsed: number };
    getBuiltinModule?(name: string): { getHeapStatistics?(): { readonly used_heap_size: number } } | undefined;
  };
  readonly Deno?: { readonly version: { readonly deno: string }; memoryUsage?(): { readonly heapUsed: number } };
  readonly navigator?: { readonly userAgent?: string };
  readonly performance: { readonly memory?: { readonly usedJSHeapSize: number } };
}

const host = globalThis as unknown as Host;

/** Bytes of the heap that are in use, where the host tells. */
export function heapBytes(): number | undefined {
  try {
    // Node's memoryUsage reads files of the system, too.
    const statistics = host.Deno === undefined && host.process?.getBuiltinModule?.("node:v8")?.getHeapStatistics?.();
    if (statistics) return statistics.used_heap_size;
    const usage = (host.Deno ?? host.process)?.memoryUsage?.();
    return usage?.heapUsed ?? host.performance.memory?.usedJSHeapSize;
  } catch {
    return undefined;
  }
}

export function hostName(): string {
  const { Deno, process, navigator } = host;
  if (Deno !== undefined) return `Deno ${Deno.version.deno}`;
  if (process?.versions?.["bun"] !== undefined) return `Bun ${process.versions["bun"]}`;
  if (process?.versions?.["node"] !== undefined) return `Node ${process.versions["node"]}`;
  return navigator?.userAgent ?? "an unknown host";
}

/** Has a timer of the host not keep the program alive, where timers do. */
export function unref(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
