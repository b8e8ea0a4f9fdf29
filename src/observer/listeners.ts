import type {
  RequestName,
  Requests,
  ServerLine,
  Source,
  SourceStatus,
  Subscription,
  Topic,
  Topics,
} from "./protocol.ts";

/** What somebody has subscribed to. */
export interface Wanted {
  readonly topic: Topic;
  readonly query: unknown;
  readonly listener: (data: never) => void;
  readonly onError: ((error: Error) => void) | undefined;
}

/** Those who listen to a source: to its topics, by the numbers of their subscriptions, and to how it is. */
export abstract class Listeners implements Source {
  status: SourceStatus;
  protected readonly wanted: Map<number, Wanted> = new Map();
  private readonly watchers = new Set<(status: SourceStatus, why?: string) => void>();
  private ids = 0;

  constructor(status: SourceStatus) {
    this.status = status;
  }

  abstract request<R extends RequestName>(name: R, params: Requests[R]["params"]): Promise<Requests[R]["answer"]>;
  abstract close(): void;
  /** Asks for what is wanted under a number, in place of what was wanted under another. */
  protected abstract ask(id: number, wanted: Wanted, replaces?: number): void;
  /** It is not wanted any more. */
  protected abstract drop(id: number): void;

  onStatus(listener: (status: SourceStatus, why?: string) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  subscribe<T extends Topic>(
    topic: T,
    query: Topics[T]["query"],
    listener: (data: Topics[T]["data"]) => void,
    onError?: (error: Error) => void,
  ): Subscription<T> {
    let id = 0;
    const open = (next: Topics[T]["query"], replaces?: number) => {
      // Each time another number: what is under way of the query before reaches nobody any more.
      id = ++this.ids;
      const wanted = { topic, query: next, listener, onError };
      this.wanted.set(id, wanted);
      this.ask(id, wanted, replaces);
    };
    open(query);
    return {
      update: (next) => {
        if (this.wanted.delete(id)) open(next, id);
      },
      close: () => {
        if (this.wanted.delete(id)) this.drop(id);
      },
    };
  }

  protected become(status: SourceStatus, why?: string): void {
    if (this.status === "closed" || (this.status === status && why === undefined)) return;
    this.status = status;
    for (const watcher of [...this.watchers]) watcher(status, why);
  }

  /** Gives a line to whom it is for. */
  protected tell(line: ServerLine): void {
    if (line.kind === "data") this.wanted.get(line.id)?.listener(line.data as never);
    else if (line.kind === "refused") this.wanted.get(line.id)?.onError?.(new Error(line.message));
  }
}
