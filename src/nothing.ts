/** No message in hand. `undefined` may be one. */
export const NOTHING: unique symbol = Symbol();
