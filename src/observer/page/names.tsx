import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { NameRow } from "../protocol.ts";
import { whole } from "./format.ts";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, PidLink } from "./pid.tsx";
import { StatusPill } from "./processes.tsx";
import { href } from "./route.ts";
import { Search } from "./search.tsx";
import { type Column, PAGE, Table } from "./table.tsx";

const NAME: Column<NameRow> = {
  label: "Name",
  cell: ({ name, body }) => (
    <>
      <strong>{name}</strong>
      <span class="two">{body}</span>
    </>
  ),
};
const VALUE: Column<NameRow> = { label: "Value", wide: true, cell: ({ value }) => value };

const COLUMNS: readonly Column<NameRow>[] = [
  { label: "Process", width: "146px", cell: ({ pid }) => <PidLink pid={pid} /> },
  { label: "Body", wide: true, cell: ({ body }) => body },
  { label: "Status", width: "110px", wide: true, cell: ({ status }) => <StatusPill status={status} /> },
  { label: "Mailbox", width: "84px", number: true, cell: ({ mailbox }) => whole(mailbox) },
];

const OF_NAMES = [NAME, ...COLUMNS];
const OF_KEYS = [{ ...NAME, label: "Key" }, VALUE, ...COLUMNS];

/** Who is registered under which name, or under which key of a registry. */
export function Names(): JSX.Element {
  const { router } = useObserver();
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [registry, setRegistry] = useState<string | undefined>(undefined);
  const [start, setStart] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setStart(0), [text, registry]);
  const { data, query } = useTopic("names", {
    ...(text === "" ? {} : { text }),
    ...(registry === undefined ? {} : { registry }),
    offset: start,
    limit: PAGE,
  });
  const registries = data?.registries ?? [];
  const isGone = data && registry !== undefined && !registries.some(({ name }) => name === registry);
  const isOfKeys = query?.registry !== undefined;
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
        <Search
          label="Filter by name"
          placeholder={registry === undefined ? "Name" : "Key"}
          value={typed}
          onText={setTyped}
        />
        <select
          class="field"
          aria-label="Names of"
          value={registry ?? ""}
          onChange={(event) => setRegistry(event.currentTarget.value || undefined)}
        >
          <option value="">registered processes</option>
          {registries.map(({ name, keys, entries }) => (
            <option key={name} value={name}>
              {`${name}: ${whole(entries)} ${keys}`}
            </option>
          ))}
          {isGone && <option value={registry}>{`${registry}: has ended`}</option>}
        </select>
      </div>
      <section class="panel stack">
        {data?.matching === 0 && data.progress === 1 ? (
          <p class="nothing">
            <strong>{isOfKeys ? "No such key" : "No such name"}</strong>
            {text !== ""
              ? `No ${isOfKeys ? "key" : "name"} has “${text}” in it.`
              : isOfKeys
                ? "Nobody is registered in this registry."
                : "No process is registered under a name."}
          </p>
        ) : (
          <Table
            label="Names"
            columns={isOfKeys ? OF_KEYS : OF_NAMES}
            rows={data?.rows ?? []}
            offset={query?.offset ?? 0}
            total={Math.min(data?.matching ?? 0, isOfKeys ? 10_000 : Number.POSITIVE_INFINITY)}
            onRange={setStart}
            onOpen={(row) => router.go(href("process", bare(row.pid)))}
          />
        )}
      </section>
    </div>
  );
}
