import { onTestFinished, test } from "bun:test";
import { failing, passing } from "./suite.mjs";

for (const [name, run] of Object.entries({ ...passing, ...failing })) test(name, () => run(onTestFinished));
