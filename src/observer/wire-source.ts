import type {
  Answer,
  Call,
  RequestName,
  Requests,
  ServerLine,
  Source,
  SourceStatus,
  Subscription,
  Topic,
  Topics,
} from "./protocol.ts";

/** ms without a line after which a connection is given up; a beat comes every five seconds. */
const SILENCE = 15_000;
/** ms until the first and the latest next attempt. */
const SOON = 250;
const LATE = 4000;

interface Wanted {
  readonly topic: Topic;
  readonly query: unknown;
  readonly listener: (data: never) => void;
  readonly onError: ((error: Error) => void) | undefined;
}

/** The observer of another program, by its URL: `http://127.0.0.1:4040/TOKEN/`. It connects at once, and again whenever the connection is lost. */
export function wireSource(url: string | URL): Source {
  return new WireSource(new URL(url));
}

class WireSource implements Source {
  status: SourceStatus = "connecting";
  private readonly base: URL;
  private readonly watchers = new Set<(status: SourceStatus, why?: string) => void>();
  private readonly wanted = new Map<number, Wanted>();
  private session: string | undefined;
  private ids = 0;
  private attempt: AbortController | undefined;
  private wake: (() => void) | undefined;

  constructor(base: URL) {
    this.base = base;
    void this.stay();
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
    let id = ++this.ids;
    this.wanted.set(id, { topic, query, listener, onError });
    this.ask(id);
    return {
      update: (next) => {
        if (!this.wanted.delete(id)) return;
        // Another number: what is under way of the old query reaches nobody any more.
        const replaces = id;
        id = ++this.ids;
        this.wanted.set(id, { topic, query: next, listener, onError });
        this.ask(id, replaces);
      },
      close: () => {
        if (!this.wanted.delete(id) || this.session === undefined) return;
        this.call({ kind: "unsubscribe", session: this.session, id }).catch(ignore);
      },
    };
  }

  async request<R extends RequestName>(name: R, params: Requests[R]["params"]): Promise<Requests[R]["answer"]> {
    return (await this.call({ kind: "request", name, params })) as Requests[R]["answer"];
  }

  close(): void {
    if (this.status === "closed") return;
    this.wanted.clear();
    this.become("closed", "closed here");
    this.attempt?.abort();
    this.wake?.();
  }

  private become(status: SourceStatus, why?: string): void {
    if (this.status === "closed" || (this.status === status && why === undefined)) return;
    this.status = status;
    for (const watcher of [...this.watchers]) watcher(status, why);
  }

  private ask(id: number, replaces?: number): void {
    const { session } = this;
    const wanted = this.wanted.get(id);
    // Without a session it is asked for when there is one.
    if (session === undefined || wanted === undefined) return;
    const { topic, query } = wanted;
    const call: Call = { kind: "subscribe", session, id, topic, query, ...(replaces !== undefined && { replaces }) };
    this.call(call).catch((error: unknown) => {
      if (this.session === session && this.wanted.has(id)) wanted.onError?.(error as Error);
    });
  }

  private async call(call: Call): Promise<unknown> {
    let response: Response;
    try {
      response = await this.post("call", call);
    } catch {
      throw new Error("the program does not answer");
    }
    if (!response.ok) throw new Error(await response.text());
    const answer = (await response.json()) as Answer;
    if (answer.ok) return answer.answer;
    throw new Error(answer.message);
  }

  private post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    return fetch(new URL(path, this.base), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      ...(signal && { signal }),
    });
  }

  /** Connects again and again. */
  private async stay(): Promise<void> {
    let pause = SOON;
    while (this.status !== "closed") {
      const attempt = new AbortController();
      this.attempt = attempt;
      let why = "the program does not answer";
      try {
        const response = await this.post("stream", {}, attempt.signal);
        if (response.ok && response.body !== null) {
          pause = SOON;
          why = await this.read(response.body, attempt);
        } else why = `${response.status}: ${await response.text()}`;
      } catch {
        // Nobody is there, or no more.
      }
      attempt.abort();
      this.session = undefined;
      if (this.closed) return;
      this.become("connecting", why);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, pause);
      });
      pause = Math.min(pause * 2, LATE);
    }
  }

  private get closed(): boolean {
    return this.status === "closed";
  }

  /** Reads a stream to its end, and tells why it ended. */
  private async read(body: ReadableStream<Uint8Array>, attempt: AbortController): Promise<string> {
    let why = "the connection was lost";
    let silence: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => attempt.abort(), SILENCE);
    };
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    try {
      listen();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        listen();
        const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
        rest = lines.pop() as string;
        for (const line of lines) {
          const said = JSON.parse(line) as ServerLine;
          if (said.kind === "bye") why = said.why;
          else this.hear(said);
        }
      }
    } catch {
      // Cut off: what was known of why stands.
    } finally {
      clearTimeout(silence);
    }
    return why;
  }

  private hear(line: ServerLine): void {
    switch (line.kind) {
      case "hello":
        this.session = line.session;
        this.become("open");
        for (const id of this.wanted.keys()) this.ask(id);
        return;
      case "data":
        this.wanted.get(line.id)?.listener(line.data as never);
        return;
      case "refused":
        this.wanted.get(line.id)?.onError?.(new Error(line.message));
        return;
    }
  }
}

function ignore(): void {}
