import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Neighbourhood } from "../protocol.ts";
import { whole } from "./format.ts";
import { placeAround, type Vertex } from "./graph-layout.ts";
import { Icon } from "./icons.tsx";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, pidOf, titleOf } from "./pid.tsx";
import { href } from "./route.ts";
import { Search } from "./search.tsx";

/** Who is linked to whom around one process. */
export function Links(): JSX.Element {
  const { router } = useObserver();
  const [, pid] = router.route.value;
  return pid === undefined ? <Choose /> : <Around key={pid} pid={pid} />;
}

/** Without a process in the address: a choice of those that are worth a look. */
function Choose(): JSX.Element {
  const { router } = useObserver();
  const [text, setText] = useState("");
  const { data } = useTopic("processes", {
    sort: "memory",
    descending: true,
    ...(text.trim() === "" ? {} : { text: text.trim() }),
    offset: 0,
    limit: 20,
  });
  return (
    <div class="view">
      <div class="title">
        <h1>Links</h1>
        <span class="muted">Whose neighbourhood?</span>
      </div>
      <div class="toolbar">
        <Search
          label="Find a process by name, body or pid"
          placeholder="Name, body or pid"
          value={text}
          onText={setText}
          onEnter={() => {
            const first = data?.rows[0];
            if (first) router.go(href("links", bare(first.pid)));
          }}
        />
      </div>
      <section class="panel">
        {data?.rows.length === 0 && <p class="nothing">No process is like that.</p>}
        <ul class="rows">
          {data?.rows.map((row) => (
            <li key={row.pid}>
              <a class="mono" href={href("links", bare(row.pid))}>
                &lt;{bare(row.pid)}&gt;
              </a>
              <span class="grow clip">{titleOf(row)}</span>
              <span class="faint clip">{row.name === undefined ? "" : row.body}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Around({ pid }: { pid: string }): JSX.Element {
  const [distance, setDistance] = useState(2);
  const { data } = useTopic("neighbourhood", { pid: pidOf(pid), distance, limit: 60 });
  const ended = data !== undefined && "alive" in data;
  const center = data && !ended ? data.nodes.find((node) => node.pid === data.center) : undefined;
  return (
    <div class="view full">
      <div class="title">
        <a class="button small" href={href("links")} aria-label="Another process">
          <Icon name="left" />
        </a>
        <h1>Links of {center ? titleOf(center) : <span class="mono">&lt;{pid}&gt;</span>}</h1>
        {data && !ended && (
          <span class="muted">
            {whole(data.nodes.length)} processes{data.more && ", the nearest"}
          </span>
        )}
        <div class="aside">
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame of its own */}
          <div class="choice" role="group" aria-label="How many links away">
            {[1, 2, 3].map((each) => (
              <button key={each} type="button" aria-pressed={each === distance} onClick={() => setDistance(each)}>
                {each}
              </button>
            ))}
          </div>
          <a class="button" href={href("process", pid)}>
            Process
          </a>
        </div>
      </div>
      <section class="panel stack">
        {ended && <p class="nothing">The process has ended.</p>}
        {data && !ended && <Graph of={data} />}
      </section>
      <div class="legend" aria-hidden="true">
        <span>
          <svg aria-hidden="true">
            <path d="M0 4h22" stroke="var(--line-strong)" stroke-width="1.5" />
          </svg>
          link
        </span>
        <span>
          <svg aria-hidden="true">
            <path d="M0 4h22" stroke="var(--series-2)" stroke-width="1.5" stroke-dasharray="4 3" />
          </svg>
          monitor, to what it watches
        </span>
      </div>
    </div>
  );
}

function Graph({ of }: { of: Neighbourhood }): JSX.Element {
  const { router } = useObserver();
  const box = useRef<HTMLDivElement>(null);
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 });
  const [current, setCurrent] = useState<string | undefined>(undefined);
  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const resized = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  const shape = of.nodes.map((node) => node.pid).join() + of.edges.map(({ from, to }) => from + to).join();
  const places = useMemo(
    () => placeAround(of, Math.max(60, width / 2 - (width < 600 ? 78 : 130)), Math.max(60, height / 2 - 40)),
    [shape, width, height],
  );
  const [x, y] = [width / 2, height / 2];
  const at = (pid: string) => {
    const place = places.get(pid) ?? { x: 0, y: 0, angle: 0 };
    return { x: x + place.x, y: y + place.y, angle: place.angle };
  };
  const stop = of.nodes.some(({ pid }) => pid === current) ? current : of.center;
  const pressed = (event: KeyboardEvent) => {
    const order = of.nodes.map(({ pid }) => pid);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = order[(order.indexOf(stop as string) + step + order.length) % order.length] as string;
      setCurrent(next);
      box.current?.querySelector<SVGElement>(`[data-pid="${CSS.escape(next)}"]`)?.focus();
    } else if (event.key === "Enter" && stop) router.go(href("links", bare(stop)));
    else return;
    event.preventDefault();
  };
  return (
    <div class={`graph ${width < 600 ? "narrow" : ""}`} ref={box}>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg role="group" aria-label={`${of.nodes.length} processes and their links`} onKeyDown={pressed}>
        {of.edges.map(({ kind, from, to }) => {
          const [a, b] = [at(from), at(to)];
          return <line key={`${kind} ${from} ${to}`} class={kind} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />;
        })}
        {of.nodes.map((node) => (
          <Spot
            key={node.pid}
            node={node}
            place={at(node.pid)}
            isCenter={node.pid === of.center}
            isStop={node.pid === stop}
            letters={width >= 600 ? 22 : 12}
            isRoomy={width >= 600}
            isFew={of.nodes.length <= (width >= 600 ? 40 : 20)}
            onOpen={() => router.go(href("links", bare(node.pid)))}
            onFocus={() => setCurrent(node.pid)}
          />
        ))}
      </svg>
    </div>
  );
}

interface SpotProps {
  readonly node: Vertex;
  readonly place: { readonly x: number; readonly y: number; readonly angle: number };
  readonly isCenter: boolean;
  readonly isStop: boolean;
  readonly letters: number;
  readonly isFew: boolean;
  /** Whether there is room for names at the left and right, though not for all. */
  readonly isRoomy: boolean;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
}

function Spot({ node, place, isCenter, isStop, letters, isFew, isRoomy, onOpen, onFocus }: SpotProps): JSX.Element {
  const radius = isCenter ? 10 : node.supervisor ? 8 : 5.5;
  // Beside the outer ring, away from the centre; below everybody else.
  const isBeside = !isCenter && Math.abs(Math.sin(place.angle)) > 0.25;
  const side = Math.sin(place.angle) > 0 ? 1 : -1;
  const title = titleOf(node);
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no other link that can be gone to by key alone
    <g
      class={`vertex ${isCenter ? "center" : node.distance > 1 ? "far" : ""}`}
      transform={`translate(${place.x} ${place.y})`}
      role="link"
      tabIndex={isStop ? 0 : -1}
      data-pid={node.pid}
      aria-label={`${title} ${node.pid}, ${node.distance} away, ${node.mailbox} messages`}
      onClick={onOpen}
      onKeyDown={() => {}}
      onFocus={onFocus}
    >
      <title>{`${node.pid} ${title}\n${node.body}\n${node.mailbox} messages`}</title>
      <circle r={radius} />
      {(isFew || isCenter || node.distance === 1 || (isRoomy && Math.abs(Math.sin(place.angle)) > 0.5)) && (
        <text
          x={isBeside ? side * (radius + 5) : 0}
          y={isBeside ? 4 : radius + 14}
          text-anchor={isBeside ? (side > 0 ? "start" : "end") : "middle"}
        >
          {title.length > letters ? `${title.slice(0, letters - 1)}…` : title}
        </text>
      )}
    </g>
  );
}
