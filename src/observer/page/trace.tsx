import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunEvent } from "../../testing/event.ts";
import type { PidText, TraceKind, TraceState } from "../protocol.ts";
import { TRACED, tell } from "./events.ts";
import { short, whole } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useObserver } from "./observer.tsx";
import { bare, PidLink, pidOf, titleOf } from "./pid.tsx";
import { href } from "./route.ts";
import { Sequence } from "./sequence.tsx";
import { type Column, Table } from "./table.tsx";

/** Events that the page keeps; the program keeps more of them, for the file. */
const KEPT = 5000;

function columns(names: ReadonlyMap<PidText, string>): readonly Column<RunEvent>[] {
  const who = (pid: PidText) => {
    const name = names.get(pid);
    return name === undefined ? (
      <PidLink pid={pid} />
    ) : (
      <a href={href("process", bare(pid))} title={pid} tabIndex={-1}>
        {name}
      </a>
    );
  };
  return [
    {
      label: "Time",
      width: "76px",
      number: true,
      cell: ({ time }) => <span class="mono">{(time / 1000).toFixed(3)}</span>,
    },
    {
      label: "Event",
      width: "74px",
      cell: (event) => <span class={`event ${tell(event).color}`}>{event.kind}</span>,
    },
    {
      label: "Who",
      width: "34%",
      cell: (event) => {
        const { from, to } = tell(event);
        return (
          <>
            {from === undefined ? <span class="faint">{to === undefined ? "" : "host"}</span> : who(from)}
            {to !== undefined && <span class="faint"> → </span>}
            {to !== undefined && who(to)}
          </>
        );
      },
    },
    {
      label: "What",
      cell: (event) => (
        <span class="mono" title={tell(event).text}>
          {tell(event).text}
        </span>
      ),
    },
  ];
}

/** Follows chosen processes: their events as a list and as a sequence chart, while they happen. */
export function Trace(): JSX.Element {
  const observer = useObserver();
  const [, first] = observer.router.route.value;
  const [pids, setPids] = useState<readonly PidText[]>(first === undefined ? [] : [pidOf(first)]);
  const [kinds, setKinds] = useState<readonly TraceKind[]>(["send", "receive", "spawn", "exit", "call"]);
  const [children, setChildren] = useState(true);
  const { state, events, clear } = useTrace();
  const names = useNames(events);
  const running = state?.running ?? false;

  const start = async () => {
    clear();
    await observer.ask("startTrace", { ...(pids.length === 0 ? {} : { pids }), children, events: kinds });
  };
  const open = (event: RunEvent) => {
    const { from, to } = tell(event);
    const pid = to ?? from;
    if (pid !== undefined) observer.router.go(href("process", bare(pid)));
  };
  const stop = () => observer.ask("stopTrace", {});
  const save = async () => {
    const file = await observer.ask("traceFile", {});
    if (!file) return;
    const url = URL.createObjectURL(new Blob([file.text], { type: "application/x-ndjson" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <div class="view full trace-view">
      <div class="title">
        <h1>Trace</h1>
        <TraceStatus state={state} />
        <div class="aside">
          {running ? (
            <button type="button" class="button primary" onClick={stop}>
              <Icon name="pause" />
              Stop
            </button>
          ) : (
            <button type="button" class="button primary" disabled={kinds.length === 0} onClick={start}>
              <Icon name="play" />
              Start
            </button>
          )}
          <button type="button" class="button" disabled={(state?.kept ?? 0) === 0} onClick={save}>
            <Icon name="save" />
            Save as file
          </button>
        </div>
      </div>
      <section class="panel options" aria-label="What is traced">
        <ChooseProcesses pids={pids} onChange={setPids} />
        <fieldset class="checks" disabled={running}>
          <legend class="hidden">Events</legend>
          {TRACED.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={kinds.includes(kind)}
                onChange={() =>
                  setKinds(kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind])
                }
              />
              {kind}
            </label>
          ))}
          <label class="apart">
            <input
              type="checkbox"
              disabled={pids.length === 0}
              checked={children}
              onChange={() => setChildren(!children)}
            />
            and what they spawn
          </label>
        </fieldset>
      </section>
      <div class="trace">
        <section class="panel">
          <header>
            <h2>Events</h2>
            <span class="count">{whole(events.length)}</span>
          </header>
          {events.length === 0 ? (
            <p class="nothing">
              <strong>{running ? "Nothing yet" : "No trace"}</strong>
              {running
                ? "Events appear here as soon as they happen."
                : "Choose processes and events, and start. A trace ends by itself after a minute, and never keeps more than its limit."}
            </p>
          ) : (
            <Table
              label="Events"
              columns={columns(names)}
              rows={events.slice(0, 300)}
              offset={0}
              total={Math.min(300, events.length)}
              onOpen={open}
            />
          )}
        </section>
        <section class="panel">
          <header>
            <h2>Sequence</h2>
            <span class="count">{events.length > 0 && "the latest, downwards"}</span>
          </header>
          <Sequence events={useMemo(() => events.toReversed(), [events])} names={names} />
        </section>
      </div>
    </div>
  );
}

