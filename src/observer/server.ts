import { html, policy } from "./document.ts";
import { type Asked, admit, type Guard } from "./guard.ts";
import { http, type Incoming, type Outgoing, type Server } from "./http.ts";
import type { Observation } from "./observation.ts";
import type { Answer, Call, ServerLine } from "./protocol.ts";
import { answer } from "./requests.ts";
import { Session } from "./session.ts";

/** Pages that are looked at the same time, and bytes of what one asks. */
const MOST_PAGES = 32;
const MOST_BYTES = 65_536;
/** Bytes that a page may leave untaken before it gets nothing new. */
const BEHIND = 1_000_000;
const BEAT = 5000;
/** ms that connections have to end by themselves. */
const GRACE = 200;

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const TEXT = {
  ...HEADERS,
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy": "default-src 'none'",
};
const JSON_TYPE = { ...HEADERS, "content-type": "application/json" };

/** Serves the page, and speaks with it. */
export class ObserverServer {
  private readonly observation: Observation;
  private readonly guard: Guard;
  private readonly sessions = new Map<string, { readonly session: Session; readonly response: Outgoing }>();
  private server: Server | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private ids = 0;

  constructor(observation: Observation, guard: Guard) {
    this.observation = observation;
    this.guard = guard;
  }

  /** The port that it listens on. *Throws*, by rejecting, when it is taken. */
  async listen(port: number, host: string): Promise<number> {
    const { createServer } = await http();
    const server = createServer((asked, response) => {
      this.serve(asked, response).catch(() => response.end());
    });
    this.server = server;
    // There is no WebSocket here: whatever asks for one, with whatever token, is up to something.
    server.on("upgrade", (_, socket) => {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      socket.destroy();
    });
    // A page that is open does not keep the program alive, nor does the observer.
    server.on("connection", (socket) => void socket.unref?.());
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject);
      server.listen({ port, host }, resolve);
    });
    server.unref?.();
    this.beat = setInterval(() => {
      for (const { response } of this.sessions.values()) tell(response, { kind: "beat" });
    }, BEAT);
    (this.beat as unknown as { unref?(): void }).unref?.();
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    clearInterval(this.beat);
    for (const { session } of [...this.sessions.values()]) session.bye("the observer was closed");
    const { server } = this;
    if (server === undefined) return;
    // What was said last is to be heard.
    const cut = setTimeout(() => server.closeAllConnections?.(), GRACE);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections?.();
    });
    clearTimeout(cut);
  }

  private async serve(asked: Incoming, response: Outgoing): Promise<void> {
    const { method = "GET", url = "/", headers } = asked;
    const request: Asked = { method, url, headers };
    const admitted = admit(request, this.guard);
    if ("why" in admitted) return refuse(response, admitted.status, admitted.why);
    const { path } = admitted;
    if (method === "GET" && path === "/") {
      // Without the last slash the page's own requests would go astray.
      if (!/^\/[^/?#]*\//.test(url)) {
        response.writeHead(308, { ...TEXT, location: `/${this.guard.token}/` });
        response.end();
        return;
      }
      response.writeHead(200, {
        ...HEADERS,
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
      });
      response.end(html);
      return;
    }
    if (path !== "/stream" && path !== "/call") return refuse(response, 404, "there is nothing here");
    if (method !== "POST") return refuse(response, 405, "expected POST");
    // A page of another origin has to ask before it may send this type, and gets no permission.
    if (!/^application\/json\b/.test(String(headers["content-type"])))
      return refuse(response, 415, "expected application/json");
    const body = await read(asked);
    if (body === undefined) return refuse(response, 413, "expected less");
    if (path === "/stream") return this.stream(response);
    response.writeHead(200, JSON_TYPE);
    response.end(JSON.stringify(await this.call(body)));
  }

  private stream(response: Outgoing): void {
    if (this.sessions.size >= MOST_PAGES) return refuse(response, 503, `${MOST_PAGES} pages are open already`);
    const id = `${++this.ids}`;
    const say = (line: ServerLine) => {
      tell(response, line);
      if (line.kind === "bye") response.end();
    };
    const session = new Session(this.observation, say, () => response.writableLength > BEHIND);
    this.sessions.set(id, { session, response });
    response.on("close", () => {
      this.sessions.delete(id);
      session.close();
    });
    response.writeHead(200, { ...HEADERS, "content-type": "application/x-ndjson", "x-accel-buffering": "no" });
    say({ kind: "hello", session: id, program: this.observation.program });
  }

  private async call(body: string): Promise<Answer> {
    try {
      const call = JSON.parse(body) as Call;
      if (call.kind === "request") return { ok: true, answer: await answer(this.observation, call.name, call.params) };
      const known = this.sessions.get(call.session);
      if (known === undefined) throw new Error("no such session: connect again");
      if (call.kind === "subscribe") known.session.subscribe(call.id, call.topic, call.query, call.replaces);
      else known.session.unsubscribe(call.id);
      return { ok: true, answer: null };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }
}

function tell(response: Outgoing, line: ServerLine): void {
  response.write(`${JSON.stringify(line)}\n`);
}

function refuse(response: Outgoing, status: number, why: string): void {
  response.writeHead(status, { ...TEXT, connection: "close" });
  response.end(why);
}

/** The body of a request, unless it is too long. */
async function read(asked: Incoming): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of asked) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
