import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProcessOrder, ProcessPage, ProcessQuery, ProcessRow, ProcessStatus } from "../protocol.ts";
import { bytes, short, span, whole } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, PidLink } from "./pid.tsx";
import { href } from "./route.ts";
import { Search } from "./search.tsx";
import { type Column, PAGE, Table } from "./table.tsx";

const STATUSES: readonly (ProcessStatus | undefined)[] = [undefined, "running", "runnable", "waiting", "parked"];
/** The program hands out so many rows of one order; who is further down is found by the filter. */
const REACH = 10_000;

/** All processes, as one wants to see them. */
export function Processes(): JSX.Element {
  const { router } = useObserver();
  const [order, setOrder] = useState<ProcessOrder>("mailbox");
  const [descending, setDescending] = useState(true);
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [status, setStatus] = useState<ProcessStatus | undefined>(undefined);
  const [start, setStart] = useState(0);
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setStart(0), [text, status]);

  const { data, query, error } = useSettled(
    {
      sort: order,
      descending,
      ...(text === "" ? {} : { text }),
      ...(status === undefined ? {} : { status }),
      offset: start,
      limit: Math.min(PAGE, REACH - start),
    },
    paused,
  );
  const longest = Math.max(1, ...(data?.rows ?? []).map(({ mailbox }) => mailbox));
  const total = Math.min(data?.matching ?? 0, REACH);
  const sort = (by: ProcessOrder) => {
    setDescending(by === order ? !descending : by !== "pid" && by !== "age");
    setOrder(by);
  };
  return (
    <div class="view full">
      <div class="title">
        <h1>Processes</h1>
        {data && (
          <span class="muted">
            {text === "" && status === undefined
              ? whole(data.processes)
              : `${whole(data.matching)} of ${whole(data.processes)}`}
            {data.progress < 1 && ` · ${Math.floor(data.progress * 100)} % looked at`}
          </span>
        )}
      </div>
      <div class="toolbar">
        <Search label="Filter by name, body or pid" placeholder="Name, body or pid" value={typed} onText={setTyped} />
        <select
          class="field"
          aria-label="Filter by status"
          value={status ?? ""}
          onChange={(event) => setStatus((event.currentTarget.value || undefined) as ProcessStatus | undefined)}
        >
          {STATUSES.map((each) => (
            <option key={each ?? ""} value={each ?? ""}>
              {each ?? "any status"}
            </option>
          ))}
        </select>
        <button type="button" class="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          <Icon name={paused ? "play" : "pause"} />
          {paused ? "Go on" : "Pause"}
        </button>
      </div>
      <section class="panel stack">
        {error !== undefined && <p class="nothing">{error}</p>}
        {data && data.matching === 0 && data.progress === 1 ? (
          <p class="nothing">
            <strong>No process is like that</strong>
            {text !== "" && `Nothing has “${text}” in its name, body or pid`}
            {status && ` ${text === "" ? "No process is" : "and is"} ${status}`}.
          </p>
        ) : (
          <Table
            label="Processes"
            columns={columns(longest)}
            rows={data?.rows ?? []}
            offset={query?.offset ?? 0}
            total={total}
            onRange={setStart}
            sort={{ order, descending, onSort: sort }}
            onOpen={(row) => router.go(href("process", bare(row.pid)))}
          />
        )}
        {data && data.matching > REACH && (
          <div class="pager">The first {whole(REACH)} in this order. The filter finds the others.</div>
        )}
      </section>
    </div>
  );
}

/** The topic of processes. Once all of a million have been looked at, each next walk is shown when it is done, not while it goes on. */
function useSettled(asked: ProcessQuery, paused: boolean): ReturnType<typeof useTopic<"processes">> {
  const { data, query, error } = useTopic("processes", asked, paused);
  const whole = useRef<{ readonly data: ProcessPage; readonly query: ProcessQuery } | undefined>(undefined);
  if (data?.progress === 1 && query) whole.current = { data, query };
  const { current } = whole;
  return data && current && JSON.stringify(current.query) === JSON.stringify(query)
    ? { ...current, error }
    : { data, query, error };
}

function columns(longest: number): readonly Column<ProcessRow, ProcessOrder>[] {
  return [
    {
      label: "Process",
      order: "pid",
      width: "146px",
      cell: ({ pid, name, body }) => (
        <>
          <PidLink pid={pid} />
          <span class="two">{name ?? body}</span>
        </>
      ),
    },
    {
      label: "Name",
      width: "16%",
      wide: true,
      cell: ({ name }) => (name === undefined ? <span class="faint">–</span> : <span title={name}>{name}</span>),
    },
    { label: "Body", wide: true, cell: ({ body }) => <span title={body}>{body}</span> },
    { label: "Status", width: "92px", wide: true, cell: ({ status }) => <StatusPill status={status} /> },
    {
      label: "Mailbox",
      order: "mailbox",
      number: true,
      width: "130px",
      cell: ({ mailbox }) => (
        <>
          {mailbox > 0 && <Meter value={mailbox} of={longest} />}
          <span>{whole(mailbox)}</span>
        </>
      ),
    },
    {
      label: "Reductions",
      order: "reductions",
      number: true,
      width: "112px",
      wide: true,
      cell: (row) => whole(row.reductions),
    },
    { label: "Red/s", order: "rate", number: true, width: "78px", cell: ({ rate }) => short(rate) },
    { label: "Memory", order: "memory", number: true, width: "86px", wide: true, cell: ({ memory }) => bytes(memory) },
    {
      label: "Age",
      order: "age",
      number: true,
      width: "92px",
      cell: ({ age }) => (age === undefined ? <span class="faint">older</span> : span(age)),
    },
  ];
}

function Meter({ value, of }: { value: number; of: number }): JSX.Element {
  return (
    <span class="meter" aria-hidden="true">
      <i
        class={value >= 1000 ? "bad" : value >= 100 ? "warn" : ""}
        style={{ width: `${Math.max(4, (100 * value) / of)}%` }}
      />
    </span>
  );
}

const COLORS: { readonly [K in ProcessStatus]: string } = {
  running: "good",
  runnable: "accent",
  waiting: "",
  parked: "warn",
};

export function StatusPill({ status }: { status: ProcessStatus }): JSX.Element {
  return <span class={`pill ${COLORS[status]}`}>{status}</span>;
}
