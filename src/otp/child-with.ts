import type { ChildSpec } from "./child-spec.ts";
import type { ChildOptions } from "./define.ts";
import type { ServerOptions } from "./server-start.ts";

/** The spec of a child that is started with those of the options that are not about the child. */
export function childWith(
  defaultId: unknown,
  { id = defaultId, restart, shutdown, significant, ...options }: ChildOptions,
  start: (options: ServerOptions) => ReturnType<ChildSpec["start"]>,
): ChildSpec {
  return {
    id,
    start: () => start(options),
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
    ...(significant !== undefined && { significant }),
  };
}
