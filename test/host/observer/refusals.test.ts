import { request } from "node:http";
import { connect } from "node:net";
import { observe } from "beamlet/observer";
import { expect, onTestFinished, test } from "vitest";
import { ownRuntime } from "../../semantics/support/own-runtime.ts";

// A hostile page can't read the observer, nor make it do anything.

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

async function observed() {
  const { runtime } = ownRuntime({ clock: undefined as never });
  const observer = await observe(runtime);
  onTestFinished(() => observer.close());
  const url = new URL(observer.url);
  const path = url.pathname;
  const ask = (
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port: url.port, method, path: target, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
          // A stream has no end of its own.
          if (target.endsWith("/stream")) response.destroy();
        });
        response.on("close", () =>
          resolve({ status: response.statusCode as number, headers: response.headers, body: text }),
        );
      });
      asked.on("error", reject);
      asked.end(body);
    });
  const json = { "content-type": "application/json" };
  const call = JSON.stringify({ kind: "request", name: "program", params: {} });
  return { runtime, observer, url, path, ask, json, call };
}

test("whoever has the URL gets the page, and may ask", async () => {
  const { path, ask, json, call } = await observed();
  const page = await ask("GET", path);
  expect(page.status).toBe(200);
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.body).toContain("Beamlet observer");
  const answered = await ask("POST", `${path}call`, json, call);
  expect(JSON.parse(answered.body)).toMatchObject({ ok: true, answer: { node: "nonode@nohost" } });
});

test("a wrong token is refused, whatever is asked for", async () => {
  const { path, ask, json, call } = await observed();
  const token = path.slice(1, -1);
  const other = token.replace(/^./, (first) => (first === "A" ? "B" : "A"));
  for (const wrong of [
    other,
    token.slice(1),
    `${token}A`,
    "",
    token.toLowerCase().toUpperCase(),
    "..",
    `%2e/${token}`,
  ]) {
    for (const [method, what, body] of [
      ["GET", "", undefined],
      ["POST", "call", call],
      ["POST", "stream", "{}"],
    ] as const) {
      const answered = await ask(method, `/${wrong}/${what}`, method === "POST" ? json : {}, body);
      expect(answered.status, `/${wrong}/${what}`).toBe(403);
      expect(answered.body).not.toContain(token);
    }
  }
});

test("a request of another origin is refused, even with the token", async () => {
  const { url, path, ask, json, call } = await observed();
  const origins = [
    "http://evil.example",
    "null",
    "https://127.0.0.1",
    `http://127.0.0.1:${Number(url.port) + 1}`,
    `http://localhost:${url.port}`,
  ];
  for (const origin of origins) {
    for (const what of ["call", "stream"]) {
      const answered = await ask("POST", path + what, { ...json, origin, host: url.host }, call);
      expect(answered.status, origin).toBe(403);
    }
  }
  const own = await ask("POST", `${path}call`, { ...json, origin: `http://${url.host}`, host: url.host }, call);
  expect(own.status).toBe(200);
});

