import { vi } from "vitest";
import { type Answer, answer } from "../../dev/mock-api";

/** What the server says to `METHOD /path`: an answer, or null for nobody there. */
export type Said = (request: Request) => Response | Promise<Response> | null;

interface Wire {
  /** Every request so far, oldest first, as `GET /api/alarms?line=x`. */
  asked: string[];
  requests: Request[];
  /** From now on the server says this instead. */
  say: (what: string, said: Said) => void;
}

/** The wire with the drawing board's server behind it; `said` overrides single routes, without their query. */
export function wire(said: Record<string, Said> = {}): Wire {
  const overrides = new Map(Object.entries(said));
  const known: Wire = { asked: [], requests: [], say: (what, one) => void overrides.set(what, one) };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search, searchParams } = new URL(request.url);
    known.asked.push(`${request.method} ${pathname}${search}`);
    known.requests.push(request);
    request.signal?.throwIfAborted();
    const override = overrides.get(`${request.method} ${pathname}`);
    if (override) return (await override(request.clone())) ?? gone();
    const text = await request.clone().text();
    return responseOf(answer({ method: request.method, path: pathname, query: searchParams, body: request.headers.get("Content-Type")?.includes("json") && text ? JSON.parse(text) : undefined }));
  });
  return known;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

export function problem(status: number, detail: string): Response {
  return Response.json({ type: "about:blank", title: "", status, detail }, { status, headers: { "Content-Type": "application/problem+json" } });
}

function gone(): never {
  throw new TypeError("Failed to fetch");
}

function responseOf({ status, json: body, headers, png }: Answer): Response {
  if (png) return new Response(Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0)), { status, headers: { "Content-Type": "image/png" } });
  const bodiless = status === 204 || status === 304;
  return new Response(bodiless ? null : JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}
