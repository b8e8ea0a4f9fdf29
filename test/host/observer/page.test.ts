import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chat, chromiumPath } from "./chat.ts";

// The page in Chromium, against a real program. Nothing here waits for a time: only for what the page shows.

const executablePath = chromiumPath();
const inBrowser = test.runIf(executablePath !== undefined);
const HANG = 240_000;
const pictures = fileURLToPath(new URL("__screenshots__/", import.meta.url));

let browser: Browser;
beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
}, HANG);
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** What went wrong in the page, and what it asked of others than the program. */
  readonly wrongs: string[];
}

async function open(chat: Chat, width: number, scheme: "light" | "dark"): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: width > 600 ? 800 : 844 }, colorScheme: scheme });
  page.setDefaultTimeout(HANG);
  const wrongs: string[] = [];
  page.on("pageerror", (error) => wrongs.push(String(error.stack)));
  page.on("console", (line) => {
    // Chromium says so of every connection that is refused; that is what the page is there for.
    if (line.type() === "error" && !line.text().includes("ERR_")) wrongs.push(line.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(chat.url) && !request.url().startsWith("data:")) wrongs.push(request.url());
  });
  await page.goto(chat.url);
  return { page, wrongs };
}

/** Goes to a view by the navigation. */
async function goTo(page: Page, label: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: label }).click();
  await page.getByRole("navigation").locator("[aria-current=page]", { hasText: label }).waitFor();
}

function picture(page: Page, name: string): Promise<unknown> {
  return page.screenshot({ path: `${pictures}${name}.png` });
}

/** The text of an element, once it is as it should be. */
async function textOf(locator: Locator, like: RegExp): Promise<string> {
  await expect.poll(() => locator.textContent(), { timeout: HANG }).toMatch(like);
  return (await locator.textContent()) as string;
}

inBrowser(
  "finds the process with the longest mailbox, opens it, kills it, sees it restarted, and follows a trace of it",
  async () => {
    const chat = await Chat.start();
    const { page, wrongs } = await open(chat, 1280, "light");
    try {
      await textOf(page.getByRole("region", { name: /^Processes: / }).locator(".value"), /^1,1\d\d$/);
      await page.getByText("Longest mailboxes").waitFor();

      // The table is sorted by mailbox from the beginning.
      await goTo(page, "Processes");
      const first = page.getByRole("table", { name: "Processes" }).locator("tr[aria-rowindex='2']");
      await expect.poll(() => first.textContent(), { timeout: HANG }).toMatch(/lounge.*Room/);
      const pid = await textOf(first.getByRole("link"), /^<0\.\d+\.0>$/);
      await picture(page, "processes");
      await first.click();
      await page.getByRole("heading", { name: pid }).waitFor();
      await page.getByText("did you hear number").first().waitFor();
      await picture(page, "process");

      // Escape leaves all as it is.
      await page.getByRole("button", { name: "Kill" }).click();
      const dialog = page.getByRole("alertdialog", { name: "Kill lounge?" });
      await dialog.waitFor();
      expect(await dialog.getByRole("button", { name: "Cancel" }).evaluate(hasFocus)).toBe(true);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await page.locator(".title .pill").textContent()).not.toBe("ended");

      // Another page looks at the tree meanwhile.
      const { page: trees, wrongs: others } = await open(chat, 1280, "dark");
      await goTo(trees, "Trees");
      const rooms = trees.getByRole("treeitem").filter({ hasText: "rooms" }).first();
      await rooms.waitFor();

      await page.getByRole("button", { name: "Kill" }).click();
      await picture(page, "kill");
      await dialog.getByRole("button", { name: "Kill it" }).click();
      await page.getByText(`#PID${pid} was killed`).waitFor();
      await textOf(page.locator(".title .pill"), /^ended$/);
      await Promise.all([
        trees.locator(".node.supervisor.flash").filter({ hasText: "rooms" }).waitFor(),
        // Who was restarted is not among the children that are drawn.
        trees
          .locator(".node.more.flash")
          .filter({ hasText: /<0\.\d+\.0> restarted/ })
          .waitFor(),
      ]);
      await textOf(rooms.locator(".tally"), /^[1-9]/);
      await picture(trees, "trees");
      expect(others).toEqual([]);
      await trees.close();

      // Its name belongs to another process now, which the same supervisor has started.
      await goTo(page, "Names");
      await page.getByRole("searchbox").fill("lounge");
      const named = page.getByRole("table", { name: "Names" }).locator("tr[aria-rowindex='2']");
      await expect.poll(() => named.textContent(), { timeout: HANG }).toContain("lounge");
      await expect.poll(() => named.getByRole("link").textContent(), { timeout: HANG }).not.toBe(pid);
      await picture(page, "names");
      await named.click();
      await page.locator(".entries > div", { hasText: "Ancestors" }).getByRole("link", { name: "rooms" }).waitFor();
      const reborn = (await page.locator("h1").textContent()) as string;

      await page.getByRole("link", { name: "Trace" }).last().click();
      await page.getByRole("button", { name: "Start" }).click();
      const events = page.getByRole("table", { name: "Events" });
      await events.locator("tbody .event.receive").first().waitFor();
      await events.locator("tbody .event.send").first().waitFor();
      await page.locator(".sequence path.send").first().waitFor({ state: "attached" });
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByRole("button", { name: "Start" }).waitFor();
      await picture(page, "trace");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save as file" }).click(),
      ]);
      const lines = readFileSync(await download.path(), "utf8")
        .trimEnd()
        .split("\n");
      const saved = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(saved.filter(({ kind, to }) => kind === "send" && to === `#PID${reborn}`)).not.toEqual([]);
      expect(wrongs).toEqual([]);
    } finally {
      await page.close();
      await chat.end();
    }
  },
  HANG,
);

