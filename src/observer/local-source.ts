import { defaultRuntime, type Runtime } from "../kernel.ts";
import { Listeners, type Wanted } from "./listeners.ts";
import { type Observation, type ObservationOptions, observationOf } from "./observation.ts";
import type { RequestName, Requests, ServerLine, Source } from "./protocol.ts";
import { answer } from "./requests.ts";
import { Session } from "./session.ts";

/** The observer of a runtime of this program, without a wire. */
export function localSource(runtime: Runtime = defaultRuntime(), options: ObservationOptions = {}): Source {
  return new LocalSource(observationOf(runtime, options));
}

class LocalSource extends Listeners {
  private readonly observation: Observation;
  private readonly session: Session;

  constructor(observation: Observation) {
    super("open");
    this.observation = observation;
    this.session = new Session(observation, (line) => this.hear(line));
  }

  protected ask(id: number, { topic, query, onError }: Wanted, replaces?: number): void {
    // Not before the subscriber has what this gives him.
    queueMicrotask(() => {
      if (!this.wanted.has(id) || this.status === "closed") return;
      try {
        this.session.subscribe(id, topic, query, replaces);
      } catch (error) {
        onError?.(error as Error);
      }
    });
  }

  protected drop(id: number): void {
    this.session.unsubscribe(id);
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
    this.wanted.clear();
    this.session.close();
    this.observation.release();
    this.become("closed", why);
  }

  private hear(line: ServerLine): void {
    if (line.kind === "bye") this.end(line.why);
    else this.tell(line);
  }
}
