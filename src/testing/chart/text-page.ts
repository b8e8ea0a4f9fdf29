import type { RunEvent } from "../event.ts";
import { type Actor, failureText, HOST, type Key, shortPid } from "./cast.ts";
import { Field } from "./field.ts";
import type { Shown } from "./focus.ts";
import type { Lanes } from "./lanes.ts";
import { columns, cut, cutMiddle, printable, wrap } from "./printable.ts";
import { isCalm, type Row } from "./rows.ts";
import { paint, type Signs, type Tone, toneOf } from "./signs.ts";

/** The columns of step and time. */
export interface Gutter {
  readonly step: number;
  readonly time: number;
  readonly width: number;
}

export function gutter(rows: readonly Row[]): Gutter {
  let step = "step".length;
  let time = "ms".length;
  for (const { event } of rows) {
    step = Math.max(step, String(event.step).length);
    time = Math.max(time, timeText(event.time).length);
  }
  // A trace file may hold any number; then the first digits must do.
  [step, time] = [Math.min(step, 12), Math.min(time, 12)];
  return { step, time, width: step + time + 4 };
}

function timeText(time: number): string {
  return String(Math.round(time * 1000) / 1000);
}

export interface PageOptions {
  readonly width: number;
  readonly color: boolean;
  readonly signs: Signs;
  readonly ascii: boolean;
  readonly left: Gutter;
  readonly pitch: number;
  readonly lanes: Lanes;
  readonly cast: ReadonlyMap<Key, Actor>;
}

/** In place of a lane: arrows of the host come from the left border. */
const OUTSIDE = -1;

/** A lane takes at least so many columns, so that names can stand above. */
export const ROOMY = 8;

/** The lines of a chart, as they are drawn one below the other. */
export class Page {
  readonly lines: string[] = [];
  readonly options: PageOptions;
  /** Column of the first lane. */
  readonly first: number;
  /** Columns of all lanes together. */
  readonly field: number;
  private time: string | undefined;
  private step: number | undefined;
  /** Lanes whose first participant has its head on top of the chart. */
  private readonly headed = new Set<Key>();

  constructor(options: PageOptions) {
    this.options = options;
    this.first = Math.floor(options.pitch / 2);
    this.field = options.lanes.count * options.pitch;
  }

  /** Columns of the words on the right. */
  private get room(): number {
    return this.options.width - this.options.left.width - this.field;
  }

  private x(lane: number): number {
    return this.first + lane * this.options.pitch;
  }

  private say(text: string): string {
    return printable(text, this.options.ascii);
  }

  private cut(text: string, width: number): string {
    return cut(text, width, this.options.signs.ellipsis);
  }

  /** The names above the lanes: of those who have them first. */
  heads(picked: readonly Shown[]): void {
    const { lanes, left, cast, pitch } = this.options;
    const seen = new Set<Key>();
    for (const each of picked)
      if ("row" in each) for (const key of [each.row.at, each.row.to]) if (key !== undefined) seen.add(key);
    const firsts = new Map<number, Key>();
    for (const [key, lane] of lanes.of) if (seen.has(key) && !firsts.has(lane)) firsts.set(lane, key);
    for (const key of firsts.values()) this.headed.add(key);
    const names = new Field(this.field);
    const pids = new Field(this.field);
    if (pitch >= ROOMY) {
      for (const [lane, key] of firsts) this.head(names, pids, lane, cast.get(key));
      if (lanes.others !== undefined) {
        names.center(this.x(lanes.others), "others", "dim");
        pids.center(this.x(lanes.others), `+${lanes.left}`, "dim");
      }
    }
    this.line("step".padStart(left.step), "ms".padStart(left.time), names, "", "dim");
    if (pids.used) this.line("", "", pids, "");
  }

  private head(names: Field, pids: Field, lane: number, actor: Actor | undefined): void {
    const { pitch } = this.options;
    if (actor === undefined) return;
    const text = actor.label === actor.key ? shortPid(actor.key) : actor.label;
    const fits = (name: string) => cutMiddle(this.say(name), pitch - 1, this.options.signs.ellipsis);
    names.center(this.x(lane), fits(text), "bold");
    if (actor.label !== actor.key) pids.center(this.x(lane), fits(shortPid(actor.key)), "dim");
  }

  row(each: Shown): void {
    const { lanes, cast, signs, pitch, left } = this.options;
    const field = new Field(this.field);
    if ("elided" in each) {
      this.alive(field, each.index, undefined, signs.skipped);
      const text = `${signs.ellipsis} ${each.elided} event${each.elided === 1 ? "" : "s"} ${signs.ellipsis}`;
      this.line("", "", field, this.cut(text, this.room), "dim");
      return;
    }
    const { row, index } = each;
    // A lane that was another's has a head of its own, right above.
    const born = row.kind === "spawn" ? row.to : undefined;
    const lane = born === undefined ? undefined : lanes.of.get(born);
    if (born !== undefined && lane !== undefined && !this.headed.has(born) && pitch >= ROOMY) {
      this.headed.add(born);
      const names = new Field(this.field);
      this.alive(names, index, born);
      this.head(names, new Field(this.field), lane, cast.get(born));
      this.line("", "", names, "");
    }
    this.alive(field, index, undefined, signs.alive, row);
    this.draw(field, row);
    const step = row.event.step === this.step ? "" : String(row.event.step);
    const time = timeText(row.event.time) === this.time ? "" : timeText(row.event.time);
    this.step = row.event.step;
    this.time = timeText(row.event.time);
    this.line(
      step.padStart(left.step),
      time.padStart(left.time),
      field,
      this.words(row),
      isCalm(row) ? "plain" : toneOf[row.kind],
    );
  }

