import type { ChildSpec } from "./child-spec.ts";
import type { ServerOptions } from "./server-start.ts";

/** Options of a start, and what the child says of itself besides. */
interface Options extends ServerOptions {
  readonly id?: unknown;
  readonly restart?: ChildSpec["restart"];
  readonly shutdown?: ChildSpec["shutdown"];
  readonly significant?: ChildSpec["significant"];
}

/** The spec of a child that is started with those of the options that are not about the child. */
export function childWith<R>(
  defaultId: unknown,
  { id = defaultId, restart, shutdown, significant, ...options }: Options,
  start: (options: ServerOptions) => R,
): Omit<ChildSpec, "start"> & { readonly start: () => R } {
  return {
    id,
    start: () => start(options),
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
    ...(significant !== undefined && { significant }),
  };
}
