import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { RunEvent } from "../../testing/event.ts";
import { type Told, tell } from "./events.ts";
import { useObserver } from "./observer.tsx";
import { bare } from "./pid.tsx";
import { href } from "./route.ts";

const COLUMN = 128;
const ROW = 24;
const HEAD = 42;
/** Who is not among the first so many has no lifeline. */
const LIVES = 24;
/** Events that are drawn: the last ones. The list has the others. */
const DRAWN = 250;

const HOST = "host";

/** Who said what to whom: a line down for each process, an arrow for each message. It follows the newest event, unless one has scrolled up. */
export function Sequence({
  events,
  names,
}: {
  events: readonly RunEvent[];
  names: ReadonlyMap<string, string>;
}): JSX.Element {
  const { router } = useObserver();
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { shown, lives } = useMemo(() => draw(events), [events]);
  useEffect(() => {
    const element = box.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [shown]);
  const width = Math.max(1, lives.length) * COLUMN;
  const height = HEAD + shown.length * ROW + ROW;
  const x = (pid: string | undefined) => lives.indexOf(pid ?? HOST) * COLUMN + COLUMN / 2;
  return (
    <section
      class="sequence"
      ref={box}
      aria-label="Sequence chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be scrolled by key as well
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        follows.current = scrollTop + clientHeight > scrollHeight - 2 * ROW;
      }}
    >
      <div class="heads" style={{ width: `${width}px`, height: `${HEAD}px` }}>
        {lives.map((life) =>
          life === HOST ? (
            <span key={life} class="life-head" style={{ width: `${COLUMN - 14}px` }}>
              host
            </span>
          ) : (
            <a
              key={life}
              class="life-head"
              style={{ width: `${COLUMN - 14}px` }}
              href={href("process", bare(life))}
              onClick={() => router.go(href("process", bare(life)))}
            >
              <b>{names.get(life) ?? ""}</b>
              <span class="mono">&lt;{bare(life)}&gt;</span>
            </a>
          ),
        )}
      </div>
      <svg width={width} height={height - HEAD} aria-hidden="true">
        <defs>
          {["send", "spawn", "link", "exit"].map((color) => (
            <marker
              key={color}
              id={`arrow-${color}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
            >
              <path d="M1 1l6 3-6 3" class={color} />
            </marker>
          ))}
        </defs>
        {lives.map((life) => (
          <line key={life} class="life" x1={x(life)} x2={x(life)} y1={0} y2={height - HEAD} />
        ))}
        {shown.map(({ told, key }, index) => (
          <Arrow key={key} told={told} x={x} y={index * ROW + ROW} />
        ))}
      </svg>
    </section>
  );
}

function Arrow({ told, x, y }: { told: Told; x: (pid: string | undefined) => number; y: number }): JSX.Element {
  const { kind, color, from, to, text } = told;
  const line = color === "call" ? "send" : color;
  const label = kind === "send" || kind === "receive" ? text : text === "" ? kind : `${kind} ${text}`;
  if (to === undefined) {
    const at = x(from);
    return (
      <g>
        {kind === "exit" ? (
          <path class="exit" d={`M${at - 5} ${y - 5}l10 10m0 -10l-10 10`} />
        ) : (
          <circle class={`mark ${color}`} cx={at} cy={y} r={3} />
        )}
        <text class="label" x={at + 9} y={y + 4}>
          {cut(label, 17)}
        </text>
      </g>
    );
  }
  const [a, b] = [x(from), x(to)];
  if (a === b) {
    return (
      <g>
        <path class={line} d={`M${a} ${y - 6}h22v10h-21`} marker-end={`url(#arrow-${line})`} />
        <text class="label" x={a + 27} y={y + 3}>
          {cut(label, 14)}
        </text>
      </g>
    );
  }
  const columns = Math.abs(b - a) / COLUMN;
  return (
    <g>
      <path class={line} d={`M${a} ${y}H${b}`} marker-end={`url(#arrow-${line})`} />
      <text class="label" x={Math.min(a, b) + 8} y={y - 4}>
        {cut(label, Math.floor(columns * 19) - 2)}
      </text>
    </g>
  );
}

function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** The last events, and whose lines they lie between, in the order in which these came. */
function draw(events: readonly RunEvent[]): {
  readonly shown: readonly { readonly told: Told; readonly key: number }[];
  readonly lives: readonly string[];
} {
  const lives: string[] = [];
  const shown: { told: Told; key: number }[] = [];
  const has = (pid: string) => {
    if (!lives.includes(pid) && lives.length < LIVES) lives.push(pid);
    return lives.includes(pid);
  };
  const start = Math.max(0, events.length - DRAWN);
  for (const [index, event] of events.slice(start).entries()) {
    if (event.kind === "run") continue;
    const told = tell(event);
    const ends = [told.from ?? (told.to === undefined ? undefined : HOST), told.to].filter((end) => end !== undefined);
    if (ends.map(has).every((is) => is)) shown.push({ told, key: start + index });
  }
  return { shown, lives };
}
