import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import type { Named, PidText } from "../protocol.ts";
import { href } from "./route.ts";
import { InRow } from "./table.tsx";

/** `#PID<0.107.0>` → `0.107.0`, as it stands in addresses. */
export function bare(pid: PidText): string {
  return pid.replace(/^#PID<(.*)>$/, "$1");
}

/** `0.107.0` → `#PID<0.107.0>`. */
export function pidOf(text: string): PidText {
  return `#PID<${text}>`;
}

/** What a process is called: its name, or what it runs. */
export function titleOf({ name, body, pid }: Named): string {
  return name ?? (body === "" ? `<${bare(pid)}>` : body);
}

/** A pid that leads to the page of its process. */
export function PidLink({ pid }: { pid: PidText }): JSX.Element {
  return (
    <a class="mono" href={href("process", bare(pid))} tabIndex={useContext(InRow) ? -1 : 0}>
      &lt;{bare(pid)}&gt;
    </a>
  );
}

/** A process as a chip: its pid, and what it is called. */
export function ProcessChip({ of }: { of: Named }): JSX.Element {
  return (
    <a class="chip" href={href("process", bare(of.pid))}>
      <span class="mono">&lt;{bare(of.pid)}&gt;</span>
      <span class="faint">{of.name ?? of.body}</span>
    </a>
  );
}
