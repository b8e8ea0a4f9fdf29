import type { RunEvent } from "../event.ts";

const VERSION = 1;

/** The first line of a trace file. */
const HEADER = { beamlet: "trace", version: VERSION } as const;

type Kind = RunEvent["kind"];

const isText = (value: unknown): boolean => typeof value === "string";
const isMaybeText = (value: unknown): boolean => value === undefined || typeof value === "string";
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isMaybeCount = (value: unknown): boolean => value === undefined || isCount(value);
const isTime = (value: unknown): boolean => Number.isFinite(value);

type Check = (value: unknown) => boolean;

const EXPECTED = new Map<Check, string>([
  [isText, "a string"],
  [isMaybeText, "a string or nothing"],
  [isCount, "a whole number"],
  [isMaybeCount, "a whole number or nothing"],
  [isTime, "a number"],
]);

/** What each kind of event has besides `kind`, `step` and `time`. */
const FIELDS: Readonly<Record<Kind, Readonly<Record<string, Check>>>> = {
  spawn: { pid: isText, parent: isMaybeText, body: isText },
  run: { pid: isText },
  send: { from: isMaybeText, to: isText, message: isText, id: isCount },
  deliver: { to: isText, id: isCount, message: isText },
  receive: { pid: isText, id: isCount, message: isText },
  register: { pid: isText, name: isText },
  link: { from: isText, to: isText },
  monitor: { from: isText, to: isText },
  signal: { from: isText, to: isText, reason: isText },
  exit: { pid: isText, reason: isText },
  timer: { pid: isText, message: isMaybeText, id: isMaybeCount },
  call: { from: isText, to: isText, request: isText },
  report: { pid: isMaybeText, text: isText },
  failure: { pid: isMaybeText, text: isText },
};

/** Writes events as a trace file: a line that says what it is, and one JSON object a line. */
export function writeTrace(events: readonly RunEvent[]): string {
  return [HEADER, ...events].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * Reads a trace file, as `writeTrace` and the observer make them.
 *
 * *Throws* `SyntaxError`, with the number of the line, for what is no trace or one of a later version.
 */
export function readTrace(text: string): RunEvent[] {
  const events: RunEvent[] = [];
  let headed = false;
  for (const [index, line] of text
    .replace(/^\u{feff}/u, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const value = parse(line, index + 1);
    if (headed) events.push(eventOf(value, index + 1));
    else checkHeader(value, index + 1);
    headed = true;
  }
  if (!headed) throw wrong(1, `expected ${JSON.stringify(HEADER)}, got an empty file`);
  return events;
}

function parse(line: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw wrong(number, `expected a JSON object, got ${excerpt(line)} (${reason})`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(number, `expected a JSON object, got ${excerpt(line)}`);
  }
  return value as Record<string, unknown>;
}

function checkHeader(value: Record<string, unknown>, number: number): void {
  if (value["beamlet"] !== HEADER.beamlet) {
    throw wrong(
      number,
      `expected ${JSON.stringify(HEADER)}, got ${excerpt(JSON.stringify(value))}: this is no trace of Beamlet`,
    );
  }
  if (value["version"] !== VERSION) {
    throw wrong(
      number,
      `expected version ${VERSION}, got ${JSON.stringify(value["version"])}: a later Beamlet may read it`,
    );
  }
}

function eventOf(value: Record<string, unknown>, number: number): RunEvent {
  const kind = value["kind"];
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind)) {
    throw wrong(
      number,
      `expected one of ${Object.keys(FIELDS).join(", ")} as kind, got ${excerpt(String(JSON.stringify(kind)))}`,
    );
  }
  for (const [name, check] of Object.entries({ step: isCount, time: isTime, ...FIELDS[kind as Kind] })) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!check(field)) {
      throw wrong(
        number,
        `expected ${EXPECTED.get(check)} as ${name} of ${kind}, got ${excerpt(String(JSON.stringify(field)))}`,
      );
    }
  }
  return value as unknown as RunEvent;
}

function wrong(line: number, text: string): SyntaxError {
  return new SyntaxError(`readTrace: line ${line}: ${text}`);
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
