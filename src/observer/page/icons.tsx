import type { JSX } from "preact";

const PATHS = {
  overview: "M2 12.5 5.5 7l3 3L14 3M2 3v11h12",
  processes: "M2.5 3.5h11M2.5 8h11M2.5 12.5h7",
  supervision: "M8 2.2v3M3.5 10V7.5h9V10M8 5.2v2.3M2 10.2h3v3H2zM6.5 10.2h3v3h-3zM11 10.2h3v3h-3zM8 7.5v2.7",
  links:
    "M4 4.5l7.5-1M4.5 5.6l6.6 6M12 5v5.5M3 6.3a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM12.8 5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM12.2 14a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  names: "M2.5 2.5h5l6 6-5 5-6-6zM5.4 5.4h.01",
  timers: "M8 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 5.5v3.2l2 1.3M6.5 1.5h3",
  trace: "M3.5 2v12M12.5 2v12M3.5 5h8.5M10 3.2 12 5l-2 1.8M12.5 10.5H4M6 8.7l-2 1.8 2 1.8",
  alarms: "M8 2.2a4 4 0 0 0-4 4V9l-1.3 2.5h10.6L12 9V6.2a4 4 0 0 0-4-4zM6.5 13.8h3",
  search: "M7 11.8a4.8 4.8 0 1 0 0-9.6 4.8 4.8 0 0 0 0 9.6zM10.6 10.6 14 14",
  up: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  down: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6L12.5 8z",
  close: "M4 4l8 8M12 4l-8 8",
  save: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4",
  plus: "M8 3.2v9.6M3.2 8h9.6",
  restart: "M13 8a5 5 0 1 1-1.6-3.7M13.2 2v2.8h-2.8",
  off: "M8 2v5M4.7 4.3a5 5 0 1 0 6.6 0",
  key: "M5.2 11.8a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM7.2 7.2 13 2.5M10.5 4.6l1.8 2",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing of 16 by 16 in the colour of the text. It says nothing to a screen reader: the text beside it does. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of the observer: a process and what it supervises. */
export function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" stroke-width="1.7" stroke-linecap="round">
        <path d="M12 8.6v2.6M7 15.2v-1.6c0-1.4 1-2.4 2.4-2.4h5.2c1.4 0 2.4 1 2.4 2.4v1.6" />
      </g>
      <g fill="var(--on-accent)">
        <circle cx="12" cy="6.6" r="2.3" />
        <circle cx="7" cy="17" r="2" />
        <circle cx="17" cy="17" r="2" />
      </g>
    </svg>
  );
}
