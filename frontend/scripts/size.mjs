// Fails where the first load of a page is heavier than its budget. Counted is all that a browser fetches before the page
// stands: the entry, the page's own chunk, what both import (statically), Cloudscape's words, and all their styles.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const KIB = 1_024;
const MOST = { js: 320 * KIB, css: 100 * KIB };
const PAGES = {
  sign_in: [],
  line: ["src/line/LinePage.tsx"],
  "line, a machine chosen": ["src/line/LinePage.tsx", "src/line/Plot.tsx"],
  alarms: ["src/alarms/AlarmsPage.tsx"],
  ask: ["src/ask/AskPage.tsx"],
  commands: ["src/commands/CommandsPage.tsx"],
  inspections: ["src/inspections/InspectionsPage.tsx"],
  handover: ["src/handover/HandoverPage.tsx"],
  releases: ["src/releases/ReleasesPage.tsx"],
  reviews: ["src/reviews/ReviewsPage.tsx"],
  accounts: ["src/session/AccountsPage.tsx"],
};
/** The heaviest of the three languages. */
const WORDS = "all.de";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
const weights = new Map();

function weightOf(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(dist + file), { level: 9 }).length);
  return weights.get(file);
}

/** The files of a chunk and of everything that it imports. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}`);
  if (seen.has(key)) return [];
  seen.add(key);
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((next) => filesOf(next, seen))];
}

function firstLoad(pages) {
  const words = Object.keys(manifest).find((key) => key.includes(WORDS));
  const files = new Set(["index.html", words, ...pages].flatMap((key) => filesOf(key)));
  const sum = (ending) => [...files].filter((file) => file.endsWith(ending)).reduce((total, file) => total + weightOf(file), 0);
  return { js: sum(".js"), css: sum(".css") };
}

let tooHeavy = false;
console.log(`first load, gzipped, KiB          JS (at most ${MOST.js / KIB})   CSS (at most ${MOST.css / KIB})`);
for (const [page, keys] of Object.entries(PAGES)) {
  const load = firstLoad(keys);
  const over = load.js > MOST.js || load.css > MOST.css;
  tooHeavy ||= over;
  console.log(`${page.padEnd(28)} ${(load.js / KIB).toFixed(1).padStart(12)} ${(load.css / KIB).toFixed(1).padStart(22)}${over ? "   too heavy" : ""}`);
}
process.exit(tooHeavy ? 1 : 0);
