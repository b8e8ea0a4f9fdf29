import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BehaviourState, Cut, Monitored, Named, PidText, ProcessDetail } from "../protocol.ts";
import { Chart } from "./chart.tsx";
import { confirm } from "./dialog.tsx";
import { bytes, short, span, whole } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useObserver, useTopic } from "./observer.tsx";
import { bare, ProcessChip, pidOf, titleOf } from "./pid.tsx";
import { StatusPill } from "./processes.tsx";
import { href } from "./route.ts";

/** One process, and all that is known of it. */
export function ProcessPage(): JSX.Element {
  const { router } = useObserver();
  const pid = pidOf(router.route.value[1] ?? "");
  // Another process is another page: nothing of this one stays.
  return <OneProcess key={pid} pid={pid} />;
}

function OneProcess({ pid }: { pid: PidText }): JSX.Element {
  const { data, error } = useTopic("process", { pid, messages: 50 });
  const [last, setLast] = useState<ProcessDetail | undefined>(undefined);
  useEffect(() => {
    if (data?.alive) setLast(data);
  }, [data]);
  const ended = data !== undefined && !data.alive;
  const detail = data?.alive ? data : last;
  const sys = useSys(pid, detail?.behaviour === true && !ended);
  return (
    <div class="view">
      <div class="title">
        <a class="button small" href={href("processes")} aria-label="All processes">
          <Icon name="left" />
        </a>
        <h1 class="mono large">&lt;{bare(pid)}&gt;</h1>
        {detail && <strong class="clip">{titleOf(detail)}</strong>}
        {ended ? <span class="pill bad">ended</span> : detail && <StatusPill status={detail.status} />}
        {detail && !ended && <Actions of={detail} sys={sys} />}
      </div>
      {error !== undefined && <p class="nothing">{error}</p>}
      {ended && (
        <p class="notice" role="status">
          {last === undefined
            ? "There is no such process: it has ended, or has never been."
            : "It has ended. What stands here is what was seen last."}
        </p>
      )}
      {detail && <Detail detail={detail} sys={sys} />}
    </div>
  );
}

function Actions({ of, sys }: { of: ProcessDetail; sys: Sys }): JSX.Element {
  const observer = useObserver();
  const name = titleOf(of);
  const pid = of.pid;
  const kill = () =>
    confirm({
      title: `Kill ${name}?`,
      text: (
        <p>
          <span class="mono">{pid}</span> gets the exit signal <code>"kill"</code>, which no process can trap. Whoever
          is linked to it gets an exit signal too{of.ancestors.length > 0 ? "; its supervisor may start it again" : ""}.
        </p>
      ),
      verb: "Kill it",
      danger: true,
      act: async () => {
        const answer = await observer.ask("kill", { pid });
        if (answer) observer.tell(answer.killed ? `${pid} was killed` : `${pid} had ended already`);
      },
    });
  const suspend = () =>
    confirm({
      title: `Suspend ${name}?`,
      text: (
        <p>
          <span class="mono">{pid}</span> answers only system messages until it is resumed. Its mailbox grows meanwhile,
          and callers wait.
        </p>
      ),
      verb: "Suspend it",
      danger: false,
      act: async () => {
        if (await observer.ask("suspend", { pid })) observer.tell(`${pid} is suspended`);
        sys.read();
      },
    });
  const resume = async () => {
    if (await observer.ask("resume", { pid })) observer.tell(`${pid} goes on`);
    sys.read();
  };
  return (
    <div class="aside">
      {of.supervisor && (
        <a class="button" href={href("supervision", bare(pid))}>
          <Icon name="supervision" />
          Tree
        </a>
      )}
      <a class="button" href={href("links", bare(pid))}>
        <Icon name="links" />
        Links
      </a>
      <a class="button" href={href("trace", bare(pid))}>
        <Icon name="trace" />
        Trace
      </a>
      {of.behaviour &&
        (typeof sys.state === "object" && sys.state.status === "suspended" ? (
          <button type="button" class="button" onClick={resume}>
            <Icon name="play" />
            Resume
          </button>
        ) : (
          <button type="button" class="button" onClick={suspend}>
            <Icon name="pause" />
            Suspend
          </button>
        ))}
      {of.spawnUnknown !== "main" && (
        <button type="button" class="button danger" onClick={kill}>
          <Icon name="close" />
          Kill
        </button>
      )}
    </div>
  );
}

