import { expect } from "vitest";
import { AssertionError } from "../../../src/testing/index.ts";

/** What `steps` throws. */
export function* failure(steps: Iterable<unknown>): Generator<unknown, AssertionError, any> {
  try {
    yield* steps as Generator<unknown>;
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return error as AssertionError;
  }
  throw new Error("expected an error");
}
