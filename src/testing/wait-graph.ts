import { inspect, type Pid, type Runtime } from "../kernel.ts";

/** How many messages of a mailbox are shown. */
const SHOWN = 5;

/** Who waits, for whom as far as that can be told, and what lies unread: one line for each process. */
export function waitGraph(runtime: Runtime, hidden: Pid<never>): string {
  const lines: string[] = [];
  for (const pid of runtime.processes()) {
    if (pid === hidden) continue;
    const info = runtime.processInfo(pid);
    if (info === undefined) continue;
    const name = info.registeredName ?? info.initialCall;
    const parts = [`${pid}${name ? ` ${name}` : ""} ${info.status === "waiting" ? "waits" : `is ${info.status}`}`];
    if (info.monitors.length > 0) parts.push(`monitors ${info.monitors.map((each) => inspect(each)).join(", ")}`);
    if (info.links.length > 0) parts.push(`is linked to ${info.links.map(String).join(", ")}`);
    const { messages } = info;
    if (messages.length > 0) {
      const more = messages.length > SHOWN ? `, and ${messages.length - SHOWN} more` : "";
      parts.push(
        `has unread ${messages
          .slice(0, SHOWN)
          .map((each) => inspect(each))
          .join(", ")}${more}`,
      );
    }
    lines.push(`  ${parts.join("; ")}`);
  }
  return lines.join("\n");
}
