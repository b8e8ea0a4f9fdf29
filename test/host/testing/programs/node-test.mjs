import { test } from "node:test";
import { failing, passing } from "./suite.mjs";

for (const [name, run] of Object.entries({ ...passing, ...failing })) test(name, run);
