import { hierarchy, tree } from "d3-hierarchy";
import type { Neighbourhood, PidText } from "../protocol.ts";

export type Vertex = Neighbourhood["nodes"][number];

interface Place {
  readonly x: number;
  readonly y: number;
  /** From the centre, clockwise from above. */
  readonly angle: number;
}

interface Branch {
  readonly pid: PidText;
  readonly children: Branch[];
}

/**
 * Puts the processes on rings around the one in the centre, by how many links they are away, each beside the one it was reached through. The places do not
 * depend on what the processes do, so that nothing moves while one looks, unless somebody comes or goes.
 */
export function placeAround(
  { center, nodes, edges }: Neighbourhood,
  radiusX: number,
  radiusY: number,
): ReadonlyMap<PidText, Place> {
  const distances = new Map(nodes.map(({ pid, distance }) => [pid, distance]));
  const branches = new Map<PidText, Branch>(nodes.map(({ pid }) => [pid, { pid, children: [] }]));
  const root: Branch = branches.get(center) ?? { pid: center, children: [] };
  const reached = new Set([center]);
  const reach = (from: PidText, to: PidText) => {
    if (reached.has(to) || (distances.get(to) ?? 0) !== (distances.get(from) ?? 0) + 1) return;
    reached.add(to);
    branches.get(from)?.children.push(branches.get(to) as Branch);
  };
  for (const { from, to } of edges) {
    reach(from, to);
    reach(to, from);
  }
  for (const { pid } of nodes) {
    if (!reached.has(pid)) root.children.push(branches.get(pid) as Branch);
  }
  const rings = Math.max(1, ...distances.values());
  const placed = tree<Branch>()
    .size([2 * Math.PI, rings])
    .separation((a, b) => (a.parent === b.parent ? 1 : 2) / Math.max(1, a.depth))(hierarchy(root));
  const places = new Map<PidText, Place>();
  for (const { data, x: angle, depth } of placed.descendants()) {
    const far = depth / rings;
    places.set(data.pid, { x: Math.sin(angle) * radiusX * far, y: -Math.cos(angle) * radiusY * far, angle });
  }
  return places;
}
