import { type Doc, docs } from "./docs.ts";
import type { Screen } from "./shell.ts";

/** What `h()` prints. */
export function help({ paint }: Screen): string {
  const code = (text: string) => paint("function", text);
  const lines: [string, string][] = [
    ["h(name)", 'the documentation of a function: h(spawn), h("GenServer.call")'],
    ["i(value)", "what is known of a value; of the last one without an argument"],
    ["flush()", "takes all messages out of the shell's mailbox and prints them"],
    ["v(n)", "the value of input n; v(-2): the one before the last; v(): the last"],
    ['pid("0.107.0")', "the pid that prints so"],
    ["processes()", "all processes, as a table"],
    ["observer()", "serves the observer's page and tells where"],
    ["respawn()", "a new evaluator: variables gone, input 1"],
    ["clear()", "clears the screen"],
  ];
  return [
    "Everything that `beamlet` exports is there by its name. TypeScript is welcome.",
    "A variable may be declared again. What a statement or a variable gets from",
    "receive(), GenServer.call(…), Supervisor.startLink(…) is waited for by itself;",
    "await stands wherever it may in a module.",
    "",
    ...lines.map(([call, text]) => `  ${code(call.padEnd(16))}${text}`),
    "",
    `Tab completes names, and registered names in quotes. Ctrl+C ends what is being`,
    `waited for. ${code(".editor")} takes many lines, ${code(".help")} lists the other commands, Ctrl+D leaves.`,
  ].join("\n");
}

/** What `h(what)` prints. *Throws* when nothing is known by that. */
export function helpOf(what: unknown, api: Readonly<Record<string, unknown>>, screen: Screen): string {
  const name = typeof what === "string" ? what.replace(/\(.*$/, "") : nameOf(what, api);
  const doc = name === undefined ? undefined : docs[name];
  if (name === undefined || doc === undefined) {
    const asked = typeof what === "string" ? `"${what}"` : "that";
    throw new Error(`h: ${asked} is no name of the API. Exported are: ${names().join(", ")}`);
  }
  return page(name, doc, screen);
}

/** Names without those of members. */
function names(): string[] {
  return Object.keys(docs).filter((name) => !name.includes("."));
}

function nameOf(what: unknown, api: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(docs).find((name) => {
    const [owner = "", member] = name.split(".");
    const value = api[owner];
    return (
      what !== undefined &&
      (member === undefined ? value : (value as Record<string, unknown> | undefined)?.[member]) === what
    );
  });
}

function page(name: string, { signatures, text }: Doc, { paint, width }: Screen): string {
  const columns = Math.min(width, 100);
  const title = centred(name, columns);
  const members = Object.keys(docs).filter((each) => each.startsWith(`${name}.`));
  const parts = [paint("title", paint("pid", title))];
  if (signatures.length > 0) parts.push(signatures.map((each) => `  ${paint("function", each)}`).join("\n"));
  if (text) parts.push(styled(text, columns, paint));
  if (members.length > 0)
    parts.push(wrap(`Members: ${members.map((each) => each.slice(name.length + 1)).join(", ")}.`, columns));
  return parts.join("\n\n");
}

function centred(text: string, columns: number): string {
  const before = Math.max(0, Math.floor((columns - text.length) / 2));
  return (" ".repeat(before) + text).padEnd(columns);
}

/** The Markdown of doc comments: paragraphs, lists, code. */
function styled(text: string, columns: number, paint: Screen["paint"]): string {
  const blocks = text.split(/(```[\s\S]*?```|@example[\s\S]*)/);
  return blocks
    .map((block) => {
      const code = /^(?:```\w*\n|@example\n?)([\s\S]*?)(?:```)?$/.exec(block)?.[1];
      if (code !== undefined)
        return code
          .trimEnd()
          .replaceAll(/^/gm, "    ")
          .split("\n")
          .map((line) => paint("function", line))
          .join("\n");
      return block
        .trim()
        .split(/\n\s*\n/)
        .map((paragraph) =>
          /^\s*-/.test(paragraph) ? paragraph : wrap(paragraph.replaceAll(/\s*\n\s*/g, " "), columns),
        )
        .join("\n\n")
        .replaceAll(/`([^`]+)`/g, (_, inline: string) => paint("function", inline))
        .replaceAll(/\*(\w[^*]*)\*/g, (_, words: string) => paint("bold", words));
    })
    .filter((block) => block !== "")
    .join("\n\n");
}

function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
