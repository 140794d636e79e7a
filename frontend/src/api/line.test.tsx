import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { line } from "../../dev/samples";
import { json, problem, wire } from "../test/wire";
import { tagReader, useLine } from "./line";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const LINE = "GET /api/lines/line-1";
const EVENTS = "GET /api/lines/line-1/events";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => vi.useRealTimers());

const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));
const encoder = new TextEncoder();

/** A stream that a test writes into. */
function stream() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return {
    response: () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }),
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    cut: () => controller?.error(new TypeError("network error")),
  };
}

test("an unchanged line is not sent again", async () => {
  const server = wire({ [LINE]: () => json(line(NOW), 200, { ETag: '"one"' }) });
  const read = tagReader();
  const first = await read("line-1", new AbortController().signal);

  server.say(LINE, (request) =>
    request.headers.get("If-None-Match") === '"one"' ? new Response(null, { status: 304 }) : problem(400, "no tag came along"),
  );
  const second = await read("line-1", new AbortController().signal);

  expect(second).toBe(first);
});

test("another line is asked for without the tag of the one before", async () => {
  const server = wire({ [LINE]: () => json(line(NOW), 200, { ETag: '"one"' }) });
  const read = tagReader();
  await read("line-1", new AbortController().signal);

  await read("line-2", new AbortController().signal);

  expect(server.requests.at(-1)?.headers.get("If-None-Match")).toBeNull();
});

test("ages are reckoned by the server's clock", async () => {
  wire({ [LINE]: () => json(line(NOW + 3_600_000)) });

  const { aheadMs } = await tagReader()("line-1", new AbortController().signal);

  expect(aheadMs).toBe(3_600_000);
});

test("where nothing is streamed, the line is asked for every two seconds, and no stream is", async () => {
  const server = wire({ [EVENTS]: () => problem(404, "the line is not streamed here") });
  const { result } = renderHook(() => useLine("line-1", false));

  await pass(6.5);

  expect(server.asked.filter((one) => one === LINE)).toHaveLength(4);
  expect(server.asked.filter((one) => one === EVENTS)).toHaveLength(0);
  expect(result.current.data?.line.id).toBe("line-1");
});

test("a stream that is refused is not asked for again", async () => {
  const server = wire({ [EVENTS]: () => problem(404, "the line is not streamed here") });
  renderHook(() => useLine("line-1", true));

  await pass(6.5);

  expect(server.asked.filter((one) => one === EVENTS)).toHaveLength(1);
});

test("a streamed line is not asked for besides, and a comment keeps it current", async () => {
  const open = stream();
  const server = wire({ [EVENTS]: open.response });
  const { result } = renderHook(() => useLine("line-1", true));
  await pass(0);
  open.write(`event: line\ndata: ${JSON.stringify({ ...line(NOW), name: "Streamed" })}\n\n`);
  await pass(0);
  const asked = server.asked.length;

  await pass(10);
  open.write(": nothing new\n\n");
  await pass(0);

  expect(result.current.data?.line.name).toBe("Streamed");
  expect(result.current.readAt).toBe(NOW + 10_000);
  expect(server.asked).toHaveLength(asked);
});

test("a stream that is cut falls back to asking, and is opened again", async () => {
  const open = stream();
  const server = wire({ [EVENTS]: open.response });
  renderHook(() => useLine("line-1", true));
  await pass(0);
  open.write(`event: line\ndata: ${JSON.stringify(line(NOW))}\n\n`);
  await pass(0);
  const before = server.asked.length;

  open.cut();
  await pass(1.5);

  expect(server.asked.slice(before)).toContain(LINE);
  expect(server.asked.slice(before)).toContain(EVENTS);
});
