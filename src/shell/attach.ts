import process from "node:process";

/** Tells how the observer at a URL is. */
export async function attach(url: URL): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: "manual" });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    console.error(`beamlet: nobody answers at ${url.origin} (${cause?.code ?? error})`);
    process.exitCode = 1;
    return;
  }
  await response.body?.cancel();
  if (!response.ok) {
    console.error(
      `beamlet: ${url.origin} refuses, with status ${response.status}: is the token in the URL the program's?`,
    );
    process.exitCode = 1;
    return;
  }
  console.log(`the observer answers: open ${url.href}`);
}