inBrowser(
  "empties when the program ends and says so, and goes on by itself when it returns",
  async () => {
    const before = await Chat.start();
    const { page, wrongs } = await open(before, 1280, "dark");
    await goTo(page, "Processes");
    await page
      .getByRole("link", { name: /^<0\.\d+\.0>$/ })
      .first()
      .waitFor();
    await before.end();
    await page.getByRole("heading", { name: "The program has ended" }).waitFor();
    expect(await page.getByRole("table").count()).toBe(0);
    await picture(page, "ended");
    const after = await Chat.start(before.url);
    try {
      expect(after.url).toBe(before.url);
      await page
        .getByRole("link", { name: /^<0\.\d+\.0>$/ })
        .first()
        .waitFor();
      expect(await page.getByText("The program has ended").count()).toBe(0);
      expect(wrongs).toEqual([]);
    } finally {
      await page.close();
      await after.end();
    }
  },
  HANG,
);

inBrowser(
  "shows a server's state, suspends it when that is confirmed, and resumes it",
  async () => {
    const chat = await Chat.start();
    const { page, wrongs } = await open(chat, 1280, "light");
    try {
      await goTo(page, "Names");
      await page.getByRole("searchbox").fill("room-499");
      await page.getByRole("table", { name: "Names" }).getByText("room-499").click();
      const state = page.locator(".panel", { has: page.getByRole("heading", { name: "State" }) });
      await textOf(state, /, running.*name: "room-499"/s);
      await page.getByRole("button", { name: "Suspend" }).click();
      const dialog = page.getByRole("alertdialog", { name: "Suspend room-499?" });
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Suspend" }).click();
      await dialog.getByRole("button", { name: "Suspend it" }).click();
      await textOf(state, /, suspended/);
      await page.getByRole("button", { name: "Resume" }).click();
      await textOf(state, /, running/);
      expect(wrongs).toEqual([]);
    } finally {
      await page.close();
      await chat.end();
    }
  },
  HANG,
);

