import { hierarchy, tree } from "d3-hierarchy";
import type { Forest, PidText, TreeNode } from "../protocol.ts";

/** What is drawn: a process, or how many of a supervisor's children are left out. */
export interface Drawn {
  readonly key: string;
  /** The supervisor whose children are left out, when there is no process. */
  readonly node: TreeNode;
  readonly left: number;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly parent: string | undefined;
  /** Of a supervisor: whether its children are drawn. */
  readonly isOpen: boolean;
}

export interface Drawing {
  /** From top to bottom. */
  readonly nodes: readonly Drawn[];
  readonly edges: readonly { readonly key: string; readonly path: string }[];
  readonly width: number;
  readonly height: number;
}

interface Datum {
  readonly key: string;
  readonly node?: TreeNode;
  readonly left: number;
  readonly children: readonly Datum[];
}

export const NODE_WIDTH = 196;
const ROW = 32;
const GAP = 44;
const MARGIN = 16;

/** Lays the trees out from left to right, below each other. `folded`: supervisors whose children are not drawn. */
export function layOut({ roots }: Forest, folded: ReadonlySet<PidText>): Drawing {
  const datum = (node: TreeNode): Datum => {
    const children = folded.has(node.pid) ? [] : (node.children?.items ?? []).map(datum);
    const left = (node.children?.total ?? 0) - (node.children?.items.length ?? 0);
    if (children.length > 0 && left > 0) children.push({ key: `${node.pid}+`, node, left, children: [] });
    return { key: node.pid, node, left: 0, children };
  };
  // One above all roots keeps them apart; it is not drawn.
  const all = hierarchy<Datum>({ key: "", left: 0, children: roots.map(datum) }, ({ children }) => children as Datum[]);
  const placed = tree<Datum>()
    .nodeSize([ROW, NODE_WIDTH + GAP])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.35))(all);
  const drawn = placed.descendants().filter(({ depth }) => depth > 0);
  const top = Math.min(0, ...drawn.map(({ x }) => x));
  const x = (depth: number) => MARGIN + (depth - 1) * (NODE_WIDTH + GAP);
  const y = (across: number) => MARGIN + across - top + ROW / 2;
  return {
    nodes: drawn
      .map(({ data, depth, x: across, parent, children }) => ({
        key: data.key,
        node: data.node as TreeNode,
        left: data.left,
        level: depth,
        x: x(depth),
        y: y(across),
        parent: parent?.data.node?.pid,
        isOpen: children !== undefined,
      }))
      .sort((a, b) => a.y - b.y || a.x - b.x),
    edges: placed
      .links()
      .filter(({ source }) => source.depth > 0)
      .map(({ source, target }) => {
        const from = x(source.depth) + NODE_WIDTH;
        const to = x(target.depth);
        const middle = (from + to) / 2;
        const [a, b] = [y(source.x), y(target.x)];
        return { key: target.data.key, path: `M${from} ${a}C${middle} ${a} ${middle} ${b} ${to} ${b}` };
      }),
    width: Math.max(0, ...drawn.map(({ depth }) => x(depth) + NODE_WIDTH)) + MARGIN,
    height: Math.max(0, ...drawn.map(({ x: across }) => y(across))) + ROW / 2 + MARGIN,
  };
}
