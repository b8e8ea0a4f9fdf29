#!/usr/bin/env node
import process from "node:process";
import { parseArgs } from "node:util";
import { host, version } from "./about.ts";
import { attach } from "./attach.ts";
import { loadTypeScript } from "./load.ts";
import { runProgram } from "./run.ts";

/** A command line that means nothing: exit code 2. */
class WrongUsage extends Error {}

interface Command {
  readonly help: string;
  run(args: string[]): Promise<void> | void;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  shell: {
    help: `Usage: beamlet [shell]

Opens the shell: type TypeScript, and everything that beamlet exports is there by
its name. h() tells more. In a pipe it runs what stdin says, prints the values
and nothing else, and ends with exit code 1 when an input failed.

Environment:
  NO_COLOR          no colours
  BEAMLET_HISTORY   the file of what was typed; default ~/.beamlet_history, none
                    when it is empty`,
    async run(args) {
      none(args, "shell");
      loadTypeScript();
      if (!process.stdin.isTTY || !process.stdout.isTTY) return (await import("./pipe.ts")).pipe();
      await (await import("./terminal.ts")).terminal(isColoured());
      process.exit();
    },
  },
  run: {
    help: `Usage: beamlet run FILE.ts [arguments …]

Runs a program. Types are stripped, "beamlet" is this very package, and the
arguments are the program's. The exit code is the program's own: 1 for an error
that nobody caught, or when the main process died of a link.`,
    run(args) {
      const [file, ...rest] = args;
      if (file === undefined) throw new WrongUsage("run: expected a file");
      if (file.startsWith("-"))
        throw new WrongUsage(`run: expected a file, got ${file}: its arguments stand behind it`);
      loadTypeScript();
      return runProgram(file, rest);
    },
  },
  tour: {
    help: `Usage: beamlet tour [processes]

Elixir's guide page on processes, line by line: each snippet beside what it
prints. Then that many processes, a million unless told otherwise.`,
    run(args) {
      const [processes, ...rest] = args;
      none(rest, "tour");
      loadTypeScript();
      return runProgram(new URL("../examples/tour.ts", import.meta.url), processes === undefined ? [] : [processes]);
    },
  },
  observer: {
    help: `Usage: beamlet observer --attach URL

Looks at a running program by the URL that its observe() has told, token
included: prints how it is, and the address to open in a browser. Exit code 1
when nobody answers there.

Options:
  --attach URL   the observer's URL`,
    run(args) {
      const { values } = parsed(args, { attach: { type: "string" } }, "observer");
      const url = values["attach"];
      if (typeof url !== "string") throw new WrongUsage("observer: expected --attach URL");
      if (!URL.canParse(url)) throw new WrongUsage(`observer: expected a URL behind --attach, got ${url}`);
      return attach(new URL(url));
    },
  },
};

const HELP = `Usage: beamlet [command]

Commands:
  shell                    an interactive shell; the default
  run FILE.ts [args …]     runs a program
  tour [processes]         what processes are, by examples
  observer --attach URL    looks at a running program
  help [command]           this, or how to use a command

Options:
  -h, --help               how to use beamlet, or a command
  -v, --version            the version`;

// Whoever closes the pipe has seen enough.
process.stdout.on("error", () => process.exit(0));

await main(process.argv.slice(2));

async function main([first, ...rest]: string[]): Promise<void> {
  try {
    if (first === "-v" || first === "--version") return console.log(`beamlet ${version}, ${host}`);
    if (first === "-h" || first === "--help") return console.log(HELP);
    if (first === "help") return console.log(rest[0] === undefined ? HELP : commandOf(rest[0]).help);
    const command = commandOf(first ?? "shell");
    // Behind the file of a program, all is the program's.
    if (rest[0] === "-h" || rest[0] === "--help") return console.log(command.help);
    await command.run(rest);
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    console.error(`beamlet: ${error.message}\n\nbeamlet --help tells how to use it.`);
    process.exit(2);
  }
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new WrongUsage(`expected a command (${Object.keys(COMMANDS).join(", ")}), got ${name}`);
  return command;
}

function none(args: readonly string[], command: string): void {
  if (args.length > 0) throw new WrongUsage(`${command}: expected no more arguments, got ${args[0]}`);
}

function parsed(args: string[], options: Record<string, { readonly type: "string" | "boolean" }>, command: string) {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new WrongUsage(`${command}: ${(error as Error).message}`);
  }
}

function isColoured(): boolean {
  return !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}
