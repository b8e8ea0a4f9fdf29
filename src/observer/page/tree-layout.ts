import type { Forest, PidText, TreeNode } from "../protocol.ts";

/** What is drawn: a process, or how many of a supervisor's children are left out. */
export interface Drawn {
  readonly key: string;
  /** The supervisor whose children are left out, when there is no process. */
  readonly node: TreeNode;
  readonly left: number;
  readonly level: number;
  /** Of its left end, and of its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly parent: string | undefined;
  /** Of a supervisor: whether its children are drawn. */
  readonly isOpen: boolean;
}

export interface Drawing {
  /** From top to bottom, parents first. */
  readonly nodes: readonly Drawn[];
  readonly edges: readonly { readonly key: string; readonly path: string }[];
  readonly width: number;
  readonly height: number;
}

const WIDTH = 196;
const ROW = 32;
const GAP = 44;
const MARGIN = 16;
/** Between the children of two supervisors. */
const APART = 10;
const INDENT = 20;
const NARROW = 560;

/**
 * Lays the trees out below each other: from left to right, each process beside the first of its children, so that the beginning of a long list is where its supervisor
 * is; and in a narrow place as an outline. `folded`: supervisors whose children are not drawn.
 */
export function layOut({ roots }: Forest, folded: ReadonlySet<PidText>, room: number): Drawing {
  const isOutline = room < NARROW;
  const nodes: Drawn[] = [];
  const edges: { key: string; path: string }[] = [];
  let y = MARGIN + ROW / 2;
  let widest = 0;

  const add = (node: TreeNode, left: number, parent: Drawn | undefined, isOpen: boolean): Drawn => {
    const level = (parent?.level ?? 0) + 1;
    const x = MARGIN + (level - 1) * (isOutline ? INDENT : WIDTH + GAP);
    const width = isOutline ? Math.max(130, room - x - MARGIN) : WIDTH;
    const key = left > 0 ? `${node.pid}+` : node.pid;
    const drawn = { key, node, left, level, x, y, width, parent: parent?.key, isOpen };
    nodes.push(drawn);
    widest = Math.max(widest, x + width);
    if (parent) edges.push({ key, path: isOutline ? elbow(parent, drawn) : curve(parent, drawn) });
    return drawn;
  };
  const visit = (node: TreeNode, parent: Drawn | undefined) => {
    const children = folded.has(node.pid) ? [] : (node.children?.items ?? []);
    const left = (node.children?.total ?? 0) - (node.children?.items.length ?? 0);
    const drawn = add(node, 0, parent, children.length > 0);
    if (children.length === 0 || isOutline) y += ROW;
    for (const child of children) visit(child, drawn);
    if (children.length > 0 && left > 0) {
      add(node, left, drawn, false);
      y += ROW;
    }
    if (children.length > 0 && !isOutline) y += APART;
  };
  for (const root of roots) visit(root, undefined);
  return { nodes, edges, width: widest + MARGIN, height: y - ROW / 2 + MARGIN };
}

function curve(from: Drawn, to: Drawn): string {
  const start = from.x + from.width;
  const middle = (start + to.x) / 2;
  return `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

function elbow(from: Drawn, to: Drawn): string {
  return `M${from.x + INDENT / 2} ${from.y + 13}V${to.y}H${to.x}`;
}
