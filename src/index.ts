/**
 * Erlang processes for TypeScript: the kernel, and OTP on top of it.
 *
 * @module
 */

export * from "./kernel.ts";
export * from "./otp/index.ts";
