import { LINKS, MONITORS } from "../../assembly/layout.ts";
import { COUNT_WORD, STATE_WORD } from "./core-memory.ts";
import { ends, type Known } from "./detail.ts";
import { isSupervisor, named, type Process, statusOf } from "./people.ts";
import type { Neighbourhood } from "./protocol.ts";

const DISTANCE = 2;
const MOST = 60;
const HARD = 500;

/** Who is linked to a process or monitored by it, and who to those. */
export function neighbourhood(
  known: Known,
  center: Process,
  distance: number = DISTANCE,
  limit: number = MOST,
): Neighbourhood {
  const { machine, memory } = known;
  const most = Math.max(1, Math.min(limit, HARD));
  const found = new Map<number, number>([[center.slot, 0]]);
  const edges = new Map<string, Neighbourhood["edges"][number]>();
  let more = false;
  for (const [slot, far] of found) {
    for (const [kind, list] of [
      ["link", LINKS],
      ["monitor", MONITORS],
    ] as const) {
      const others = ends(machine, slot, list, HARD);
      more ||= others.length === HARD;
      for (const other of others) {
        const from = machine.table[slot];
        const to = machine.table[other];
        if (from === undefined || to === undefined) continue;
        if (!found.has(other)) {
          if (far >= distance || found.size >= most) {
            more = true;
            continue;
          }
          found.set(other, far + 1);
        }
        // A link is seen from both of its ends.
        const [a, b] = kind === "link" && other < slot ? [to, from] : [from, to];
        edges.set(`${kind} ${a.slot} ${b.slot}`, { kind, from: String(a), to: String(b) });
      }
    }
  }
  const nodes = [...found].flatMap(([slot, far]) => {
    const process = machine.table[slot];
    if (process === undefined) return [];
    return [
      {
        ...named(machine, process),
        distance: far,
        supervisor: isSupervisor(process),
        mailbox: memory.word(slot, COUNT_WORD),
        status: statusOf(memory.word(slot, STATE_WORD) & 255),
      },
    ];
  });
  return { center: String(center), nodes, edges: [...edges.values()], more };
}
