// Who may speak with the observer: whoever knows its token, from its own page or from no page at all.

/** What a request says of itself. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

export interface Guard {
  readonly token: string;
  /** Names besides those of the loopback that a Host header may say. */
  readonly hosts: readonly string[];
}

/** Why a request is refused: the status, and what is said. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** A path below the token's, or why there is none: nothing of what is wrong with a token is told. */
export function admit(asked: Asked, guard: Guard): { readonly path: string } | Refusal {
  const { headers } = asked;
  const host = only(headers["host"]);
  // A page of another site whose name was made to lead here (DNS rebinding) says its own name.
  if (host === undefined || !isOurs(host, guard.hosts))
    return { status: 403, why: "this observer is not known by that host name" };
  const origin = headers["origin"];
  if (origin !== undefined && !isSame(only(origin), host))
    return { status: 403, why: "requests of other origins are refused" };
  const site = only(headers["sec-fetch-site"]);
  const isPage = asked.method === "GET" && only(headers["sec-fetch-dest"]) === "document";
  // Somebody may follow a link to the page itself; it tells nothing to the page that the link is in.
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isPage)
    return { status: 403, why: "requests of other sites are refused" };
  const [, token = "", path = "/"] = /^\/([^/?#]*)(\/[^?#]*)?/.exec(asked.url) ?? [];
  if (!isEqual(token, guard.token))
    return { status: 403, why: "wrong token: open the URL that the program has printed" };
  return { path };
}

function only(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The loopback by any of its names, an address, or a name that was allowed. An address can't be rebound; a name could. */
function isOurs(host: string, hosts: readonly string[]): boolean {
  const [, name = ""] = /^(\[[\da-f:.]+\]|[^:/@?#]*)(?::\d{1,5})?$/i.exec(host) ?? [];
  return name === "localhost" || isAddress(name) || hosts.includes(name.toLowerCase());
}

/** An IPv4 address in four parts, or an IPv6 address in brackets. */
export function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\da-f:.]+\]$/i.test(name);
}

/** A page's origin, which a page that was given none calls `null`. */
function isSame(origin: string | undefined, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Compares without telling by its time how much is equal. */
function isEqual(given: string, token: string): boolean {
  let difference = given.length ^ token.length;
  for (let i = 0; i < token.length; i++) difference |= token.charCodeAt(i) ^ (given.charCodeAt(i) | 0);
  return difference === 0;
}

/** 192 random bits, for an URL. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
