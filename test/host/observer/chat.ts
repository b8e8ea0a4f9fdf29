import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Where Chromium is; undefined where it is not, or where the host is none that Playwright runs on. */
export function chromiumPath(): string | undefined {
  const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  const why =
    process.versions["bun"] !== undefined || process.versions["deno"] !== undefined
      ? "Playwright drives a browser from Node"
      : existsSync(path)
        ? undefined
        : `absent: ${path}`;
  if (why === undefined) return path;
  if (process.env["CI"] === "true" && !why.startsWith("Playwright")) throw new Error(why);
  console.log(`${why}. Not run here: the observer's page in a browser`);
  return undefined;
}

/** A chat of 500 rooms under load that crashes now and then, as a program of its own: examples/observed-chat.ts. */
export class Chat {
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.child = child;
  }

  /** Starts one. `at`: the address of one that has ended. */
  static async start(at?: string): Promise<Chat> {
    const { port, pathname } = at === undefined ? { port: "0", pathname: "" } : new URL(at);
    const token = pathname.replaceAll("/", "");
    const args = ["scripts/run-ts.mjs", "examples/observed-chat.ts", port, ...(token === "" ? [] : [token])];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr?.on("data", (text) => {
      errors += text;
    });
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the chat ended with ${code}: ${errors}`)));
    });
    return new Chat(url, child);
  }

  /** Ends it as a crash of the machine would. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}
