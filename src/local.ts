/** The subclass of a class for one runtime, which stands on its prototype: objects need not carry it, nor lead whoever prints them there. */
// biome-ignore lint/suspicious/noExplicitAny: what TypeScript asks of a mixin
export function localTo<C extends new (...args: any[]) => object>(runtime: unknown, type: C): C {
  class Local extends type {}
  Object.defineProperty(Local.prototype, "runtime", { value: runtime });
  return Local;
}