/** How often, and of which children of late: which one it was, a tree may leave out. */
function Restarts({ detail: { restarts = 0, restarted = [] } }: { detail: ProcessDetail }): JSX.Element {
  const ids = [...new Set(restarted.map(({ id, pid }) => id ?? `<${bare(pid)}>`))].join(", ");
  return (
    <>
      {whole(restarts)} {ids !== "" && <span class="faint">{`of late: ${ids}`}</span>}
    </>
  );
}

function Detail({ detail, sys }: { detail: ProcessDetail; sys: Sys }): JSX.Element {
  return (
    <>
      <dl class="panel facts">
        <Fact term="Name">{detail.name ?? <span class="faint">none</span>}</Fact>
        <Fact term="Body">{detail.body}</Fact>
        {detail.initialCall !== detail.body && detail.initialCall !== "" && (
          <Fact term="Initial call">{detail.initialCall}</Fact>
        )}
        <Fact term="Waits for">{detail.waitsFor ?? <span class="faint">nothing</span>}</Fact>
        <Fact term="Mailbox">{whole(detail.mailbox)}</Fact>
        <Fact term="Reductions">
          {whole(detail.reductions)} <span class="faint">{short(detail.rate)}/s</span>
        </Fact>
        <Fact term="Memory">{bytes(detail.memory)}</Fact>
        <Fact term="Age">
          {detail.age === undefined ? "older than the observer" : span(Math.floor(detail.age / 1000) * 1000)}
        </Fact>
        <Fact term="Priority">{detail.priority}</Fact>
        <Fact term="Traps exits">{detail.trapExit ? "yes" : "no"}</Fact>
        {detail.supervisor && (
          <Fact term="Restarts">
            <Restarts detail={detail} />
          </Fact>
        )}
      </dl>
      <div class="pair">
        <div class="column">
          <Mailbox messages={detail.messages} />
          {detail.behaviour && <State sys={sys} />}
          <Dictionary entries={detail.dictionary} />
        </div>
        <div class="column">
          <Recent detail={detail} />
          <section class="panel">
            <header>
              <h2>Relations</h2>
            </header>
            <dl class="entries">
              <Relation term="Ancestors" of={{ items: detail.ancestors, total: detail.ancestors.length }} />
              <Relation term="Links" of={detail.links} />
              <Relation term="Monitors" of={detail.monitors} />
              <Relation term="Monitored by" of={detail.monitoredBy} />
            </dl>
          </section>
          <Spawned detail={detail} />
        </div>
      </div>
    </>
  );
}

