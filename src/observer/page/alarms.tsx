import type { JSX } from "preact";
import type { Alarm } from "../protocol.ts";
import { clock, span } from "./format.ts";
import { useObserver } from "./observer.tsx";
import { PidLink, titleOf } from "./pid.tsx";

const KINDS: { readonly [K in Alarm["kind"]]: string } = {
  mailbox: "Mailbox",
  restarts: "Restarts",
  slice: "Long slice",
  delay: "Event loop",
};

/** What one would want to be woken for. */
export function Alarms(): JSX.Element {
  const alarms = useObserver().alarms.value;
  const active = alarms.filter((alarm) => alarm.active);
  const past = alarms.filter((alarm) => !alarm.active);
  return (
    <div class="view">
      <div class="title">
        <h1>Alarms</h1>
        <span class={`pill ${active.length > 0 ? "bad" : "good"}`}>
          {active.length > 0 ? `${active.length} active` : "none active"}
        </span>
      </div>
      <section class="panel">
        <header>
          <h2>Active</h2>
        </header>
        {active.length === 0 ? (
          <p class="nothing">
            <strong>All quiet</strong>
            An alarm is raised when a mailbox grows for ten seconds, a supervisor is near its restart intensity, a
            process holds the scheduler for more than 50 ms, or the event loop is late.
          </p>
        ) : (
          <AlarmList alarms={active} />
        )}
      </section>
      {past.length > 0 && (
        <section class="panel">
          <header>
            <h2>Earlier</h2>
            <span class="count">{past.length}</span>
          </header>
          <AlarmList alarms={past} />
        </section>
      )}
    </div>
  );
}

export function AlarmList({ alarms }: { alarms: readonly Alarm[] }): JSX.Element {
  return (
    <ul class="rows alarms">
      {alarms.map((alarm) => (
        <li key={alarm.id}>
          <span
            class={`pill ${alarm.active ? (alarm.kind === "mailbox" || alarm.kind === "restarts" ? "bad" : "warn") : ""}`}
          >
            {KINDS[alarm.kind]}
          </span>
          <span class="grow">
            <Sentence of={alarm} />
          </span>
          <time class="faint" dateTime={new Date(alarm.since).toISOString()}>
            {clock(alarm.since)}
            {!alarm.active && alarm.last - alarm.since >= 1000 && ` · ${span(alarm.last - alarm.since)}`}
          </time>
        </li>
      ))}
    </ul>
  );
}

/** What it says, its process a link: where the sentence names it, or behind it. */
function Sentence({ of: { text, process } }: { of: Alarm }): JSX.Element {
  if (!process) return <>{text}</>;
  const [before = "", after] = text.split(process.pid, 2);
  if (after === undefined) {
    return (
      <>
        {text}
        <span class="faint"> · </span>
        {titleOf(process)} <PidLink pid={process.pid} />
      </>
    );
  }
  return (
    <>
      {before}
      <PidLink pid={process.pid} />
      {after}
    </>
  );
}
