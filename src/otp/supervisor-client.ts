import { ExitError, type Op, type Pid } from "../kernel.ts";
import type { ChildSpec } from "./child-spec.ts";
import { childWith } from "./child-with.ts";
import { call } from "./gen.ts";
import { runtimeFor, type Server } from "./name.ts";
import { type Acting, operation, type Steps } from "./operation.ts";
import type { ServerOptions } from "./server-start.ts";

/** Asks a supervisor, for as long as it takes; what it answers with an error is thrown. `label`: `"Supervisor.startChild"`. */
export function ask<T>(supervisor: Server, request: unknown, label: string, options: Acting = {}): Op<T> {
  const asked = call(supervisor, request, { ...options, timeout: Number.POSITIVE_INFINITY }, label);
  return operation(options.as ?? runtimeFor(supervisor, options), () => answerOf<T>(asked));
}

function* answerOf<T>(asked: Op<unknown>): Steps<T> {
  const answer = yield* asked;
  const [tag, ...rest] = (Array.isArray(answer) ? answer : [answer]) as [unknown, ...unknown[]];
  if (tag === "error") throw new ExitError(rest[0]);
  return (tag === "ok" && rest.length > 0 ? (rest.length === 1 ? rest[0] : rest) : answer) as T;
}

/** The spec of a supervisor as a child, whose id is its name as a process, or that of its module, unless it has one. */
export function supervisorChild(
  name: unknown,
  options: ServerOptions & Parameters<typeof childWith>[1],
  start: () => Op<Pid<any>>,
  usual?: Parameters<typeof childWith>[3],
): ChildSpec {
  const child = childWith(typeof options.name === "string" ? options.name : name, options, start, usual);
  child.type = "supervisor";
  return child;
}
