import { defaultRuntime, inspect, type Runtime } from "../kernel.ts";
import { localSource } from "./local-source.ts";
import type { ObservationOptions } from "./observation.ts";
import type { ElementLike } from "./protocol.ts";

/**
 * Shows the observer's page in an element of a browser program, and promises a function that takes it away. The page fills the element, which needs a height. It lies
 * in a shadow root: neither's styles reach the other, and it leaves the address of the document alone.
 *
 * *Throws*, by rejecting: `TypeError` for what is no element; `Error` when the element has a shadow root of its own that the page did not make.
 */
export async function mount(
  element: ElementLike,
  runtime: Runtime = defaultRuntime(),
  options: ObservationOptions = {},
): Promise<() => void> {
  if (typeof element?.attachShadow !== "function") {
    throw new TypeError(`mount: expected an element of a document, got ${inspect(element)}`);
  }
  // Not before it is wanted: on a server there is no document.
  const { view } = await import("../../build/observer-view.js");
  return view(element, localSource(runtime, options));
}
