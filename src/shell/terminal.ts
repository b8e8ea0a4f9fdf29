import { Console } from "node:console";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import { type REPLServer, Recoverable, start } from "node:repl";
import { Script } from "node:vm";
import { banner } from "./about.ts";
import { complete } from "./complete.ts";
import { writeDirectly } from "./direct.ts";
import { type Paint, paintOf } from "./print.ts";
import { catchStrays, type Screen, Shell } from "./shell.ts";
import { Incomplete } from "./source.ts";

type Keypress = (text: string | undefined, key: { readonly ctrl?: boolean; readonly name?: string }) => void;

/** What node:repl's server has beyond its types: Node's own shell builds on it, too. */
interface Server extends REPLServer {
  _ttyWrite: Keypress;
  readonly _domain?: {
    removeAllListeners(event: string): void;
    on(event: string, listener: (error: unknown) => void): void;
  };
  prevRows?: number;
  /** The youngest first. */
  history?: string[];
}

/** A terminal on which somebody may be typing while something is written. */
class Terminal implements Screen {
  readonly paint: Paint;
  /** Set while there is a prompt. */
  server: Server | undefined;

  constructor(paint: Paint) {
    this.paint = paint;
  }

  get width(): number {
    return process.stdout.columns || 80;
  }

  out(text: string): void {
    this.write(`${text}\n`);
  }

  error(text: string): void {
    this.write(`${text}\n`);
  }

  clear(): void {
    cursorTo(process.stdout, 0, 0);
    clearScreenDown(process.stdout);
  }

  /** Writes above the prompt, if there is one. */
  write(text: string): void {
    const { server } = this;
    if (server === undefined) {
      process.stdout.write(text);
      return;
    }
    moveCursor(process.stdout, 0, -server.getCursorPos().rows);
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    // The prompt begins where the cursor is now.
    server.prevRows = 0;
    server.prompt(true);
  }
}

/** The shell on a terminal. Resolves when it is left. */
export async function terminal(color: boolean): Promise<void> {
  if (canInterrupt) writeDirectly();
  const screen = new Terminal(paintOf(color));
  const console = consoleOn((text) => screen.write(text), color);
  Object.defineProperty(globalThis, "console", { value: console, writable: true, configurable: true });
  const shell = new Shell(screen);
  shell.guard = guard;
  await shell.start();
  // From its import on it is noted where processes are spawned: for observer(), whenever that is called.
  shell.loading = import("../observer/index.ts");
  catchStrays(shell);
  screen.out(`${banner}\n`);
  await read(shell, screen);
  await shell.stop();
}

/** A console that writes by `write`: not by a stream, which Ctrl+C may leave in the midst of its work. */
function consoleOn(write: (text: string) => void, colorMode: boolean): Console {
  const stream = { write } as unknown as NodeJS.WritableStream;
  // Without `ignoreErrors` it would ask for more than that.
  return new Console({ stdout: stream, stderr: stream, colorMode, ignoreErrors: false });
}

/** Reads and evaluates until the end. */
function read(shell: Shell, screen: Terminal): Promise<void> {
  const keys: Parameters<Keypress>[] = [];
  let isBusy = false;
  let isOpen = false;

  const server = start({
    prompt: "",
    terminal: true,
    useColors: screen.paint.isOn,
    useGlobal: true,
    ignoreUndefined: true,
    writer: String,
    completer: (line: string) => complete(line, shell),
    eval(text, _context, _file, done) {
      isOpen = false;
      if (text.trim() === "") return done(null, undefined);
      let outcome: Promise<unknown>;
      screen.server = undefined;
      try {
        outcome = shell.evaluate(text);
      } catch (error) {
        isOpen = error instanceof Incomplete;
        screen.server = server;
        return done(isOpen ? new Recoverable(error as Error) : (error as Error), undefined);
      }
      isBusy = true;
      void outcome.then(() => {
        isBusy = false;
        screen.server = server;
        done(null, undefined);
        replay();
      });
    },
  }) as Server;

  // What is typed meanwhile is for later; but Ctrl+C is for now.
  const typed = server._ttyWrite.bind(server);
  server._ttyWrite = (text, key) => {
    if (!isBusy) typed(text, key);
    else if (key.ctrl === true && key.name === "c") shell.interrupt();
    else keys.push([text, key]);
  };
  function replay(): void {
    while (!isBusy && keys.length > 0) typed(...(keys.shift() as Parameters<Keypress>));
  }

  const cleared = server.clearBufferedCommand.bind(server);
  server.clearBufferedCommand = () => {
    isOpen = false;
    cleared();
  };
  server.displayPrompt = (preserveCursor) => {
    server.setPrompt(`${isOpen ? "..." : "beamlet"}(${shell.counter})> `);
    server.prompt(preserveCursor);
  };
  // Errors of timers and the like, which node:repl would tell in words of its own.
  server._domain?.removeAllListeners("error");
  server._domain?.on("error", (error) => shell.strayed(error));
  const history = process.env["BEAMLET_HISTORY"] ?? join(homedir(), ".beamlet_history");
  const begin = () => {
    screen.server = server;
    server.displayPrompt();
  };
  // What is read of it takes the place of all that was typed before.
  if (history === "") begin();
  else if (process.versions["deno"] === undefined) server.setupHistory(history, begin);
  else {
    keepHistory(server, history);
    begin();
  }
  return new Promise((resolve) => {
    server.on("exit", () => {
      screen.server = undefined;
      // The last lines of the history are written a moment later.
      server.once("flushHistory", resolve);
      setTimeout(resolve, history === "" ? 0 : FLUSH);
    });
  });
}

/** Deno's setupHistory does nothing. */
function keepHistory(server: Server, file: string): void {
  if (existsSync(file)) server.history = readFileSync(file, "utf8").split("\n");
  server.on("exit", () => {
    try {
      writeFileSync(file, (server.history ?? []).slice(0, 1000).join("\n"));
    } catch {
      // Then there is none.
    }
  });
}

/** ms that the history may take to be written. */
const FLUSH = 200;

const CALL = Symbol.for("beamlet.shell.call");

const canInterrupt = process.versions["deno"] === undefined && process.versions["bun"] === undefined;

/** Calls so that Ctrl+C ends a loop that does not wait. In raw mode the terminal would say nothing of it. */
function guard(call: () => unknown): unknown {
  if (!canInterrupt) return call();
  const host = globalThis as { [CALL]?: () => unknown };
  host[CALL] = () => {
    // Not before somebody listens to SIGINT: it would end the shell.
    process.stdin.setRawMode(false);
    try {
      return call();
    } finally {
      process.stdin.setRawMode(true);
    }
  };
  try {
    return new Script(`globalThis[Symbol.for("beamlet.shell.call")]()`).runInThisContext({ breakOnSigint: true });
  } finally {
    // Who is interrupted has no `finally`.
    process.stdin.setRawMode(true);
    delete host[CALL];
  }
}
