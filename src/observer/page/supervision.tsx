import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Forest, PidText, TreeNode } from "../protocol.ts";
import { whole } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, pidOf, titleOf } from "./pid.tsx";
import { href } from "./route.ts";
import { type Drawn, layOut } from "./tree-layout.ts";

/** ms for which a restart is shown. */
const FLASH = 2400;

/** All supervision trees, or the one below the supervisor that the address names. */
export function Supervision(): JSX.Element {
  const [, root] = useObserver().router.route.value;
  const [children, setChildren] = useState(root === undefined ? 12 : 60);
  useEffect(() => setChildren(root === undefined ? 12 : 60), [root]);
  const { data } = useTopic("trees", { ...(root === undefined ? {} : { root: pidOf(root) }), depth: 5, children });
  return (
    <div class="view full">
      <div class="title">
        <h1>Supervision trees</h1>
        {data && (
          <span class="muted">
            {whole(data.supervisors)} {data.supervisors === 1 ? "supervisor" : "supervisors"}
            {data.progress < 1 && ` · ${Math.floor(data.progress * 100)} % looked at`}
          </span>
        )}
        <div class="aside">
          {root !== undefined && (
            <a class="button" href={href("supervision")}>
              <Icon name="left" />
              All trees
            </a>
          )}
        </div>
      </div>
      <section class="panel stack">
        {data && data.roots.length === 0 && data.progress === 1 ? (
          <p class="nothing">
            <strong>No supervisor</strong>
            {root === undefined
              ? "No process of the program supervises others."
              : "This process has ended, or supervises nobody."}
          </p>
        ) : (
          data && <Tree forest={data} root={root} more={() => setChildren(children * 2)} />
        )}
      </section>
    </div>
  );
}

