import { names } from "../build/core-bundle.ts";
import type { Core } from "../src/core.ts";
import type { Runtime } from "../src/types.ts";

/** The core of a runtime. Programs don't get to see it; in the bundle that ships its functions have short names. */
export function coreOf(runtime: Runtime): Core {
  const { core } = runtime as unknown as { core: Core & Record<string, unknown> };
  if ("check" in core) return core;
  return Object.fromEntries(Object.entries(names).map(([name, short]) => [name, core[short]])) as unknown as Core;
}
