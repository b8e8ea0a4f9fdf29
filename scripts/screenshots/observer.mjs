// docs/images/observer.png: the observer's page, two minutes into examples/observed-chat.ts. Needs Chromium, and npm run build.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));

const chat = spawn(process.execPath, ["scripts/run-ts.mjs", "examples/observed-chat.ts"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const url = await new Promise((resolve) => createInterface({ input: chat.stdout }).once("line", resolve));
  // The charts show so much.
  await sleep(125_000);
  const page = await browser.newPage({ viewport: { width: 1280, height: 568 }, colorScheme: "light" });
  await page.goto(url);
  await page.getByText("Longest mailboxes").waitFor();
  await sleep(2000);
  mkdirSync("docs/images", { recursive: true });
  await page.screenshot({ path: "docs/images/observer.png" });
} finally {
  await browser.close();
  chat.kill();
}