test("a page of another site may not be a page that asks, says the browser, and is refused", async () => {
  const { path, ask, json, call } = await observed();
  for (const site of ["cross-site", "same-site"]) {
    const answered = await ask("POST", `${path}call`, { ...json, "sec-fetch-site": site }, call);
    expect(answered.status).toBe(403);
    const framed = await ask("GET", path, { "sec-fetch-site": site, "sec-fetch-dest": "iframe" });
    expect(framed.status).toBe(403);
  }
  // A link to the page itself may be followed.
  const followed = await ask("GET", path, { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" });
  expect(followed.status).toBe(200);
});

test("a request with the host name of somebody else is refused: a name that was rebound", async () => {
  const { url, path, ask, json, call } = await observed();
  const names = [
    "evil.example",
    `evil.example:${url.port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
  ];
  for (const host of names) {
    expect((await ask("GET", path, { host })).status, host).toBe(403);
    expect((await ask("POST", `${path}call`, { ...json, host, origin: `http://${host}` }, call)).status, host).toBe(
      403,
    );
  }
  for (const host of ["localhost", `localhost:${url.port}`, "127.0.0.1", "[::1]:8080"]) {
    expect((await ask("GET", path, { host })).status, host).toBe(200);
  }
});

test("names that were allowed are answered", async () => {
  const { runtime } = ownRuntime();
  const observer = await observe(runtime, { hosts: ["box.example"], token: "a-token-of-my-own" });
  onTestFinished(() => observer.close());
  expect(observer.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a-token-of-my-own\/$/);
  const { port } = new URL(observer.url);
  const status = (host: string) =>
    new Promise((resolve) => {
      request({ host: "127.0.0.1", port, path: "/a-token-of-my-own/", headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
  expect(await status("box.example:80")).toBe(200);
  expect(await status("fox.example:80")).toBe(403);
});

test("a WebSocket is refused, with whatever token and origin", async () => {
  const { url, path } = await observed();
  for (const target of [path, `${path}stream`, "/"]) {
    for (const origin of ["http://evil.example", `http://${url.host}`]) {
      const heard = await new Promise<string>((resolve, reject) => {
        let text = "";
        const socket = connect(Number(url.port), "127.0.0.1", () => {
          socket.write(
            `GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
          );
        });
        socket.on("data", (chunk) => {
          text += String(chunk);
        });
        socket.on("close", () => resolve(text));
        socket.on("error", reject);
      });
      expect(heard).toMatch(/^HTTP\/1\.1 403 /);
      expect(heard).not.toContain("101");
    }
  }
});

test("what a form or a simple request of a page can send is no call", async () => {
  const { path, ask, call } = await observed();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    expect((await ask("POST", `${path}call`, { "content-type": type }, call)).status).toBe(415);
  }
  expect((await ask("POST", `${path}call`, {}, call)).status).toBe(415);
  expect((await ask("GET", `${path}call`)).status).toBe(405);
  expect((await ask("OPTIONS", `${path}call`, { origin: "http://evil.example" })).status).toBe(403);
});

test("no answer lets another page read, frame, sniff or keep it", async () => {
  const { path, ask, json, call } = await observed();
  const answers = [
    await ask("GET", path),
    await ask("POST", `${path}call`, json, call),
    await ask("POST", `${path}stream`, json, "{}"),
    await ask("GET", "/wrong/"),
  ];
  for (const { headers } of answers) {
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["cache-control"]).toBe("no-store");
  }
  const policy = String(answers[0]?.headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test("what is too long is not read to its end", async () => {
  const { path, ask, json } = await observed();
  const long = await ask("POST", `${path}call`, json, `{"kind":"request","name":"${"x".repeat(100_000)}"}`);
  expect(long.status).toBe(413);
});

test("a call that is none is answered, and harms nobody", async () => {
  const { path, ask, json } = await observed();
  const bad = [
    "",
    "null",
    "{",
    "[]",
    "1",
    '{"kind":"request","name":"toString","params":{}}',
    '{"kind":"request","name":"kill","params":null}',
    '{"kind":"request","name":"kill","params":{"pid":"#PID<0.99.0>"}}',
    '{"kind":"request","name":"startTrace","params":{"events":["everything"]}}',
    '{"kind":"subscribe","session":"1","id":1,"topic":"overview","query":{}}',
  ];
  for (const body of bad) {
    const answered = await ask("POST", `${path}call`, json, body);
    expect(answered.status, body).toBe(200);
    expect(JSON.parse(answered.body), body).toMatchObject({ ok: false, message: expect.any(String) });
  }
});

test("it listens on the loopback, and on nothing else, unless told otherwise", async () => {
  const { observer, url } = await observed();
  expect(url.hostname).toBe("127.0.0.1");
  await observer.close();
  const refused = await fetch(observer.url).then(
    () => "answered",
    () => "refused",
  );
  expect(refused).toBe("refused");
});

test("an option that is none is an error that says which", async () => {
  const { runtime } = ownRuntime();
  await expect(observe(runtime, { port: 65_536 })).rejects.toThrow("observe: expected 0 to 65535 as port, got 65536");
  await expect(observe(runtime, { token: "short" })).rejects.toThrow("as token");
  await expect(observe(runtime, { host: "" })).rejects.toThrow("as host");
  await expect(observe(runtime, { interval: 1 })).rejects.toThrow("as interval");
});
