// The page that is served where none was built into the package: it says so, and nothing else.

export const html: string =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Beamlet observer</title></head>' +
  "<body><main><h1>Beamlet observer</h1><p>The page has not been built: run <code>npm run build</code>.</p></main></body></html>";

export const policy: string = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
