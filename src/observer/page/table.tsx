import { type ComponentChildren, type Context, createContext, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** Links in a row are no stops for the tab key: Enter on the row goes where they lead. */
export const InRow: Context<boolean> = createContext(false);

/** A column. Widths are CSS widths; the column without one takes what is left. */
export interface Column<Row, Order extends string = never> {
  readonly label: string;
  /** By what it is sorted when its head is pressed. */
  readonly order?: Order;
  readonly width?: string;
  readonly number?: boolean;
  /** Left out where the page is narrow. */
  readonly wide?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row, Order extends string> {
  readonly label: string;
  readonly columns: readonly Column<Row, Order>[];
  /** The rows from `offset` on; there are `total`. */
  readonly rows: readonly Row[];
  readonly offset: number;
  readonly total: number;
  /** Asks for other rows: those that are seen, and some around them. */
  readonly onRange?: (offset: number) => void;
  readonly sort?: { readonly order: Order; readonly descending: boolean; readonly onSort: (order: Order) => void };
  readonly onOpen?: (row: Row) => void;
}

/** Rows that are asked for at once; the height of a window has to fit in twice. */
export const PAGE = 150;
const STEP = 50;

/**
 * A table that holds only the rows that are seen. It has one stop for the tab key, below its head: the arrows, Page Up and Down, Home and End go from row to row, Enter opens one.
 */
export function Table<Row, Order extends string = never>(props: TableProps<Row, Order>): JSX.Element {
  const { label, columns, rows, offset, total, onRange, sort, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(29);
  const [current, setCurrent] = useState(0);
  const wanted = useRef<number | undefined>(undefined);

  useLayoutEffect(() => {
    const row = box.current?.querySelector<HTMLElement>("tbody tr[aria-rowindex]");
    if (row && row.offsetHeight > 0 && row.offsetHeight !== height) setHeight(row.offsetHeight);
  });
  // The row that has been gone to by key may have to come first.
  useEffect(() => {
    if (wanted.current === undefined) return;
    const row = box.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${wanted.current + 2}"]`);
    if (!row) return;
    row.focus({ preventScroll: true });
    wanted.current = undefined;
  });

  const scrolled = () => {
    const first = Math.floor((box.current as HTMLDivElement).scrollTop / height);
    const start = Math.max(0, Math.floor((first - STEP) / STEP) * STEP);
    onRange?.(Math.min(start, Math.max(0, Math.ceil(total / STEP) * STEP - STEP)));
  };
  const goTo = (index: number) => {
    const at = Math.max(0, Math.min(total - 1, index));
    const element = box.current as HTMLDivElement;
    const visible = element.clientHeight - height;
    if (at * height < element.scrollTop) element.scrollTop = at * height;
    else if ((at + 1) * height > element.scrollTop + visible) element.scrollTop = (at + 1) * height - visible;
    wanted.current = at;
    setCurrent(at);
  };
  const pressed = (event: KeyboardEvent) => {
    if (!(event.target as Element).matches("tr")) return;
    const screen = Math.max(1, Math.floor((box.current as HTMLDivElement).clientHeight / height) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: screen, PageUp: -screen };
    const step = steps[event.key];
    if (step !== undefined) goTo(current + step);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(total - 1);
    else if (event.key === "Enter" && onOpen && rows[current - offset] !== undefined)
      onOpen(rows[current - offset] as Row);
    else return;
    event.preventDefault();
  };
  const stop = Math.max(offset, Math.min(current, offset + rows.length - 1));
  const below = Math.max(0, total - offset - rows.length);
  return (
    <div class="table" ref={box} onScroll={scrolled}>
      <table aria-label={label} aria-rowcount={total + 1} onKeyDown={pressed}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.label} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <InRow.Provider value={true}>
          <tbody>
            <Gap height={offset * height} />
            {rows.map((row, index) => (
              <tr
                // Not by what it shows: whoever stands on the third row goes on standing on the third row.
                key={offset + index}
                class={onOpen && "link"}
                aria-rowindex={offset + index + 2}
                tabIndex={offset + index === stop ? 0 : -1}
                onFocus={() => setCurrent(offset + index)}
                onClick={(event) => {
                  if (!(event.target as Element).closest("a")) onOpen?.(row);
                }}
              >
                {columns.map(({ label: key, number, wide, cell }) => (
                  <td key={key} class={`${number ? "number" : ""} ${wide ? "wide" : ""}`}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            <Gap height={below * height} />
          </tbody>
        </InRow.Provider>
      </table>
    </div>
  );
}

/** Where rows are that are not there. */
function Gap({ height }: { height: number }): JSX.Element | null {
  return height <= 0 ? null : <tr class="gap" style={{ height: `${height}px` }} />;
}

function Head<Row, Order extends string>({
  column: { label, order, width, number, wide },
  sort,
}: {
  column: Column<Row, Order>;
  sort: TableProps<Row, Order>["sort"];
}): JSX.Element {
  const sorted = sort !== undefined && order === sort.order;
  const way = sorted ? (sort.descending ? "descending" : "ascending") : undefined;
  return (
    <th
      scope="col"
      class={`${number ? "number" : ""} ${wide ? "wide" : ""}`}
      style={width === undefined ? {} : { width }}
      aria-sort={way}
    >
      {order !== undefined && sort ? (
        <button type="button" onClick={() => sort.onSort(order)}>
          {label}
          <Icon name={sorted && !sort.descending ? "up" : "down"} />
        </button>
      ) : (
        label
      )}
    </th>
  );
}
