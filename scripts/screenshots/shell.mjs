// docs/images/shell.png: a session typed into the shell. Needs Chromium, python3, and npm run build.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));

const lines = [
  "self()",
  "function* listen(self: Self, count: number) {\r  for (;;) yield* self.receive({ inc: () => count++, val: ([, from]) => send(from, count) });\r}",
  'register(spawn(listen, 10), "count")',
  'send("count", "inc"); send("count", ["val", self()])',
  "receive()",
  "const child = spawnLink(function* () { throw new Error('boom!') })",
  "self()",
  "processes()",
];
const prompt = [{ wait: "beamlet(" }, { wait: ")> \x1b[" }];
const { stdout, stderr } = spawnSync("python3", ["test/host/shell/support/terminal.py"], {
  input: JSON.stringify({
    cmd: [process.execPath, "dist/cli.js"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: "xterm", BEAMLET_HISTORY: "" },
    columns: 104,
    seconds: 20,
    steps: [...lines.flatMap((line) => [...prompt, { type: `${line}\r` }]), ...prompt, { type: "\x04" }],
  }),
});
if (stdout.length === 0) throw new Error(String(stderr));
const { output } = JSON.parse(stdout);

const colors = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 35: "#d2a8ff", 36: "#79c0ff" };
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const html = output
  .trimEnd()
  .replaceAll("\r", "")
  // What node:repl writes for want of a prompt, before the first one.
  .replace(" \x1b[1G", "")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
  .split(/\x1b\[([\d;]*)([A-Za-z])/)
  .reduce((text, part, index, parts) => {
    if (index % 3 === 0) return text + escaped(part);
    if (index % 3 === 2 || parts[index + 1] !== "m") return text;
    return `${text}</b><b style="${part === "1" ? "font-weight:bold" : `color:${colors[part] ?? "inherit"}`}">`;
  }, "<b>");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 940, height: 100 }, deviceScaleFactor: 1.25 });
  await page.setContent(
    `<style>body { margin: 0; background: #0d1117 } b { font-weight: normal }
    pre { margin: 0; padding: 20px; color: #e6edf3; font: 14px/1.4 monospace; white-space: pre-wrap }</style><pre>${html}</b></pre>`,
  );
  mkdirSync("docs/images", { recursive: true });
  await page.locator("pre").screenshot({ path: "docs/images/shell.png" });
} finally {
  await browser.close();
}
