import type { ComponentType, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Alarms } from "./alarms.tsx";
import { Confirmation } from "./dialog.tsx";
import { clock, span } from "./format.ts";
import { Icon, type IconName, Mark } from "./icons.tsx";
import { Links } from "./links.tsx";
import { Names } from "./names.tsx";
import { type Observer, ObserverContext, useObserver } from "./observer.tsx";
import { Overview } from "./overview.tsx";
import { ProcessPage } from "./process.tsx";
import { Processes } from "./processes.tsx";
import { href } from "./route.ts";
import { Supervision } from "./supervision.tsx";
import { Timers } from "./timers.tsx";
import { Trace } from "./trace.tsx";

/** A view by its place in the address, in the order of the navigation. `process` is a page of `processes`. */
const VIEWS: readonly { readonly id: IconName; readonly label: string; readonly view: ComponentType }[] = [
  { id: "overview", label: "Overview", view: Overview },
  { id: "processes", label: "Processes", view: Processes },
  { id: "supervision", label: "Trees", view: Supervision },
  { id: "links", label: "Links", view: Links },
  { id: "names", label: "Names", view: Names },
  { id: "timers", label: "Timers", view: Timers },
  { id: "trace", label: "Trace", view: Trace },
  { id: "alarms", label: "Alarms", view: Alarms },
];

/** The whole page. */
export function App({ observer }: { observer: Observer }): JSX.Element {
  const { router, status } = observer;
  const [id] = router.route.value;
  const root = useRef<HTMLDivElement>(null);
  const main = useRef<HTMLElement>(null);
  const View = id === "process" ? ProcessPage : (VIEWS.find((view) => view.id === id)?.view ?? Overview);

  useEffect(() => {
    const element = main.current as HTMLElement;
    element.scrollTo(0, 0);
    // Whoever came by key from what is no longer there goes on from where the view begins.
    const { activeElement } = element.getRootNode() as ShadowRoot;
    if (activeElement === null || !activeElement.isConnected) element.focus({ preventScroll: true });
  }, [router.route.value.join("/")]);

  // Links lead about in the page: in another program's document its address is not ours to change.
  const clicked = (event: MouseEvent) => {
    const link = (event.target as Element).closest("a");
    const to = link?.getAttribute("href");
    if (!to?.startsWith("#/") || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    router.go(to);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "/" || event.composedPath()[0] instanceof HTMLInputElement) return;
    const search = root.current?.querySelector<HTMLInputElement>("input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  };
  return (
    <ObserverContext.Provider value={observer}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: clicks on links bubble here, and a shortcut */}
      <div class="app" ref={root} onClick={clicked} onKeyDown={pressed}>
        <div class="side">
          <Brand />
          <Navigation current={id === "process" ? "processes" : id} />
          <Connection />
        </div>
        <main class="main" ref={main} tabIndex={-1}>
          {status.value === "open" ? <View /> : <Gone />}
        </main>
        <Toasts />
        <Confirmation />
      </div>
    </ObserverContext.Provider>
  );
}

function Brand(): JSX.Element {
  const program = useObserver().program.value;
  return (
    <div class="brand">
      <Mark />
      <div class="clip">
        <b>Beamlet</b>
        <span class="clip">{program?.node ?? "observer"}</span>
      </div>
    </div>
  );
}

function Navigation({ current }: { current: string }): JSX.Element {
  const active = useObserver().alarms.value.filter((alarm) => alarm.active).length;
  return (
    <nav class="nav" aria-label="Views">
      {VIEWS.map(({ id, label }) => (
        <a key={id} href={href(id)} aria-current={id === current ? "page" : undefined}>
          <Icon name={id} />
          {label}
          {id === "alarms" && active > 0 && (
            <span class="badge" title={`${active} active`}>
              {active}
              <span class="hidden"> active</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Connection(): JSX.Element {
  const { status, program, samples } = useObserver();
  const about = program.value;
  const open = status.value === "open";
  return (
    <div class="connection">
      <div class="state" role="status">
        <span class={`dot ${open ? "live" : "lost"}`} />
        {open ? "Live" : status.value === "connecting" ? "Connecting …" : "Ended"}
      </div>
      {open && about && (
        <div class="more">
          {about.host}
          <br />
          Beamlet {about.version}
          <br />
          watched for{" "}
          {span(Math.max(0, Math.floor(((samples.value.at(-1)?.at ?? about.since) - about.since) / 1000) * 1000))}
        </div>
      )}
    </div>
  );
}

/** What stands where the views do when there is no program to look at. */
function Gone(): JSX.Element {
  const { status, lost } = useObserver();
  const last = lost.value;
  if (last === undefined && status.value === "connecting") {
    return (
      <div class="gone">
        <p>Connecting to the program …</p>
      </div>
    );
  }
  return (
    <div class="gone" role="alert">
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 2v5M4.7 4.3a5 5 0 1 0 6.6 0" />
      </svg>
      <h1>The program has ended</h1>
      <p>
        {last && `Last seen at ${clock(last.at)}. `}
        {last?.why && `${last.why.charAt(0).toUpperCase()}${last.why.slice(1)}. `}
        {status.value === "connecting"
          ? "This page goes on by itself as soon as the program is there again."
          : "Nothing more will come from it."}
      </p>
    </div>
  );
}

function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {useObserver().toasts.value.map(({ id, text, bad }) => (
        <div key={id} class={`toast ${bad ? "bad" : ""}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
