import { writeSync } from "node:fs";
import process from "node:process";

type Write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => boolean;

/**
 * Has what is written to the terminal, by whomever, go there at once and by itself. Ctrl+C ends code wherever it is, without its `finally`: in the midst of a
 * stream's own writing that would leave the stream waiting for ever, and everybody who writes behind it. On Windows only the stream knows how the console
 * writes what is not ASCII.
 */
export function writeDirectly(): void {
  if (process.platform === "win32") return;
  for (const [stream, fd] of [
    [process.stdout, 1],
    [process.stderr, 2],
  ] as const) {
    if (stream.isTTY) stream.write = direct(fd);
  }
}

function direct(fd: number): Write {
  return (chunk, encoding, done) => {
    const name = typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8";
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array))
      throw new TypeError(`write: expected a string or bytes, got ${typeof chunk}`);
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, name) : chunk;
    for (let at = 0; at < bytes.length; ) at += written(fd, bytes, at);
    const told = typeof encoding === "function" ? encoding : done;
    if (typeof told === "function") void Promise.resolve().then(() => told());
    return true;
  };
}

const BREATH = new Int32Array(new SharedArrayBuffer(4));

/** How many bytes the terminal took. */
function written(fd: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(fd, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    // It has enough to draw for now.
    Atomics.wait(BREATH, 0, 0, 1);
    return 0;
  }
}