inBrowser(
  "its policy lets nothing run but the page, and nothing be asked for but the program",
  async () => {
    const chat = await Chat.start();
    const { page } = await open(chat, 1280, "light");
    try {
      await page.getByText("Live").waitFor();
      const refused = await page.evaluate(`(async () => {
        const refused = [];
        const next = (act) => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
            refused.push(effectiveDirective);
            resolve();
          }, { once: true });
          act();
        });
        await next(() => document.body.append(Object.assign(document.createElement("script"), { textContent: "hacked = 1" })));
        await next(() => document.body.append(Object.assign(document.createElement("style"), { textContent: "*{color:red}" })));
        await next(() => { try { new Function("hacked = 2")(); } catch {} });
        await next(() => { document.body.setAttribute("onclick", "hacked = 3"); document.body.click(); });
        await next(() => void fetch("http://127.0.0.1:9/").catch(() => {}));
        await next(() => { new Image().src = "http://127.0.0.1:9/"; });
        return [...refused, typeof hacked];
      })()`);
      expect(refused).toEqual([
        "script-src-elem",
        "style-src-elem",
        "script-src",
        "script-src-attr",
        "connect-src",
        "img-src",
        "undefined",
      ]);
    } finally {
      await page.close();
      await chat.end();
    }
  },
  HANG,
);

const VIEWS = ["Overview", "Processes", "Trees", "Links", "Names", "Timers", "Trace", "Alarms"];

inBrowser(
  "is used by keyboard, in both schemes, wide and narrow",
  async () => {
    const chat = await Chat.start();
    try {
      for (const [width, scheme] of [
        [1280, "light"],
        [390, "dark"],
      ] as const) {
        const { page, wrongs } = await open(chat, width, scheme);
        await page.getByText("Live").waitFor();
        for (const view of VIEWS) {
          const link = page.getByRole("navigation").getByRole("link", { name: view });
          await link.focus();
          await page.keyboard.press("Enter");
          await page.getByRole("navigation").locator("[aria-current=page]", { hasText: view }).waitFor();
          await page.getByRole("heading", { level: 1 }).waitFor();
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
          expect(await link.evaluate(outline)).not.toBe("none");
          await picture(page, `${view.toLowerCase()}-${width}-${scheme}`);
        }

        // "/" goes to the search, the tab key from there to the rows, which the arrows go along.
        await goTo(page, "Processes");
        await page
          .getByRole("link", { name: /^<0\.\d+\.0>$/ })
          .first()
          .waitFor();
        await page.keyboard.press("/");
        await expect.poll(() => page.getByRole("searchbox").evaluate(hasFocus)).toBe(true);
        await page.keyboard.type("room-4");
        await textOf(page.locator(".title .muted"), /^111 of /);
        const rows = page.locator("tr[aria-rowindex]");
        while (!(await rows.first().evaluate(hasFocus))) await page.keyboard.press("Tab");
        await page.keyboard.press("ArrowDown");
        // The focus follows when the table has been drawn anew.
        await expect.poll(() => rows.nth(1).evaluate(hasFocus)).toBe(true);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: /^<0\.\d+\.0>$/ }).waitFor();

        // In a tree the arrows lead to parents and children.
        await goTo(page, "Trees");
        const roots = page.getByRole("treeitem", { level: 1 });
        await roots.first().waitFor();
        await roots.first().focus();
        await page.keyboard.press("ArrowRight");
        await expect.poll(() => page.getByRole("treeitem", { level: 2 }).first().evaluate(hasFocus)).toBe(true);
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        await expect.poll(() => roots.first().evaluate(hasFocus)).toBe(true);
        expect(wrongs).toEqual([]);
        await page.close();
      }
    } finally {
      await chat.end();
    }
  },
  HANG,
);

// What runs in the page: the types of a document are not those of this program.

/** In whatever shadow root it lies. */
function hasFocus(element: { getRootNode(): unknown }): boolean {
  return (element.getRootNode() as { readonly activeElement: unknown }).activeElement === element;
}

function outline(element: unknown): string {
  const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): { outlineStyle: string } };
  return getComputedStyle(element).outlineStyle;
}