function TraceStatus({ state }: { state: TraceState | undefined }): JSX.Element | null {
  if (state === undefined || (state.seen === 0 && !state.running && state.ended === undefined)) return null;
  return (
    <span class="muted">
      <span class={`pill ${state.running ? "good" : ""}`}>{state.running ? "running" : "ended"}</span>{" "}
      {short(state.seen)} seen, {short(state.kept)} kept
      {state.lost > 0 && `, ${short(state.lost)} lost to its limits`}
      {!state.running && state.ended !== undefined && state.ended !== "stopped" && ` · ${state.ended}`}
    </span>
  );
}

function ChooseProcesses({
  pids,
  onChange,
}: {
  pids: readonly PidText[];
  onChange: (pids: readonly PidText[]) => void;
}): JSX.Element {
  const observer = useObserver();
  const input = useRef<HTMLInputElement>(null);
  const add = async (event: Event) => {
    event.preventDefault();
    const element = input.current as HTMLInputElement;
    const text = element.value.trim();
    if (text === "") return;
    const pid = await find(observer.source, text);
    if (pid === undefined) return observer.tell(`No process has “${text}” in its pid, name or body`, true);
    element.value = "";
    if (!pids.includes(pid)) onChange([...pids, pid]);
  };
  return (
    <form class="chips" onSubmit={add}>
      {pids.length === 0 && <span class="pill">all processes</span>}
      {pids.map((pid) => (
        <span key={pid} class="chip">
          <span class="mono">&lt;{bare(pid)}&gt;</span>
          <button
            type="button"
            class="remove"
            aria-label={`Leave out ${pid}`}
            onClick={() => onChange(pids.filter((each) => each !== pid))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <input
        ref={input}
        class="field"
        placeholder="Add by name, body or pid"
        aria-label="Add a process by name, body or pid"
      />
      <button type="submit" class="button" aria-label="Add the process">
        <Icon name="plus" />
      </button>
    </form>
  );
}

type Asked = ReturnType<typeof useObserver>["source"];

/** The first process that the text finds: of several, the one that has it in its name or pid as it stands. */
function find(source: Asked, text: string): Promise<PidText | undefined> {
  return new Promise((resolve) => {
    const wanted = text.replace(/^(#PID)?<(.*)>$/, "$2");
    const subscription = source.subscribe(
      "processes",
      { sort: "pid", descending: false, text: wanted, offset: 0, limit: 100 },
      ({ rows, progress }) => {
        const exact = rows.find((row) => bare(row.pid) === wanted || row.name === text);
        if (exact === undefined && progress < 1) return;
        resolve((exact ?? rows[0])?.pid);
        // Not before it has been given back.
        queueMicrotask(() => subscription.close());
      },
      () => resolve(undefined),
    );
  });
}

/** The events of the trace, the newest first. */
function useTrace(): { state: TraceState | undefined; events: readonly RunEvent[]; clear: () => void } {
  const { source } = useObserver();
  const [state, setState] = useState<TraceState | undefined>(undefined);
  const [events, setEvents] = useState<readonly RunEvent[]>([]);
  useEffect(() => {
    const subscription = source.subscribe("trace", { last: KEPT }, (batch) => {
      setState(batch.state);
      if (batch.events.length > 0 || batch.reset) {
        const news = batch.events.toReversed();
        setEvents((before) => (batch.reset ? news : [...news, ...before].slice(0, KEPT)));
      }
    });
    return () => subscription.close();
  }, [source]);
  return { state, events, clear: () => setEvents([]) };
}

/** What the processes of a trace are called: of those that the page has seen elsewhere, and of those that it saw being spawned. */
function useNames(events: readonly RunEvent[]): ReadonlyMap<string, string> {
  const { source } = useObserver();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const event of events.slice(0, 250)) {
      const { from, to } = tell(event);
      for (const pid of [from, to]) {
        if (pid === undefined || asked.current.has(pid) || asked.current.size >= 24) continue;
        asked.current.add(pid);
        const subscription = source.subscribe("process", { pid, messages: 0 }, (detail) => {
          if (detail.alive) setNames((before) => new Map(before).set(pid, titleOf(detail)));
          queueMicrotask(() => subscription.close());
        });
      }
      if (event.kind === "spawn" && !names.has(event.pid))
        setNames((before) => new Map(before).set(event.pid, event.body));
    }
  }, [events, source]);
  return names;
}