  /** The lines of those who live while a row is drawn. */
  private alive(field: Field, index: number, but?: Key, sign = this.options.signs.alive, row?: Row): void {
    const { lanes, signs, cast } = this.options;
    for (const [key, lane] of lanes.of) {
      const span = lanes.spans.get(key);
      if (span === undefined || key === but || span.first > index || span.last < index) continue;
      // Reports may follow an end.
      if (row !== undefined && row.index > (cast.get(key)?.died ?? row.index)) continue;
      const runs = row !== undefined && key === row.running;
      field.put(this.x(lane), runs ? signs.running : sign, runs ? "plain" : "dim");
    }
    if (lanes.others !== undefined) field.put(this.x(lanes.others), signs.skipped, "dim");
  }

  private draw(field: Field, row: Row): void {
    const { lanes, signs } = this.options;
    const tone = isCalm(row) ? "plain" : toneOf[row.kind];
    const laneOf = (key: Key) => lanes.of.get(key) ?? lanes.others;
    const from = row.at === HOST ? OUTSIDE : laneOf(row.at);
    const to = row.to === undefined ? undefined : laneOf(row.to);
    const runs = (key: Key) => key === row.running;
    if (row.kind === "arrive" && from !== undefined) {
      field.put(this.x(from) - 1, signs.toRight, tone);
      return;
    }
    if (from === undefined) return;
    if (row.arrives === "never") {
      const x = from === OUTSIDE ? 0 : this.x(from);
      const side =
        from === OUTSIDE ? (signs.stroke[row.kind] ?? "") : runs(row.at) ? signs.right.running : signs.right.alive;
      field.put(x, side, tone);
      field.put(x + 1, signs.failed, tone);
      return;
    }
    if (to === undefined || from === to) {
      if (from !== OUTSIDE) field.put(this.x(from), signs.mark[row.kind] ?? signs.self, tone);
      return;
    }
    const [start, end] = [from === OUTSIDE ? -1 : this.x(from), this.x(to)];
    const forward = end > start;
    const stroke = signs.stroke[row.kind] ?? "";
    for (let x = Math.min(start, end) + 1; x < Math.max(start, end); x++) {
      const crossed = field.at(x);
      if (crossed === " ") field.put(x, stroke, tone);
      else field.put(x, crossed === signs.running ? signs.crossed.running : signs.crossed.alive, tone);
    }
    const side = forward ? signs.right : signs.left;
    field.put(start, runs(row.at) ? side.running : side.alive, tone);
    if (row.kind === "spawn") field.put(end, signs.born, tone);
    if (row.kind === "tie") field.put(end, (forward ? signs.left : signs.right).alive, tone);
    else {
      const late = row.arrives === "later";
      const right = late ? signs.lateToRight : signs.toRight;
      field.put(forward ? end - 1 : end + 1, forward ? right : late ? signs.lateToLeft : signs.toLeft, tone);
    }
  }

  /** Who is meant is said as well where the lanes do not. */
  private words(row: Row): string {
    const { lanes, signs, cast, pitch } = this.options;
    const name = (key: Key) => this.say(cast.get(key)?.name ?? key);
    const hidden = (key: Key | undefined): key is Key =>
      key !== undefined && key !== HOST && (pitch < ROOMY || !lanes.of.has(key));
    const from = hidden(row.at) ? name(row.at) : "";
    const to = hidden(row.to) && !["spawn", "tie"].includes(row.kind) ? name(row.to) : "";
    const who = to === "" ? from && `${from}: ` : `${from}${signs.arrow}${to}: `;
    const { room } = this;
    const lead = this.cut(who + this.say(row.lead), room);
    const tail = this.say(row.tail);
    const body = this.say(row.body);
    const rest = room - columns(lead);
    // A long message keeps half of the room; who sent it is worth the other.
    const forTail = Math.min(columns(tail), Math.max(rest - columns(body), Math.floor(rest / 2)));
    const cutTail = forTail < columns(tail) && forTail < 8 ? "" : this.cut(tail, forTail);
    return lead + this.cut(body, rest - columns(cutTail)) + cutTail;
  }

  private line(step: string, time: string, field: Field, words: string, tone: Tone = "plain"): void {
    const { left, color } = this.options;
    const margin = `${this.cut(step, left.step).padStart(left.step)}  ${this.cut(time, left.time).padStart(left.time)}  `;
    if (!color) this.lines.push((margin + field.text() + words).trimEnd());
    else
      this.lines.push(
        paint(margin, "dim") +
          field.painted() +
          paint(words, tone === "dim" ? "dim" : tone === "bad" ? "bad" : "plain"),
      );
  }

  /** What ended the run, in full. */
  failures(events: readonly RunEvent[]): void {
    const { width, signs, color, cast } = this.options;
    for (const event of events) {
      if (event.kind !== "failure") continue;
      const lines = failureText(event, cast)
        .split("\n")
        .flatMap((text) => wrap(this.say(text), width - 4));
      this.lines.push("");
      for (const [index, line] of lines.entries()) {
        const text = `${index === 0 ? `  ${signs.failed} ` : "    "}${line}`.trimEnd();
        this.lines.push(color ? paint(text, "bad") : text);
      }
    }
  }
}
