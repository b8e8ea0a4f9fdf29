import { inspect } from "../kernel.ts";
import type { Observation, Watcher } from "./observation.ts";
import type { ServerLine } from "./protocol.ts";
import { type Feed, openFeed } from "./topics.ts";

/** Subscriptions of one page. */
const MOST = 64;

interface Open {
  readonly feed: Feed;
  /** When it is to be looked at again. */
  due: number;
}

/** One page that looks: its subscriptions. */
export class Session implements Watcher {
  private readonly observation: Observation;
  private readonly say: (line: ServerLine) => void;
  /** Whether the page has not taken yet what it was told: then it gets nothing new. */
  private readonly isBehind: () => boolean;
  private readonly open = new Map<number, Open>();

  constructor(observation: Observation, say: (line: ServerLine) => void, isBehind: () => boolean = () => false) {
    this.observation = observation;
    this.say = say;
    this.isBehind = isBehind;
    observation.watchers.add(this);
  }

  get isSearching(): boolean {
    for (const { feed } of this.open.values()) if (feed.isSearching) return true;
    return false;
  }

  /** *Throws* when there is nothing like that to subscribe to. */
  subscribe(id: unknown, topic: unknown, query: unknown, replaces?: unknown): void {
    if (!Number.isInteger(id)) throw new TypeError(`expected a whole number as id, got ${inspect(id)}`);
    this.unsubscribe(replaces);
    this.unsubscribe(id);
    if (this.open.size >= MOST) throw new RangeError(`a page has ${MOST} subscriptions at most`);
    const feed = openFeed(this.observation, topic, query);
    this.open.set(id as number, { feed, due: 0 });
    this.look(id as number, performance.now());
  }

  unsubscribe(id: unknown): void {
    this.open.get(id as number)?.feed.close?.();
    this.open.delete(id as number);
  }

  tick(now: number): void {
    if (this.isBehind()) return;
    for (const id of [...this.open.keys()]) this.look(id, now);
  }

  bye(why: string): void {
    this.say({ kind: "bye", why });
    this.close();
  }

  close(): void {
    this.observation.watchers.delete(this);
    for (const id of [...this.open.keys()]) this.unsubscribe(id);
  }

  private look(id: number, now: number): void {
    const open = this.open.get(id);
    if (open === undefined || now < open.due) return;
    let data: unknown;
    try {
      data = open.feed.next(now);
    } catch (error) {
      this.unsubscribe(id);
      this.say({ kind: "refused", id, message: (error as Error).message });
      return;
    }
    if (data === undefined) return;
    // Ticks are not quite regular.
    open.due = now + open.feed.every * 0.9;
    this.say({ kind: "data", id, data });
  }
}
