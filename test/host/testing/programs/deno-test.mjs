import { failing, passing } from "./suite.mjs";

for (const [name, run] of Object.entries({ ...passing, ...failing })) {
  Deno.test(name, async () => {
    // It hands tests no hook for what is to be done after them.
    const stack = new AsyncDisposableStack();
    try {
      await run(stack);
    } finally {
      await stack.disposeAsync();
    }
  });
}
