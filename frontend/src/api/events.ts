import { send } from "./client";
import { failureOf } from "./failure";

/** One server-sent event. `event` is `message` where the server named none. */
export interface ServerEvent {
  event: string;
  data: string;
  id: string;
}

/** Server-sent events out of text that arrives in pieces cut anywhere, as the HTML standard reads them. */
export class EventParser {
  #rest = "";
  #atStart = true;
  #event = "";
  #data: string[] = [];
  #id = "";

  /** The events that this piece completes. A carriage return at its end waits for what follows. */
  feed(piece: string): ServerEvent[] {
    this.#rest += this.#atStart ? piece.replace(/^\uFEFF/, "") : piece;
    if (piece) this.#atStart = false;
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerEvent[] {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return [];
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  #dispatch(): ServerEvent[] {
    const complete = { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    const nothing = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return nothing ? [] : [complete];
  }
}

/**
 * Events out of the bytes of a response. An event that the end of the stream cuts off is not given: the caller sees
 * the stream end without the last event that it waits for.
 */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onHeard: () => void = () => undefined,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const text = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- the next piece can only be read after this one
      const { done, value } = await reader.read();
      if (done) return;
      onHeard();
      yield* parser.feed(text.decode(value, { stream: true }));
    }
  } finally {
    // Also reached when the consumer stops early: the server must see that nobody listens any more.
    await reader.cancel().catch(() => undefined);
  }
}

interface Opening {
  method?: "GET" | "POST";
  body?: unknown;
  signal?: AbortSignal;
  /** Called for whatever arrives, comments included: the server is there, even if it has nothing to say. */
  onHeard?: () => void;
}

/**
 * Opens a stream of server-sent events. Throws a Failure if the server refuses or is not reached, and an AbortError
 * when `signal` aborts. Not EventSource: that can neither POST nor carry a token, and it never gives a 401's reason.
 */
export async function* openEvents(
  path: string,
  { method = "GET", body, signal, onHeard }: Opening,
): AsyncGenerator<ServerEvent> {
  const response = await send(
    new Request(new URL(path, globalThis.location.origin), {
      method,
      signal: signal ?? null,
      credentials: "same-origin",
      cache: "no-store",
      headers: { Accept: "text/event-stream", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => undefined));
  if (!isEventStream(response) || !response.body) throw failureOf(406, { detail: "the server does not stream here" });
  yield* eventsOf(response.body, onHeard);
}

function isEventStream(response: Response): boolean {
  return (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
}
