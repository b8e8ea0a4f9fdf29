// What the page says, row by row, and what its snippets should print.
import type { Expected } from "./output.ts";
import * as snippets from "./snippets.ts";

interface Shown {
  /** The rows of the page it is about. */
  readonly rows: string;
  readonly says: string;
  readonly prints: readonly Expected[];
}

/** A function of snippets.ts, run in the tour's runtime. */
export interface Step extends Shown {
  readonly does: () => void | Promise<void>;
  /** Declarations shown before it. */
  readonly uses?: readonly string[];
}

/** A script of `examples/`, run as a program of its own. */
export interface Program extends Shown {
  readonly program: string;
}

export interface Section {
  readonly name: string;
  readonly steps: readonly (Step | Program)[];
}

const PID = String.raw`#PID<0\.\d+\.0>`;
const match = (text: string) =>
  new RegExp(`^${text.replaceAll("PID", PID)}$`);

const REST: Expected = { many: /^( {4}|Initial Call: |Spawned at: )/ };
const crash = (error: string) => [
  match(String.raw`[\d:.]{12} \[error\] Process PID raised an exception`),
  match(String.raw`\*\* ${error}`),
  REST,
];

const exitText = (words = "") => [
  match(
    String.raw`\*\* \(EXIT from PID\) ${words}an exception was raised:`,
  ),
  match(String.raw` {4}\*\* \(Error\) boom!`),
  REST,
];

