// Writes src/api/schema.d.ts from openapi.json; with --check it only says whether the two still agree.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const made = execFileSync(process.execPath, [here("openapi/generate.mjs"), here("openapi.json")], { encoding: "utf8" });
const kept = here("src/api/schema.d.ts");

if (!process.argv.includes("--check")) {
  writeFileSync(kept, made);
} else if (readFileSync(kept, "utf8") !== made) {
  console.error("src/api/schema.d.ts is not what openapi.json makes: run `npm run client` and commit it");
  process.exit(1);
}
