import type { JSX } from "preact";
import type { TimerRow } from "../protocol.ts";
import { span, whole } from "./format.ts";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, PidLink, titleOf } from "./pid.tsx";
import { href } from "./route.ts";
import { type Column, Table } from "./table.tsx";

const COLUMNS: readonly Column<TimerRow>[] = [
  { label: "Due in", width: "96px", number: true, cell: ({ left }) => span(left) },
  {
    label: "Process",
    width: "146px",
    cell: ({ target }) => (target ? <PidLink pid={target.pid} /> : <span class="faint">by name</span>),
  },
  {
    label: "Whose",
    cell: ({ target, name, kind, message }) => (
      <>
        {target ? titleOf(target) : name}
        <span class="two">{message ?? kind}</span>
      </>
    ),
  },
  {
    label: "What it sends",
    wide: true,
    cell: ({ kind, message }) =>
      kind === "timeout" ? <span class="faint">ends a receive or sleep</span> : <span class="mono">{message}</span>,
  },
];

/** What is due, the next first. */
export function Timers(): JSX.Element {
  const { router } = useObserver();
  const { data } = useTopic("timers", { limit: 200 });
  return (
    <div class="view full">
      <div class="title">
        <h1>Timers</h1>
        {data && (
          <span class="muted">
            {whole(data.timers)}
            {data.rows.length < data.timers && `, the next ${data.rows.length} shown`}
          </span>
        )}
      </div>
      <section class="panel stack">
        {data?.timers === 0 ? (
          <p class="nothing">
            <strong>Nothing is due</strong>
            Timers come from sendAfter and startTimer, and from a receive or sleep that has a time.
          </p>
        ) : (
          <Table
            label="Timers"
            columns={COLUMNS}
            rows={data?.rows ?? []}
            offset={0}
            total={data?.rows.length ?? 0}
            onOpen={({ target }) => {
              if (target) router.go(href("process", bare(target.pid)));
            }}
          />
        )}
      </section>
    </div>
  );
}
