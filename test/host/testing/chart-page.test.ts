import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { htmlChart, type RunEvent } from "beamlet/testing";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lateReply, pool } from "../../testing/chart/support/runs.ts";
import { Tape } from "../../testing/chart/support/tape.ts";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const absent = !existsSync(executablePath);
if (absent) console.log(`absent: ${executablePath}. Not run here: tests of the chart's page`);

let browser: Browser | undefined;
const folder = mkdtempSync(join(tmpdir(), "beamlet-chart-"));

beforeAll(async () => {
  if (absent && process.env["CI"] === "true") throw new Error(`expected Chromium at ${executablePath}`);
  if (!absent) browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens a chart as a file, and gathers what went wrong in it. */
async function open(events: readonly RunEvent[]): Promise<{ page: Page; wrong: string[] }> {
  const file = join(folder, "chart.html");
  writeFileSync(file, htmlChart(events));
  const page = await (browser as Browser).newPage({ viewport: { width: 1280, height: 800 } });
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => wrong.push(message.text()));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) wrong.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, wrong };
}

test.skipIf(absent)("the arrow keys go through a run, and show the whole of each event", async () => {
  const { page, wrong } = await open(lateReply());
  const place = () => page.textContent("#place");
  const whole = () => page.locator("#whole p").allTextContents();
  expect(await place()).toBe("17 events");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await place()).toBe("2 of 17 events");
  expect(await whole()).toEqual(["step 1, 0 ms", "client → bank", "spawns bank #PID<0.3.0>"]);
  expect(await page.locator("#events [aria-current=step]").count()).toBe(1);
  expect(await page.locator("svg .ahead").count()).toBe(15);
  await page.keyboard.press("End");
  expect(await whole()).toEqual(["step 7, 5000 ms", "client", "exits: ExpectationError: bert has 0, got 100"]);
  await page.keyboard.press("ArrowDown");
  expect(await place()).toBe("17 of 17 events");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  expect(await place()).toBe("1 of 17 events");
  await page.keyboard.press("Escape");
  expect(await place()).toBe("17 events");
  expect(await page.locator("svg .ahead").count()).toBe(0);
  expect(wrong).toEqual([]);
});

test.skipIf(absent)(
  "a search and the processes' buttons leave what they ask for, and stepping keeps to it",
  async () => {
    const { page, wrong } = await open(pool(6, 12));
    await page.keyboard.press("/");
    await page.keyboard.type(`"done"`);
    expect(await page.textContent("#place")).toBe("24 events");
    await page.getByRole("button", { name: "worker_3" }).click();
    expect(await page.textContent("#place")).toBe("2 events");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("#whole p").nth(2).textContent()).toBe(`["done", 8]`);
    expect(await page.locator("#events li:visible").count()).toBe(2);
    await page.keyboard.press("Escape");
    expect(await page.locator("#events li[hidden]").count()).toBe(0);
    expect(wrong).toEqual([]);
  },
);

test.skipIf(absent)(
  "a click on the chart chooses the event, and the chart is scrolled to one chosen in the list",
  async () => {
    const { page, wrong } = await open(pool(28, 30));
    await page.locator("svg .row.take .label").first().click();
    expect(await page.locator("#whole p").nth(2).textContent()).toMatch(/^takes /);
    await page.keyboard.press("End");
    await expect.poll(() => page.locator("svg .now .cross").evaluate(inView)).toBe(true);
    expect(await page.locator("#heads span", { hasText: "worker_28" }).count()).toBe(1);
    expect(wrong).toEqual([]);
  },
);

/** Runs in the page. */
// biome-ignore lint/suspicious/noExplicitAny: the page's elements are typed there alone
function inView(element: any): boolean {
  const box = element.getBoundingClientRect();
  const view = element.closest("#chart").getBoundingClientRect();
  return box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
}

test.skipIf(absent)("hostile messages are read, and do nothing", async () => {
  const evil = [
    `</script><script>alert(1)</script>`,
    `<img src=x onerror=alert(2)>`,
    `" onload="alert(3)`,
    `<svg/onload=alert(4)>`,
    `]]><!--`,
    `javascript:alert(5)`,
    "\u202e\u0000\ud800",
    "<style>*{display:none}</style>",
  ];
  const tape = new Tape();
  const a = tape.spawn(`</title><script>alert(6)</script>`);
  tape.add({ kind: "register", pid: a, name: `"><script>alert(7)</script>` });
  tape.run(a);
  for (const message of evil) tape.take(tape.send(a, message));
  tape.add({ kind: "failure", pid: a, text: evil.join("\n") });
  const { page, wrong } = await open(tape.events);
  const texts: (string | null)[] = [];
  for (let i = 0; i < evil.length * 2 + 2; i++) {
    await page.keyboard.press("ArrowDown");
    texts.push(await page.locator("#whole p").nth(2).textContent());
  }
  expect(texts).toContain("<img src=x onerror=alert(2)>");
  expect(texts).toContain("\\u{202e}\\u{0}\\u{d800}");
  expect(await page.locator("script").count()).toBe(1);
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.locator("#events").isVisible()).toBe(true);
  expect(wrong).toEqual([]);
});
