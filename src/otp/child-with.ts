import type { ChildSpec } from "./child-spec.ts";

/** What a child may say of itself. */
type Options = { readonly [K in "id" | "restart" | "shutdown" | "significant"]?: ChildSpec[K] | undefined };

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The spec of a child by the options of its start, which may say something of the child, too; what they leave open `usual` says. */
export function childWith<R>(
  defaultId: unknown,
  options: Options,
  start: () => R,
  usual: Options = options,
): Writable<Omit<ChildSpec, "start">> & { readonly start: () => R } {
  const child: ReturnType<typeof childWith<R>> = { id: options.id ?? defaultId, start };
  const { restart = usual.restart, shutdown = usual.shutdown, significant = usual.significant } = options;
  if (restart !== undefined) child.restart = restart;
  if (shutdown !== undefined) child.shutdown = shutdown;
  if (significant !== undefined) child.significant = significant;
  return child;
}
