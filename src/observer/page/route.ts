import { type ReadonlySignal, signal } from "@preact/signals";

/** Where one is: `["process", "0.107.0"]`. */
export type Route = readonly [view: string, ...rest: string[]];

/** The way about in one page. In a document of its own it is the address's fragment; in another program's document it leaves that alone. */
export interface Router {
  readonly route: ReadonlySignal<Route>;
  go(href: string): void;
  close(): void;
}

/** A link: `#/process/0.107.0`. */
export function href(...route: Route): string {
  return `#/${route.map(encodeURIComponent).join("/")}`;
}

/** A router that keeps the address. */
export function addressRouter(): Router {
  const route = signal(parse(location.hash));
  const changed = () => {
    route.value = parse(location.hash);
  };
  addEventListener("hashchange", changed);
  return {
    route,
    go: (to) => {
      location.hash = to.slice(1);
    },
    close: () => removeEventListener("hashchange", changed),
  };
}

/** A router that keeps to itself. */
export function innerRouter(): Router {
  const route = signal(parse(""));
  return {
    route,
    go: (to) => {
      route.value = parse(to);
    },
    close: () => {},
  };
}

function parse(hash: string): Route {
  const [view = "", ...rest] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  return [view === "" ? "overview" : view, ...rest];
}

/** What is no encoded text stands for itself: anybody may type an address. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
