// What the observer needs of `node:http`, which Node, Deno and Bun all have. Imported when a program asks for a page: browsers have none.

export interface Incoming extends AsyncIterable<Uint8Array> {
  readonly method?: string;
  readonly url?: string;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

export interface Outgoing {
  readonly writableLength: number;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  write(text: string): boolean;
  end(text?: string): unknown;
  on(event: "close", listener: () => void): unknown;
}

interface Socket {
  end(text: string): unknown;
  unref?(): unknown;
  destroy(): unknown;
}

export interface Server {
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "upgrade", listener: (asked: Incoming, socket: Socket) => void): this;
  on(event: "connection", listener: (socket: Socket) => void): this;
  listen(options: { readonly port: number; readonly host: string }, listening: () => void): this;
  address(): { readonly port: number } | string | null;
  close(closed?: () => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
  unref?(): unknown;
}

interface Http {
  createServer(serve: (asked: Incoming, response: Outgoing) => void): Server;
}

/** *Throws*, by rejecting, in a browser. */
export async function http(): Promise<Http> {
  // Bundlers for browsers must not look for it.
  const name = ["node", "http"].join(":");
  try {
    return (await import(/* @vite-ignore */ name)) as Http;
  } catch {
    throw new Error("observe: this host can't serve a page; mount(element, runtime) shows it in a page of the program");
  }
}