function Dictionary({ entries }: { entries: ProcessDetail["dictionary"] }): JSX.Element {
  return (
    <section class="panel">
      <header>
        <h2>Dictionary</h2>
        <span class="count">{entries.total}</span>
      </header>
      {entries.total === 0 ? (
        <p class="nothing">Nothing was put into it.</p>
      ) : (
        <dl class="entries scroll">
          {entries.items.map(([key, value]) => (
            <div key={key}>
              <dt class="mono">{key}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** Why there is no stack. */
const UNKNOWN: Record<NonNullable<ProcessDetail["spawnUnknown"]>, string> = {
  main: "It is the program itself, which nobody has spawned.",
  production:
    "In production it is not noted where processes are spawned, unless observe({ stacks: true }) asks for it.",
  off: "It is not noted where processes are spawned: observe({ stacks: false }).",
  early: "It was spawned before that was noted: before beamlet/observer was imported, or stacks were asked for.",
  crowd:
    "It was spawned before that was noted, or while more than 100,000 processes lived: then no stacks are kept, for their memory’s sake.",
  inside:
    "Beamlet’s own code spawned it, in the process that is named above, as supervisors do: the stack has no line of the program.",
  awaited:
    "It was started by an operation that async code awaited. The host begins that a moment later, so that the stack has no line of the program.",
};

function Spawned({ detail: { spawnedAt, spawnedBy, spawnUnknown } }: { detail: ProcessDetail }): JSX.Element {
  return (
    <section class="panel">
      <header>
        <h2>Spawned</h2>
        {spawnedBy && (
          <span class="aside">
            by <ProcessChip of={spawnedBy} />
          </span>
        )}
      </header>
      {spawnUnknown && <p class="nothing">{UNKNOWN[spawnUnknown]}</p>}
      {spawnedAt && <pre class="body scroll">{spawnedAt.join("\n")}</pre>}
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Mailbox({ messages }: { messages: Cut<string> }): JSX.Element {
  const more = messages.total - messages.items.length;
  return (
    <section class="panel">
      <header>
        <h2>Mailbox</h2>
        <span class="count">{whole(messages.total)}</span>
      </header>
      {messages.total === 0 ? (
        <p class="nothing">No message waits.</p>
      ) : (
        <ol class="messages scroll">
          {messages.items.map((message, index) => (
            <li key={index}>
              <span class="at">{index + 1}</span>
              <pre>{message}</pre>
            </li>
          ))}
          {more > 0 && <li class="muted">… and {whole(more)} more</li>}
        </ol>
      )}
    </section>
  );
}

/** Mailbox and reductions since the page of the process was opened: the program keeps no history of each of a million. */
function Recent({ detail }: { detail: ProcessDetail }): JSX.Element {
  const [points, setPoints] = useState<readonly { at: number; mailbox: number; rate: number }[]>([]);
  useEffect(() => {
    setPoints((before) => [...before.slice(-600), { at: Date.now(), mailbox: detail.mailbox, rate: detail.rate }]);
  }, [detail]);
  const times = points.map(({ at }) => at);
  return (
    <section class="panel">
      <header>
        <h2>Since it was opened</h2>
      </header>
      <div class="body two-charts">
        <div>
          <span class="muted">Mailbox</span>
          <Chart
            title="Length of the mailbox"
            times={times}
            lines={[{ label: "mailbox", color: "--series-1", values: points.map(({ mailbox }) => mailbox) }]}
            history={120_000}
            format={short}
            height={104}
          />
        </div>
        <div>
          <span class="muted">Reductions/s</span>
          <Chart
            title="Reductions per second"
            times={times}
            lines={[{ label: "reductions", color: "--series-2", values: points.map(({ rate }) => rate) }]}
            history={120_000}
            format={short}
            height={104}
          />
        </div>
      </div>
    </section>
  );
}

interface Sys {
  /** What it told, or why it did not. */
  readonly state: BehaviourState | string | undefined;
  readonly read: () => void;
}

/** What `sys` tells: asked when the page is opened, and when one wants to know again, since the process has to answer it. */
function useSys(pid: PidText, canAnswer: boolean): Sys {
  const { source } = useObserver();
  const [state, setState] = useState<BehaviourState | string | undefined>(undefined);
  const read = () => {
    source.request("state", { pid }).then(setState, (error: Error) => setState(error.message));
  };
  useEffect(() => {
    if (canAnswer) read();
  }, [pid, canAnswer]);
  return { state, read };
}

function State({ sys: { state, read } }: { sys: Sys }): JSX.Element {
  return (
    <section class="panel">
      <header>
        <h2>State</h2>
        {typeof state === "object" && (
          <span class="count">
            {state.behaviour}, {state.status}
          </span>
        )}
        <button type="button" class="button small aside" onClick={read}>
          <Icon name="restart" />
          Ask again
        </button>
      </header>
      {state === undefined ? (
        <p class="nothing">Asking …</p>
      ) : typeof state === "string" ? (
        <p class="nothing">{state}</p>
      ) : (
        <pre class="body scroll">{state.state}</pre>
      )}
    </section>
  );
}

function Relation({ term, of }: { term: string; of: Cut<Monitored | string> }): JSX.Element {
  const more = of.total - of.items.length;
  return (
    <div>
      <dt>
        {term} <span class="faint">{of.total}</span>
      </dt>
      <dd class="chips scroll">
        {of.items.length === 0 && <span class="faint">none</span>}
        {of.items.map((each) => (
          <Related key={typeof each === "string" ? each : "pid" in each ? each.pid : each.name} of={each} />
        ))}
        {more > 0 && (
          <span class="muted">
            {of.more && "at least "}
            {whole(more)} more
          </span>
        )}
      </dd>
    </div>
  );
}

function Related({ of }: { of: Monitored | string }): JSX.Element {
  if (typeof of === "string") return <span class="chip">{of}</span>;
  if ("pid" in of) return <ProcessChip of={of as Named} />;
  return (
    <span class="chip">
      {of.name} <span class="faint">on {of.node}</span>
    </span>
  );
}
