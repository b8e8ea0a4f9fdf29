import { Listeners, type Wanted } from "./listeners.ts";
import type { Answer, Call, RequestName, Requests, ServerLine, Source } from "./protocol.ts";

/** ms without a line after which a connection is given up; a beat comes every five seconds. */
const SILENCE = 15_000;
/** ms until the first and the latest next attempt. */
const SOON = 250;
const LATE = 4000;

/** The observer of another program, by its URL: `http://127.0.0.1:4040/TOKEN/`. It connects at once, and again whenever the connection is lost. */
export function wireSource(url: string | URL): Source {
  return new WireSource(new URL(url));
}

class WireSource extends Listeners {
  private readonly base: URL;
  private session: string | undefined;
  private attempt: AbortController | undefined;
  private wake: (() => void) | undefined;

  constructor(base: URL) {
    super("connecting");
    this.base = base;
    void this.stay();
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

  protected ask(id: number, { topic, query, onError }: Wanted, replaces?: number): void {
    const { session } = this;
    // Without a session it is asked for when there is one.
    if (session === undefined) return;
    const call: Call = { kind: "subscribe", session, id, topic, query, ...(replaces !== undefined && { replaces }) };
    this.call(call).catch((error: unknown) => {
      if (this.session === session && this.wanted.has(id)) onError?.(error as Error);
    });
  }

  protected drop(id: number): void {
    const { session } = this;
    if (session !== undefined) this.call({ kind: "unsubscribe", session, id }).catch(ignore);
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
    if (line.kind !== "hello") return this.tell(line);
    this.session = line.session;
    this.become("open");
    for (const [id, wanted] of this.wanted) this.ask(id, wanted);
  }
}

function ignore(): void {}
