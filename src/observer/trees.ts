import { LINKS } from "../../assembly/layout.ts";
import type { Machine } from "../machine.ts";
import { COUNT_WORD, type CoreMemory, STATE_WORD } from "./core-memory.ts";
import { ends, type Known } from "./detail.ts";
import { isSupervisor, livingOf, named, type Process, parentOf, statusOf } from "./people.ts";
import type { Cut, Forest, TreeNode, TreeQuery } from "./protocol.ts";

/** Links that are looked at to find a supervisor's children, and nodes of a whole forest. */
const MOST_LINKS = 5000;
const MOST_NODES = 5000;
const DEPTH = 4;
const CHILDREN = 50;
const MOST_CHILDREN = 1000;

/**
 * The trees of supervisors, as links and `$ancestors` tell them: no supervisor is asked, since its answer would have to wait behind whatever it does.
 * A child is a process that is linked to a supervisor and was started by it; one that OTP knows nothing of, such as a bare `spawnLink`, is
 * taken for a child as well.
 */
export function forest(known: Known, query: TreeQuery): Forest {
  const { machine, scan } = known;
  const builder = new Builder(known, limited(query.depth, DEPTH, 32), limited(query.children, CHILDREN, MOST_CHILDREN));
  if (query.root !== undefined) {
    const root = livingOf(machine, query.root);
    return { roots: [builder.node(root, 0)], supervisors: 1, progress: 1 };
  }
  const supervisors = scan.trapping
    .map((slot) => machine.table[slot])
    .filter((process): process is Process => process !== undefined && isSupervisor(process));
  const roots = supervisors.filter((process) => {
    const parent = parentOf(machine, process);
    return parent === undefined || !isSupervisor(parent);
  });
  return {
    roots: roots.map((root) => builder.node(root, 0)),
    supervisors: supervisors.length,
    progress: scan.passes > 0 ? 1 : scan.progress,
  };
}

function limited(value: number | undefined, standard: number, most: number): number {
  return typeof value === "number" && value >= 0 ? Math.min(Math.floor(value), most) : standard;
}

class Builder {
  private readonly known: Known;
  private readonly machine: Machine;
  private readonly memory: CoreMemory;
  private readonly depth: number;
  private readonly most: number;
  private left = MOST_NODES;

  constructor(known: Known, depth: number, most: number) {
    this.known = known;
    this.machine = known.machine;
    this.memory = known.memory;
    this.depth = depth;
    this.most = most;
  }

  node(process: Process, level: number): TreeNode {
    this.left--;
    const { machine, memory } = this;
    const { slot } = process;
    const supervisor = isSupervisor(process);
    const restarts = supervisor ? this.known.reports.restartsOf(process) : undefined;
    return {
      ...named(machine, process),
      supervisor,
      mailbox: memory.word(slot, COUNT_WORD),
      status: statusOf(memory.word(slot, STATE_WORD) & 255),
      ...(supervisor && level < this.depth && { children: this.children(process, level) }),
      ...(supervisor && { restarts: restarts?.count ?? 0 }),
      ...(restarts !== undefined && { restartedAt: restarts.last, restarted: [...restarts.children] }),
    };
  }

  private children(supervisor: Process, level: number): Cut<TreeNode> {
    const { machine } = this;
    const parent = parentOf(machine, supervisor);
    const slots = ends(machine, supervisor.slot, LINKS, MOST_LINKS);
    const children: Process[] = [];
    for (const slot of slots) {
      const process = machine.table[slot];
      if (process === undefined || process === parent || process === machine.main) continue;
      const known = parentOf(machine, process);
      if (known === supervisor || (known === undefined && !process.dictionary?.has("$ancestors")))
        children.push(process);
    }
    children.sort((a, b) => a.generation - b.generation || a.slot - b.slot);
    const items: TreeNode[] = [];
    for (const child of children.slice(0, this.most)) {
      if (this.left <= 0) break;
      items.push(this.node(child, level + 1));
    }
    return { items, total: children.length, ...(slots.length === MOST_LINKS && { more: true }) };
  }
}
