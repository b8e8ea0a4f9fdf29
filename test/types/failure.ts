// Links, monitors, exits, names, timers and what can be learned of a process.
import {
  alias,
  cancelTimer,
  demonitor,
  type Exit,
  ExitError,
  erase,
  exit,
  get,
  type isAlive,
  link,
  monitor,
  NameError,
  type NodeName,
  NoProcessError,
  type Pid,
  type ProcessInfo,
  type processes,
  processFlag,
  processInfo,
  put,
  type Ref,
  type readTimer,
  register,
  type registered,
  type Self,
  SystemLimitError,
  sendAfter,
  startTimer,
  UsageError,
  unalias,
  unlink,
  type unregister,
} from "../../src/index.ts";
import { same } from "./same.ts";

declare const pid: Pid<"a">;
declare const self: Self<"a">;

same<ReturnType<typeof link>, true>(true);
unlink(pid);
// @ts-expect-error a ref is no process
link(monitor(pid));

const ref = monitor(pid, { alias: "demonitor", tag: ["worker", 1] });
same<typeof ref, Ref>(true);
demonitor(ref, { flush: true, info: true });
// @ts-expect-error a monitor is undone by its ref
demonitor(pid);
// @ts-expect-error
monitor(pid, { alias: "always" });
const address = alias({ mode: "reply" });
same<ReturnType<typeof unalias>, boolean>(true);
unalias(address);
// @ts-expect-error
alias({ mode: "once" });

// exit(reason) does not come back; exit(pid, reason) does.
export function ends(): string {
  exit("bad");
}
const told = exit(pid, "kill");
same<typeof told, true>(true);
export function endsSelf(): string {
  // The compiler believes in a call that does not come back only when the function's type is written out.
  const process: Self<"a"> = self;
  return process.exit("normal");
}

// Names and timers.
register(pid, "count");
same<ReturnType<typeof unregister>, true>(true);
same<ReturnType<typeof registered>, string[]>(true);
// @ts-expect-error the name comes second
register("count", pid);
// @ts-expect-error a name is a string
register(pid, 7);
const timer = sendAfter(pid, "a", 100);
same<typeof timer, Ref>(true);
sendAfter("count", "inc", 100);
startTimer(pid, "a", 100);
// @ts-expect-error how long?
sendAfter(pid, "a");
// @ts-expect-error in ms
sendAfter(pid, "a", "100");
same<ReturnType<typeof cancelTimer>, number | false>(true);
same<ReturnType<typeof readTimer>, number | false>(true);
cancelTimer(timer);
// @ts-expect-error
cancelTimer(3);

// What can be learned.
same<ReturnType<typeof isAlive>, boolean>(true);
same<ReturnType<typeof processes>, Pid<never>[]>(true);
const info = processInfo(pid);
same<typeof info, ProcessInfo | undefined>(true);
const length = processInfo(pid, "messageQueueLen");
same<typeof length, number | undefined>(true);
const status = processInfo(pid, "status");
same<typeof status, "running" | "runnable" | "waiting" | undefined>(true);
const monitors = processInfo(pid, "monitors");
same<typeof monitors, (Pid<never> | NodeName)[] | undefined>(true);
// @ts-expect-error there is no such item
processInfo(pid, "heapSize");

const trapped = processFlag("trapExit", true);
same<typeof trapped, boolean>(true);
// @ts-expect-error
processFlag("trapExit", "yes");
// @ts-expect-error
processFlag("priority", "urgent");
// @ts-expect-error there is no such flag
processFlag("heapSize", 1);
const old = put("key", 1);
same<typeof old, unknown>(true);
get("key");
erase("key");

// Errors carry their facts.
declare const error: unknown;
if (error instanceof ExitError) {
  same<typeof error.name, "ExitError">(true);
  same<typeof error.reason, unknown>(true);
  same<typeof error.call, readonly unknown[] | undefined>(true);
}
if (error instanceof NameError) same<typeof error.processName, string>(true);
if (error instanceof SystemLimitError) same<typeof error.limit, number>(true);
if (error instanceof NoProcessError) same<typeof error.pid, unknown>(true);
if (error instanceof UsageError) same<typeof error.name, "UsageError">(true);

const exitMessage: Exit = ["EXIT", pid, "normal"];
void exitMessage;
