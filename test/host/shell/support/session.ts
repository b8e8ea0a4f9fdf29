import { execFile, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { screenOf } from "./screen.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const deno = process.versions["deno"] !== undefined;
export const host: "Node" | "Deno" | "Bun" = deno ? "Deno" : process.versions["bun"] === undefined ? "Node" : "Bun";

/** The command line of the shell on the host that runs the test. */
const command = [process.execPath, ...(deno ? ["run", "-A"] : []), `${root}dist/cli.js`];

export interface Session {
  /** Lines of the screen, with times and versions made the same. */
  readonly screen: string[];
  readonly written: string;
  readonly code: number | null;
}

export interface SessionOptions {
  readonly env?: Record<string, string>;
  readonly columns?: number;
}

/** What stands behind every prompt: where the cursor goes. */
const PROMPT = [{ wait: "beamlet(" }, { wait: ")> \x1b[" }];

/** What is waited for, or typed, or how many seconds nothing is: a string is a line, or several, that are typed once there is a prompt. */
export type Step = string | { readonly wait: string } | { readonly type: string } | { readonly pause: number };

/** Types into the shell in a terminal; leaves it by Ctrl+D at the end. */
export async function session(
  steps: readonly Step[],
  { env = {}, columns = 200 }: SessionOptions = {},
): Promise<Session> {
  const all = steps.flatMap((step) => (typeof step === "string" ? [...PROMPT, { type: `${step}\r` }] : [step]));
  const spec = {
    cmd: command,
    env: { ...environment(), BEAMLET_HISTORY: "", ...env },
    columns,
    seconds: 20,
    steps: [...all, ...PROMPT, { type: "\x04" }],
  };
  const { stdout, stderr } = await run("python3", [`${root}test/host/shell/support/terminal.py`], JSON.stringify(spec));
  if (stdout === "") throw new Error(`the terminal has failed: ${stderr}`);
  const { output, code, missing } = JSON.parse(stdout);
  if (missing !== null) throw new Error(`the shell never wrote ${JSON.stringify(missing)}:\n${output}`);
  return { written: output, screen: screenOf(output).map(same), code };
}

/** Runs the command line interface with arguments, and what stdin says. */
export function cli(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<Ended> {
  return run(command[0] as string, [...command.slice(1), ...args], input, { ...environment(), ...env });
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | string;
}

function run(program: string, args: string[], input: string, env = environment()): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, cwd: root }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error?.code ?? 0 }),
    );
    child.stdin?.end(input);
  });
}

function environment(): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, TERM: "xterm" };
}

/** Times and versions differ from run to run. */
export function same(line: string): string {
  return line
    .replace(/^\d\d:\d\d:\d\d\.\d{3} /, "TIME ")
    .replace(/^Beamlet \S+ on \w+ \S+: /, "Beamlet VERSION on HOST: ");
}

/** Where there is no Python there is no terminal to type into: that is said once, and fails where all is to be tested. */
export const hasTerminal: boolean = (() => {
  if (spawnSync("python3", ["-c", "import pty"]).status === 0) return true;
  if (process.env["CI"]) throw new Error("python3 is needed to type into a terminal");
  console.log("test/host/shell: not typed into a terminal, for want of python3");
  return false;
})();
