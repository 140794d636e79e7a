// Draws 5,000 live points in Chromium and prints how long an update takes to its frame: `npm run bench`.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const BROWSER = process.env.CHROMIUM ?? "chromium";
const PATIENCE_MS = 60_000;

let done;
const answered = new Promise((resolve, reject) => {
  done = resolve;
  setTimeout(() => reject(new Error(`no result within ${PATIENCE_MS / 1_000} s; is ${BROWSER} there?`)), PATIENCE_MS).unref();
});
const hearsTheResult = {
  name: "hears-the-result",
  configureServer({ middlewares }) {
    middlewares.use("/bench-result", (request, response) => {
      let text = "";
      request.on("data", (piece) => (text += piece));
      request.on("end", () => (response.end(), done(text)));
    });
  },
};
const server = await createServer({
  root: fileURLToPath(new URL("..", import.meta.url)),
  server: { port: 0, hmr: false },
  plugins: [hearsTheResult],
  logLevel: "error",
});
await server.listen();
const address = `${server.resolvedUrls.local[0]}dev/bench.html`;
const profile = mkdtempSync(join(tmpdir(), "lineside-bench-"));
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`, "--remote-debugging-port=0"];
const browser = spawn(BROWSER, [...flags, address], { stdio: "ignore" });
browser.on("error", (error) => (console.error(error.message), process.exit(1)));
try {
  console.log(await answered);
} finally {
  browser.kill();
  await server.close();
}
process.exit(0);
