import { ExitError, type Pid, type Runtime } from "../index.ts";

const known = new WeakMap<object, string>();

/**
 * What a process is, in one of few words: the module of its server, else the name of its body. Not its registered name: a program may make any
 * number of those.
 */
export function kindOf(pid: Pid<never>, runtime: Runtime): string {
  let kind = known.get(pid);
  if (kind === undefined) {
    const initialCall = runtime.processInfo(pid, "dictionary")?.get("$initial_call");
    kind =
      typeof initialCall === "string"
        ? // "Stack.startLink" is what has started a server of the module Stack.
          initialCall.replace(/\.start\w*$/, "")
        : (runtime.processInfo(pid, "initialCall") ?? "");
    if (runtime.isAlive(pid)) known.set(pid, kind);
  }
  return kind;
}

/** The tag of a request: a bare string, the first element of a tuple, or the `type` of an object. */
export function tagOf(request: unknown): string | undefined {
  const tag = Array.isArray(request) ? request[0] : ((request as { type?: unknown } | null)?.type ?? request);
  return typeof tag === "string" ? tag : undefined;
}

/** What an exit is called in `error.type`: an error's name, or the reason where that is a word. */
export function errorType(reason: unknown): string {
  if (reason instanceof ExitError) return errorType(reason.reason);
  if (reason instanceof Error) return reason.name;
  const word: unknown = Array.isArray(reason) ? reason[0] : reason;
  return typeof word === "string" && /^\w{1,40}$/.test(word) ? word : "_OTHER";
}
