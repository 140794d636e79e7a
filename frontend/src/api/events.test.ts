import { expect, test, vi } from "vitest";
import { EventParser, eventsOf, openEvents } from "./events";

const encoder = new TextEncoder();

function stream(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      controller.close();
    },
  });
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("an event is the same wherever the network cuts it", () => {
  const text = 'event: token\r\ndata: {"text":"−21 °C"}\r\nid: 7\r\n\r\ndata: next\r\n\r\n';
  const whole = new EventParser().feed(text);

  for (let cut = 0; cut <= text.length; cut += 1) {
    const parser = new EventParser();
    expect([...parser.feed(text.slice(0, cut)), ...parser.feed(text.slice(cut))]).toEqual(whole);
  }
  expect(whole).toEqual([
    { event: "token", data: '{"text":"−21 °C"}', id: "7" },
    { event: "message", data: "next", id: "7" },
  ]);
});

test("a character cut in two by the network arrives whole", async () => {
  const bytes = encoder.encode("data: 冷\n\n");

  const events = await collected(eventsOf(stream(bytes.slice(0, 7), bytes.slice(7))));

  expect(events.map((one) => one.data)).toEqual(["冷"]);
});

test("a comment that keeps the line open is no event", () => {
  expect(new EventParser().feed(": still here\n\n:\n\ndata: x\n\n")).toHaveLength(1);
});

test("several data lines are one text", () => {
  expect(new EventParser().feed("data: one\ndata:  two\ndata\n\n")[0]?.data).toBe("one\n two\n");
});

test("line ends may be of any kind", () => {
  const kinds = ["\n", "\r\n", "\r"].map((end) => new EventParser().feed(`event: a${end}data: b${end}${end}data: c${end}${end}:${end}x`));

  for (const events of kinds) expect(events.map((one) => one.data)).toEqual(["b", "c"]);
});

test("an event without its end is not given", async () => {
  const events = await collected(eventsOf(stream("data: whole\n\n", "data: cut")));

  expect(events.map((one) => one.data)).toEqual(["whole"]);
});

test("who stops reading early closes the stream", async () => {
  let closed = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode("data: x\n\n")),
    cancel: () => void (closed = true),
  });

  for await (const _ of eventsOf(endless)) break;

  expect(closed).toBe(true);
});

test("a question is posted as JSON, and the answer read as events", async () => {
  const asked = vi.spyOn(globalThis, "fetch").mockResolvedValue(
    new Response(stream("event: done\ndata: {}\n\n"), { headers: { "Content-Type": "text/event-stream; charset=utf-8" } }),
  );

  const events = await collected(openEvents("/api/chat", { method: "POST", body: { question: "why?" } }));

  const request = asked.mock.calls[0]?.[0] as Request;
  expect(await request.json()).toEqual({ question: "why?" });
  expect(events.map((one) => one.event)).toEqual(["done"]);
});

test("a refusal gives the server's sentence", async () => {
  vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ detail: "too many questions; wait 10 s" }, { status: 429 }));

  const refused = collected(openEvents("/api/chat", { method: "POST", body: {} }));

  await expect(refused).rejects.toMatchObject({ status: 429, message: "Too many questions; wait 10 s." });
});

test("a server that is gone is said to be out of reach", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));

  await expect(collected(openEvents("/api/chat", {}))).rejects.toMatchObject({ status: 0, passing: true });
});
