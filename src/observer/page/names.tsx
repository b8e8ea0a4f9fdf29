import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { NameRow } from "../protocol.ts";
import { whole } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, PidLink } from "./pid.tsx";
import { StatusPill } from "./processes.tsx";
import { href } from "./route.ts";
import { type Column, PAGE, Table } from "./table.tsx";

const COLUMNS: readonly Column<NameRow>[] = [
  {
    label: "Name",
    cell: ({ name, body }) => (
      <>
        <strong>{name}</strong>
        <span class="two">{body}</span>
      </>
    ),
  },
  { label: "Process", width: "146px", cell: ({ pid }) => <PidLink pid={pid} /> },
  { label: "Body", wide: true, cell: ({ body }) => body },
  { label: "Status", width: "110px", wide: true, cell: ({ status }) => <StatusPill status={status} /> },
  { label: "Mailbox", width: "84px", number: true, cell: ({ mailbox }) => whole(mailbox) },
];

/** Who is registered under which name. */
export function Names(): JSX.Element {
  const { router } = useObserver();
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [start, setStart] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setStart(0), [text]);
  const { data, query } = useTopic("names", { ...(text === "" ? {} : { text }), offset: start, limit: PAGE });
  return (
    <div class="view full">
      <div class="title">
        <h1>Names</h1>
        {data && (
          <span class="muted">
            {data.matching === data.names ? whole(data.names) : `${whole(data.matching)} of ${whole(data.names)}`}
          </span>
        )}
      </div>
      <div class="toolbar">
        <div class="search">
          <Icon name="search" />
          <input
            class="field"
            type="search"
            placeholder="Name"
            aria-label="Filter by name"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      </div>
      <section class="panel stack">
        {data?.matching === 0 ? (
          <p class="nothing">
            <strong>No such name</strong>
            {text === "" ? "No process is registered under a name." : `No name has “${text}” in it.`}
          </p>
        ) : (
          <Table
            label="Names"
            columns={COLUMNS}
            rows={data?.rows ?? []}
            offset={query?.offset ?? 0}
            total={data?.matching ?? 0}
            onRange={setStart}
            onOpen={(row) => router.go(href("process", bare(row.pid)))}
          />
        )}
      </section>
    </div>
  );
}