function Tree({ forest, root, more }: { forest: Forest; root: string | undefined; more: () => void }): JSX.Element {
  const { router } = useObserver();
  const [folded, setFolded] = useState<ReadonlySet<PidText>>(new Set());
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const flashing = useRestarts(forest);
  const ground = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const resized = new ResizeObserver(() => setRoom(element.clientWidth));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  const { nodes, edges, width, height } = useMemo(() => layOut(forest, folded, room), [forest, folded, room]);
  const stop = nodes.some(({ key }) => key === current) ? current : nodes[0]?.key;

  const fold = (pid: PidText, shut: boolean) => {
    const next = new Set(folded);
    if (shut) next.add(pid);
    else next.delete(pid);
    setFolded(next);
  };
  const goTo = (key: string | undefined) => {
    if (key === undefined) return;
    setCurrent(key);
    ground.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const open = ({ node, left }: Drawn) => {
    if (left === 0) router.go(href("process", bare(node.pid)));
    else if (root === bare(node.pid)) more();
    else router.go(href("supervision", bare(node.pid)));
  };
  const pressed = (event: KeyboardEvent) => {
    const at = nodes.findIndex(({ key }) => key === stop);
    const here = nodes[at];
    if (!here) return;
    if (event.key === "ArrowDown") goTo(nodes[at + 1]?.key);
    else if (event.key === "ArrowUp") goTo(nodes[at - 1]?.key);
    else if (event.key === "Home") goTo(nodes[0]?.key);
    else if (event.key === "End") goTo(nodes.at(-1)?.key);
    else if (event.key === "ArrowRight") {
      if (folded.has(here.node.pid)) fold(here.node.pid, false);
      else goTo(nodes.find(({ parent, key }) => parent === here.key && key !== here.key)?.key);
    } else if (event.key === "ArrowLeft") {
      if (here.isOpen) fold(here.node.pid, true);
      else goTo(here.parent);
    } else if (event.key === "Enter" || event.key === " ") open(here);
    else return;
    event.preventDefault();
  };
  return (
    <div class="tree" ref={box}>
      <div
        class="ground"
        ref={ground}
        role="tree"
        aria-label="Supervision trees"
        style={{ width: `${width}px`, height: `${height}px` }}
        onKeyDown={pressed}
      >
        <svg class="edges" width={width} height={height} aria-hidden="true">
          {edges.map(({ key, path }) => (
            <path key={key} d={path} />
          ))}
        </svg>
        {nodes.map((drawn) => (
          <Node
            key={drawn.key}
            drawn={drawn}
            isStop={drawn.key === stop}
            flashes={flashing.has(drawn.key)}
            isFolded={folded.has(drawn.node.pid)}
            onOpen={() => open(drawn)}
            onFold={(shut) => fold(drawn.node.pid, shut)}
            onFocus={() => setCurrent(drawn.key)}
          />
        ))}
      </div>
    </div>
  );
}

interface NodeProps {
  readonly drawn: Drawn;
  readonly isStop: boolean;
  readonly isFolded: boolean;
  readonly flashes: boolean;
  readonly onOpen: () => void;
  readonly onFold: (shut: boolean) => void;
  readonly onFocus: () => void;
}

function Node({ drawn, isStop, isFolded, flashes, onOpen, onFold, onFocus }: NodeProps): JSX.Element {
  const { node, left, level, isOpen } = drawn;
  const isMore = left > 0;
  const count = node.children?.total ?? 0;
  const restarts = node.restarts ?? 0;
  return (
    <div
      class={`node ${isMore ? "more" : node.supervisor ? "supervisor" : ""} ${flashes ? "flash" : ""}`}
      style={{ left: `${drawn.x}px`, top: `${drawn.y - 13}px`, width: `${drawn.width}px` }}
      role="treeitem"
      aria-level={level}
      aria-expanded={node.supervisor && !isMore && count > 0 ? isOpen : undefined}
      aria-selected={isStop}
      tabIndex={isStop ? 0 : -1}
      data-key={drawn.key}
      title={isMore ? lastRestart(node) : `${node.pid} ${node.name ?? ""} ${node.body}`}
      onClick={onOpen}
      onKeyDown={() => {}}
      onFocus={onFocus}
    >
      {isMore ? (
        <>
          … {whole(left)} more
          {flashes && <span class="faint">{lastRestart(node)}</span>}
        </>
      ) : (
        <>
          <b>{titleOf(node)}</b>
          <span class="faint mono">{bare(node.pid)}</span>
          {restarts > 0 && (
            <span class="tally" title={`${restarts} ${restarts === 1 ? "restart" : "restarts"}: ${lastRestart(node)}`}>
              <Icon name="restart" />
              {restarts}
            </span>
          )}
          {!node.supervisor && node.mailbox > 0 && (
            <span class="fold" title="messages in its mailbox">
              {whole(node.mailbox)}
            </span>
          )}
          {node.children !== undefined && (
            <button
              type="button"
              class="fold"
              tabIndex={-1}
              title={`${count} children`}
              aria-label={isFolded ? "Show its children" : "Fold its children"}
              onClick={(event) => {
                event.stopPropagation();
                onFold(!isFolded);
              }}
            >
              {whole(count)}
              <Icon name={isFolded ? "right" : "down"} />
            </button>
          )}
        </>
      )}
    </div>
  );
}

function lastRestart({ restarted: [last] = [] }: TreeNode): string {
  return last === undefined ? "" : `${last.id === undefined ? "" : `${last.id} `}<${bare(last.pid)}> restarted`;
}

/**
 * Who is to flash: a supervisor that has restarted a child, and children that were not there before it did. Where some are left out, the
 * restarted one, which is the youngest, is among those.
 */
function useRestarts(forest: Forest): ReadonlySet<PidText> {
  const before = useRef<{ restarts: Map<PidText, number>; seen: Set<PidText> } | undefined>(undefined);
  const [flashing, setFlashing] = useState<ReadonlySet<PidText>>(new Set());
  useEffect(() => {
    const restarts = new Map<PidText, number>();
    const seen = new Set<PidText>();
    const news: PidText[] = [];
    const visit = (node: TreeNode, isNewChild: boolean) => {
      seen.add(node.pid);
      const known = before.current?.restarts.get(node.pid);
      const restarted = known !== undefined && (node.restarts ?? 0) > known;
      if (restarted || (isNewChild && !before.current?.seen.has(node.pid))) news.push(node.pid);
      if (node.supervisor) restarts.set(node.pid, node.restarts ?? 0);
      const children = node.children ?? { items: [], total: 0 };
      // Of a list that is cut the next one takes the place of whoever has ended: nobody has started that one.
      const isWhole = children.items.length === children.total;
      if (restarted && !isWhole) news.push(`${node.pid}+`);
      for (const child of children.items) visit(child, restarted && isWhole);
    };
    for (const root of forest.roots) visit(root, false);
    before.current = { restarts, seen };
    if (news.length === 0) return;
    setFlashing((now) => new Set([...now, ...news]));
    setTimeout(() => {
      setFlashing((now) => new Set([...now].filter((pid) => !news.includes(pid))));
    }, FLASH);
  }, [forest]);
  return flashing;
}
