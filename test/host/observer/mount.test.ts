import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright";
import { expect, test } from "vitest";
import { chromiumPath } from "./chat.ts";

const executablePath = chromiumPath();
const inBrowser = test.runIf(executablePath !== undefined);
const HANG = 240_000;

/** A program in a page: it has styles of its own, and shows the observer in a corner. */
const PROGRAM = `
  import { GenServer, Registry, register, receive, spawn } from "beamlet";
  import { mount } from "beamlet/observer";
  const Counter = GenServer.define({ name: "Counter", init: () => 41, casts: { inc: (n) => n + 1 } });
  await Counter.startLink({ name: "counter" });
  await Registry.startLink({ keys: "unique", name: "rooms" });
  register(spawn(function* idle(self) {
    Registry.register("rooms", ["den", 1], "cosy");
    yield* self.receive();
  }), "idler");
  const unmount = await mount(document.querySelector("#corner"));
  document.querySelector("button").onclick = unmount;
`;
const DOCUMENT = `<!doctype html><meta charset="utf-8"><title>A program</title>
  <style>h1 { color: rgb(255, 0, 0) } #corner { width: 900px; height: 600px }</style>
  <h1>A program</h1><button>Away</button><div id="corner"></div><script type="module" src="program.js"></script>`;

inBrowser(
  "mount shows the page in an element of a browser program, and leaves the rest of the document alone",
  async () => {
    const bundle = await build({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL("../../..", import.meta.url)) },
      alias: { beamlet: "./dist/index.js", "beamlet/observer": "./dist/observer.js" },
      absWorkingDir: fileURLToPath(new URL("../../..", import.meta.url)),
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      external: ["node:*"],
    });
    const server = createServer(({ url }, response) => {
      const isProgram = url === "/program.js";
      response.writeHead(200, { "content-type": isProgram ? "text/javascript" : "text/html" });
      response.end(isProgram ? bundle.outputFiles[0]?.text : DOCUMENT);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({
      executablePath: executablePath as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
      page.setDefaultTimeout(HANG);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error.stack)));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const corner = page.locator("#corner");
      await corner.getByRole("region", { name: "Processes: 5" }).waitFor();
      const address = page.url();

      // Its way about is its own, and so are its styles.
      await corner.getByRole("link", { name: "Names" }).first().click();
      await corner.getByRole("table", { name: "Names" }).getByText("idler", { exact: true }).waitFor();
      expect(page.url()).toBe(address);
      expect(await corner.locator("h1").evaluate(color)).not.toBe("rgb(255, 0, 0)");
      expect(await page.locator("body > h1").evaluate(color)).toBe("rgb(255, 0, 0)");

      const list = corner.getByRole("combobox", { name: "Names of" });
      await list.selectOption({ label: "rooms: 1 unique" });
      const row = corner.getByRole("table", { name: "Names" }).locator("tr", { hasText: '["den", 1]' });
      await row.getByText('"cosy"').waitFor();
      await corner.getByRole("searchbox").fill("hall");
      await corner.getByText("No such key").waitFor();
      await corner.getByRole("searchbox").fill("");
      await row.waitFor();
      await list.selectOption({ label: "registered processes" });

      await corner.getByRole("table", { name: "Names" }).getByText("counter", { exact: true }).click();
      await corner.getByRole("heading", { level: 1, name: /^<0\.\d+\.0>$/ }).waitFor();
      await corner.locator("pre", { hasText: /^41$/ }).waitFor();

      await page.getByRole("button", { name: "Away" }).click();
      await corner.getByRole("heading").first().waitFor({ state: "detached" });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  },
  HANG,
);

function color(element: unknown): string {
  const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): { color: string } };
  return getComputedStyle(element).color;
}