export const page: readonly Section[] = [
  {
    name: "Processes",
    steps: [
      {
        rows: "S1",
        says: "Processes are light: a hundred thousand here, a million at the end.",
        uses: ["idle"],
        does: snippets.light,
        prints: ["100001 processes", "1 process"],
      },
      {
        rows: "S2",
        says: "They are managed by the runtime, which tells all about them.",
        does: snippets.managed,
        prints: ["waiting idler 0", "true"],
      },
      {
        rows: "S3",
        says: "A message goes to a pid, a name, or a name on a node.",
        does: snippets.anywhere,
        prints: [
          "by pid",
          "by name",
          "by name and node",
          "lost",
          "3 messages arrived",
        ],
      },
    ],
  },
  {
    name: "spawn",
    steps: [
      {
        rows: "S4",
        says: "spawn creates a process and returns its pid at once. The body runs later.",
        does: snippets.returns,
        prints: [match("spawn returned PID"), "the body runs", "false"],
      },
    ],
  },
  {
    name: "Mailboxes",
    steps: [
      {
        rows: "S5, S8–S10",
        says: "send returns the message. A message that carries self can be answered. A process ends when its body does.",
        does: snippets.ping,
        prints: [
          match(String.raw`\[ PID, 'ping' \]`),
          "Got ping",
          "Got pong back",
          "false",
        ],
      },
      {
        rows: "S6, S7",
        says: "Messages are kept until received. The oldest that any clause takes is next; the rest keep their order.",
        does: snippets.kept,
        prints: [
          "[ 'apple', 'pear', 'plum' ]",
          "the pear",
          "[ 'apple', 'plum' ]",
          "apple plum",
        ],
      },
      {
        rows: "S11",
        says: "receive blocks its own process, and neither the others nor the host.",
        does: snippets.blocks,
        prints: [
          "another process runs",
          "the host's timers fire",
          "waiting",
        ],
      },
      {
        rows: "S12",
        says: "after: gives up after so many milliseconds. These are five real seconds.",
        does: snippets.timeout,
        prints: ["Timeout, giving up"],
      },
      {
        rows: "S12",
        says: "What doesn't match does not start the clock again; 0 only looks; a time must be a number.",
        does: snippets.clock,
        prints: [
          "no news",
          "true",
          "noise",
          "noise",
          "nothing left",
          /^RangeError: .*NaN/,
        ],
      },
    ],
  },
  {
    name: "spawnLink",
    steps: [
      {
        rows: "S14",
        says: "Linked processes end together, unless one ends normally. The reason travels along the chain.",
        does: snippets.chain,
        prints: ["still here", "EXIT true a reason"],
      },
      {
        rows: "S15",
        says: "Here the other end of the link is the main process: it goes down with its child, and comes back.",
        does: snippets.linked,
        prints: [
          match("I am PID"),
          "boom",
          ...exitText("shell process exited with reason: "),
          match("Beamlet .*: the main process starts again"),
          ...crash(String.raw`\(Error\) boom!`),
          "ExitError: exited with reason Error: boom!",
        ],
      },
      {
        rows: "S15",
        says: "The new main process has a pid of its own and starts with nothing.",
        does: snippets.restarted,
        prints: [match("I am PID"), "[]", "[]"],
      },
      {
        rows: "S16",
        says: "Without the link there is only a report.",
        does: snippets.unlinked,
        prints: [
          "boom",
          ...crash(String.raw`\(Error\) boom!`),
          "false true",
        ],
      },
      {
        rows: "S17",
        says: "The same as a program of its own: exit code 1, and the reason on stderr.",
        program: "04-spawn-link.ts",
        prints: [
          ...exitText(),
          ...crash(String.raw`\(Error\) boom!`),
          "exit code 1",
        ],
      },
      {
        rows: "S17",
        says: "And without the link: the report, and exit code 0.",
        program: "05-spawn-unlinked.ts",
        prints: [
          "still here",
          ...crash(String.raw`\(Error\) boom!`),
          "exit code 0",
        ],
      },
      {
        rows: "S18",
        says: "Whoever restarts others traps their exits. (Supervisor, ready to use, comes with the OTP modules.)",
        uses: ["evaluator"],
        does: snippets.supervised,
        prints: [
          ...crash(String.raw`\(Error\) a typing error`),
          "child 1 has ended",
          ...crash(String.raw`\(Error\) a typing error`),
          "child 2 has ended",
          "true",
        ],
      },
      {
        rows: "S20",
        says: "What was thrown is reported; an exit is not, whatever its reason.",
        does: snippets.endings,
        prints: [
          ...crash(String.raw`\(Error\) an error`),
          ...crash(
            String.raw`\(ErlangError\) Erlang error: \["nocatch", "no error"\]`,
          ),
        ],
      },
    ],
  },
  {
    name: "Holding state",
    steps: [
      {
        rows: "S23",
        says: "A process holds state by looping with it. Ten, three times inc: 13.",
        uses: ["CounterMessage", "listen", "Counter"],
        does: snippets.counter,
        prints: ["13"],
      },
      {
        rows: "S22",
        says: "The loop needs no more memory after ten million messages than after one million.",
        does: snippets.constant,
        prints: ["10000000", "no more memory than before"],
      },
    ],
  },
  {
    name: "Registered processes",
    steps: [
      {
        rows: "S24–S26",
        says: "A name in place of a pid.",
        does: snippets.names,
        prints: ["true", "true", "undefined", "inc"],
      },
      {
        rows: "S27",
        says: "The page's last snippet never asks for the value, so it would wait for ever. Asked, the counter says 11.",
        does: snippets.waits,
        prints: ["still waiting", "11"],
      },
      {
        rows: "S28",
        says: "A name is one process's, and a process has one name. A dead pid takes messages silently; an unknown name throws.",
        does: snippets.edges,
        uses: ["refused"],
        prints: [
          match(`NameError: the name "idler" is taken by PID`),
          match(
            `NameError: PID can't be registered as "second": it is "idler" already`,
          ),
          /^TypeError: .*expected a string as name, got 7$/,
          /^NameError: no process is registered as "nobody"/,
          /^NameError: no process is registered as "nobody"/,
          "undefined",
          match(
            `NameError: PID can't be registered as "idler": it is not alive`,
          ),
          "to the dead: no error",
        ],
      },
    ],
  },
];
