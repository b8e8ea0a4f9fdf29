import { inspect, matches, P, type Pid, type Shape } from "../kernel.ts";
import { checkPid, selfOf, wrong } from "./acting.ts";
import { exitReason } from "./assert-exit.ts";
import { mailboxLines, takes } from "./assert-receive.ts";
import { difference, patternText } from "./pattern-text.ts";

/** What a matcher says. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What `expect.extend(matchers)` adds to Vitest's `expect`. `expect` is given a pid; for messages, a pid or a probe. */
export interface BeamletMatchers<R = unknown> {
  /** Whether a process has not ended. */
  toBeAlive(): R;
  /** Whether a process has ended, with a reason that matches. It still tells when it ended long ago. */
  toHaveExited(reason?: Shape): R;
  /** Whether a message that matches waits in a process's mailbox; of a probe, whether it has got one, expected or not. */
  toHaveReceived(pattern: Shape): R;
  /** Whether these messages wait in a process's mailbox, each of which matches its pattern, and no others; of a probe, all that it has got. */
  toHaveMailbox(patterns: readonly Shape[]): R;
  /** Whether a process has this name. */
  toBeRegisteredAs(name: string): R;
  /** Whether two processes are linked. */
  toBeLinkedTo(pid: Pid<never>): R;
  /** Whether a process is monitored by another one. */
  toBeMonitoredBy(pid: Pid<never>): R;
  /** Whether a value matches a pattern, as in `on`. */
  toMatchPattern(pattern: Shape): R;
}

/** The matchers of `BeamletMatchers`, for `expect.extend`. */
export const matchers: {
  readonly [K in keyof BeamletMatchers]: (received: unknown, ...args: Parameters<BeamletMatchers[K]>) => MatcherResult;
} = {
  toBeAlive(received) {
    const pid = checkPid(received, "toBeAlive");
    const pass = isAlive(pid);
    return { pass, message: () => `expected ${pid} ${pass ? "to have ended" : "to be alive"}, ${stateOf(pid)}` };
  },

  toHaveExited(received, reason = P._) {
    const pid = checkPid(received, "toHaveExited");
    const ended = isAlive(pid) ? undefined : ([exitReason(pid)] as const);
    const pass = ended !== undefined && matches(reason, ended[0]);
    const what = reason === P._ ? "" : ` with a reason that matches ${patternText(reason)}`;
    return { pass, message: () => `expected ${pid} ${pass ? "not " : ""}to have exited${what}, ${stateOf(pid)}` };
  },

  toHaveReceived(received, pattern) {
    const { who, messages } = messagesOf(received, "toHaveReceived");
    const found = messages.findIndex((each) => takes(pattern, each));
    const pass = found >= 0;
    const text = patternText(pattern);
    return {
      pass,
      message: () =>
        pass
          ? `expected ${who} not to have received a message that matches ${text}, got ${inspect(messages[found])}`
          : [
              `expected ${who} to have received a message that matches ${text}`,
              ...mailboxLines(pattern, messages),
            ].join("\n"),
    };
  },

  toHaveMailbox(received, patterns) {
    if (!Array.isArray(patterns)) throw wrong("toHaveMailbox", "an array of patterns", patterns);
    const { who, messages } = messagesOf(received, "toHaveMailbox");
    const pass =
      messages.length === patterns.length && patterns.every((pattern, index) => takes(pattern, messages[index]));
    return {
      pass,
      message: () => {
        const lines = [
          `expected ${who} ${pass ? "not " : ""}to have the mailbox [${patterns.map(patternText).join(", ")}]`,
        ];
        for (const [index, each] of messages.entries()) {
          const fits = index < patterns.length && takes(patterns[index], each);
          const where = index < patterns.length ? (difference(patterns[index], each) ?? "no match") : "one too many";
          lines.push(`  value: ${inspect(each)}${fits ? "" : `  (${where})`}`);
        }
        for (const missing of patterns.slice(messages.length)) lines.push(`  missing: ${patternText(missing)}`);
        return lines.join("\n");
      },
    };
  },

  toBeRegisteredAs(received, name) {
    const pid = checkPid(received, "toBeRegisteredAs");
    const pass = selfOf(pid).runtime.whereis(name) === pid;
    const own = selfOf(pid).runtime.processInfo(pid, "registeredName");
    const has = own === undefined ? "it has no name" : `its name is ${inspect(own)}`;
    return { pass, message: () => `expected ${pid} ${pass ? "not " : ""}to be registered as ${inspect(name)}, ${has}` };
  },

  toBeLinkedTo(received, other) {
    return related(received, other, "links", "toBeLinkedTo", "to be linked to");
  },

  toBeMonitoredBy(received, other) {
    return related(received, other, "monitoredBy", "toBeMonitoredBy", "to be monitored by");
  },

  toMatchPattern(received, pattern) {
    const pass = takes(pattern, received);
    const where = difference(pattern, received);
    return {
      pass,
      message: () =>
        `expected ${inspect(received)} ${pass ? "not " : ""}to match ${patternText(pattern)}` +
        (where === undefined ? "" : `\n  ${where}`),
    };
  },
};

const isAlive = (pid: Pid<never>): boolean => selfOf(pid).runtime.isAlive(pid);

function stateOf(pid: Pid<never>): string {
  const { status } = selfOf(pid).runtime.processInfo(pid) ?? {};
  return status === undefined ? `it has exited with reason ${inspect(exitReason(pid))}` : `it is ${status}`;
}

/** The messages of a probe, or in the mailbox of a process. */
function messagesOf(received: unknown, what: string): { readonly who: string; readonly messages: readonly unknown[] } {
  const { pid, messages } = (typeof received === "object" && received !== null ? received : {}) as {
    pid?: Pid<never>;
    messages?: unknown;
  };
  if (pid !== undefined && pid !== received && Array.isArray(messages)) return { who: `probe ${pid}`, messages };
  const checked = checkPid(received, what);
  return { who: `${checked}`, messages: selfOf(checked).runtime.processInfo(checked, "messages") ?? [] };
}

function related(
  received: unknown,
  other: unknown,
  item: "links" | "monitoredBy",
  what: string,
  words: string,
): MatcherResult {
  const pid = checkPid(received, what);
  const wanted = checkPid(other, what);
  const pids = selfOf(pid).runtime.processInfo(pid, item) ?? [];
  const pass = pids.some((each) => each === wanted);
  const others = pids.length === 0 ? "nobody is" : `those are ${pids.join(", ")}`;
  return { pass, message: () => `expected ${pid} ${pass ? "not " : ""}${words} ${wanted}, ${others}` };
}
