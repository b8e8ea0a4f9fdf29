// The observer's page, with its libraries and styles, in two forms, both embedded by src/observer:
//
//   build/observer-page.ts   the document, as text, and the content-security policy that lets it run and nothing else
//   build/observer-view.js   the module that shows the page in an element of a browser program
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { isStale } from "./stale.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** A style sheet is the text that is put into a CSSStyleSheet. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), {
        loader: "css",
        minify: true,
        target: "chrome111",
      });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const inputs = ["src/observer/page", "src/observer/wire-source.ts", "scripts/build-page.mjs", "package-lock.json"];
const outputs = ["build/observer-page.ts", "build/observer-view.js", "build/observer-view.d.ts"];
if (isStale(outputs, inputs)) {
  mkdirSync("build", { recursive: true });
  const script = await bundle("src/observer/page/main.ts");
  // The page's own styles come in a sheet that the script adopts; these are for the document around it.
  const style = "html,body,#observer{height:100%;margin:0}html{color-scheme:light dark;background:Canvas}";
  const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#3a5bc7"/><g fill="#fff"><circle cx="12" cy="6.6" r="2.3"/><circle cx="7" cy="17" r="2"/><circle cx="17" cy="17" r="2"/></g><path d="M12 8.6v2.6M7 15.2v-1.6c0-1.4 1-2.4 2.4-2.4h5.2c1.4 0 2.4 1 2.4 2.4v1.6" fill="none" stroke="#fff" stroke-width="1.7"/></svg>`;
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Beamlet observer</title>',
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`,
    `<style>${style}</style></head><body><div id="observer"></div><script type="module">${script}</script></body></html>`,
  ].join("");
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  writeFileSync(
    "build/observer-page.ts",
    `// Made by scripts/build-page.mjs from src/observer/page/.\n` +
      `export const html: string = ${JSON.stringify(html)};\nexport const policy: string = ${JSON.stringify(policy)};\n`,
  );
  writeFileSync("build/observer-view.js", await bundle("src/observer/page/view.tsx"));
  writeFileSync(
    "build/observer-view.d.ts",
    `import type { View } from "../src/observer/protocol.ts";\nexport declare const view: View;\n`,
  );
}

/** One module without imports. */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    // What Markup would take for its own stays escaped.
    charset: "ascii",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [styles],
  });
  return outputFiles[0].text.trim();
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
