import { wrong } from "./acting.ts";

type Cleanup = () => Promise<void>;

/**
 * What runs a function after a test: the context that vitest hands to a test (`onTestFinished`), that of node:test (`after`), an
 * `AsyncDisposableStack` (`defer`), or a function that takes one, such as `onTestFinished` of Vitest and Bun.
 */
export type TestContext =
  | { readonly onTestFinished: (cleanup: Cleanup) => unknown }
  | { readonly after: (cleanup: Cleanup) => unknown }
  | { readonly defer: (cleanup: Cleanup) => unknown }
  | ((cleanup: Cleanup) => unknown);

const HOOKS = ["onTestFinished", "after", "defer"] as const;

/** Has `cleanup` run after the test. *Throws* `TypeError` for what is no context. */
export function afterTest(context: TestContext, cleanup: Cleanup, what: string): void {
  if (typeof context === "function" && !HOOKS.some((name) => name in context)) {
    context(cleanup);
    return;
  }
  if ((typeof context === "object" && context !== null) || typeof context === "function") {
    for (const name of HOOKS) {
      const hooks = context as unknown as Record<string, unknown>;
      const hook = hooks[name];
      if (typeof hook !== "function") continue;
      hook.call(context, cleanup);
      return;
    }
  }
  throw wrong(
    what,
    "as context what a test is given: an object with onTestFinished, after or defer, or a function that takes a cleanup; " +
      "where there is none, as in Deno.test, hand over an AsyncDisposableStack, or use a runtime of the test's own",
    context,
  );
}
