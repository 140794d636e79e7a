// Serves the built console (dist/) and a mock of its API at http://127.0.0.1:8766. `npm run build && npm run mock`.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer as createVite } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const port = Number(process.env.PORT ?? 8766);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const SECURITY = {
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
};
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const vite = await createVite({ root, server: { middlewareMode: true, hmr: false, ws: false }, appType: "custom", logLevel: "error" });
const { answer } = await vite.ssrLoadModule("/dev/mock-api.ts");

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  if (pathname.startsWith("/api/")) await sendAnswer(request, response, pathname, searchParams);
  else sendFile(response, pathname);
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));

async function sendAnswer(request, response, path, query) {
  const text = await textOf(request);
  const body = request.headers["content-type"]?.includes("json") && text ? JSON.parse(text) : undefined;
  const { status, json, headers, events, png } = answer({ method: request.method, path, query, body });
  if (events) {
    response.writeHead(status, { "Content-Type": "text/event-stream", ...SECURITY });
    for (const { event, data } of events) {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      await pause(60);
    }
    response.end();
    return;
  }
  if (png) {
    response.writeHead(status, { "Content-Type": "image/png", ...SECURITY });
    response.end(Buffer.from(png, "base64"));
    return;
  }
  response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers, ...SECURITY });
  response.end(json === undefined ? "" : JSON.stringify(json));
}

/** A file of dist/, else its index.html: every address of the console is answered by the one page. */
function sendFile(response, pathname) {
  const wanted = join(root, "dist", normalize(pathname));
  const file = extname(wanted) && existsSync(wanted) ? wanted : join(root, "dist/index.html");
  response.writeHead(200, { "Content-Type": `${TYPES[extname(file)] ?? "application/octet-stream"}; charset=utf-8`, ...SECURITY });
  createReadStream(file).pipe(response);
}

async function textOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
