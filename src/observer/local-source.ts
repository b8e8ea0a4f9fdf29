import { defaultRuntime, type Runtime } from "../kernel.ts";
import { type Observation, type ObservationOptions, observationOf } from "./observation.ts";
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
import { answer } from "./requests.ts";
import { Session } from "./session.ts";

/** The observer of a runtime of this program, without a wire. */
export function localSource(runtime: Runtime = defaultRuntime(), options: ObservationOptions = {}): Source {
  return new LocalSource(observationOf(runtime, options));
}

interface Listening {
  readonly listener: (data: never) => void;
  readonly onError: ((error: Error) => void) | undefined;
}

class LocalSource implements Source {
  status: SourceStatus = "open";
  private readonly observation: Observation;
  private readonly session: Session;
  private readonly listening = new Map<number, Listening>();
  private readonly watchers = new Set<(status: SourceStatus, why?: string) => void>();
  private ids = 0;

  constructor(observation: Observation) {
    this.observation = observation;
    this.session = new Session(observation, (line) => this.hear(line));
  }

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
    const open = (next: Topics[T]["query"]) => {
      const replaces = id;
      id = ++this.ids;
      this.listening.delete(replaces);
      this.listening.set(id, { listener, onError });
      const mine = id;
      // Not before the subscriber has what this gives him.
      queueMicrotask(() => {
        if (!this.listening.has(mine) || this.status === "closed") return;
        try {
          this.session.subscribe(mine, topic, next, replaces);
        } catch (error) {
          onError?.(error as Error);
        }
      });
    };
    open(query);
    return {
      update: (next) => {
        if (this.listening.has(id)) open(next);
      },
      close: () => {
        this.listening.delete(id);
        this.session.unsubscribe(id);
      },
    };
  }

  async request<R extends RequestName>(name: R, params: Requests[R]["params"]): Promise<Requests[R]["answer"]> {
    if (this.status === "closed") throw new Error("the observer was closed");
    return (await answer(this.observation, name, params)) as Requests[R]["answer"];
  }

  close(): void {
    this.end("closed here");
  }

  private end(why: string): void {
    if (this.status === "closed") return;
    this.status = "closed";
    this.listening.clear();
    this.session.close();
    this.observation.release();
    for (const watcher of [...this.watchers]) watcher("closed", why);
  }

  private hear(line: ServerLine): void {
    if (line.kind === "data") this.listening.get(line.id)?.listener(line.data as never);
    else if (line.kind === "refused") this.listening.get(line.id)?.onError?.(new Error(line.message));
    else if (line.kind === "bye") this.end(line.why);
  }
}
