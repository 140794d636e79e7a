import { expect, test } from "vitest";
import { decode, encode, text } from "./eventStream";
import type { Ears, Recording } from "./microphone";
import { listenByTranscribe, NotTranscribed } from "./transcribe";

/** The service's end of a web socket: what it is sent, and what it says. */
class Service extends EventTarget {
  readyState: number = WebSocket.CONNECTING;
  binaryType = "";
  readonly sent: Uint8Array[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: ArrayBuffer }) => void = () => undefined;
  onerror: () => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;

  send(frame: Uint8Array): void {
    this.sent.push(decode(frame).payload);
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
  }

  accept(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen();
  }

  says(words: string, id: string, partial: boolean): void {
    const results = [{ ResultId: id, IsPartial: partial, Alternatives: [{ Transcript: words }] }];
    this.frame({ ":message-type": "event" }, { Transcript: { Results: results } });
  }

  frame(headers: Record<string, string>, body: unknown): void {
    const payload = new TextEncoder().encode(JSON.stringify(body));
    this.onmessage({ data: encode({ headers, payload }).buffer });
  }

  get bytes(): number {
    return this.sent.reduce((sum, piece) => sum + piece.length, 0);
  }
}

class Booth {
  readonly services: Service[] = [];
  readonly words: string[] = [];
  ears: Ears = { onLevel: () => undefined };
  addresses = 0;

  readonly open = async (ears: Ears): Promise<Recording> => {
    this.ears = ears;
    return { stop: async () => new Blob(), cancel: () => undefined };
  };

  begin() {
    const listen = listenByTranscribe(
      this.open,
      async () => ({ url: `wss://transcribe.test/${(this.addresses += 1)}`, sample_rate_hz: 16_000 }),
      () => {
        const service = new Service();
        this.services.push(service);
        return service as unknown as WebSocket;
      },
    );
    return listen({ onLevel: () => undefined, onWords: (words) => this.words.push(words) });
  }

  speak(seconds: number): void {
    this.ears.onSamples?.(new Float32Array(48_000 * seconds).fill(0.1), 48_000);
  }
}

const settled = () => new Promise((done) => setTimeout(done));

test("sound goes out while one speaks, and the words come back", async () => {
  const booth = new Booth();
  const listening = await booth.begin();
  await settled();
  const [service] = booth.services;
  service!.accept();

  booth.speak(1);
  service!.says("why did", "r1", true);
  service!.says("Why did the inspector", "r1", false);
  const finished = listening.finish();
  await settled();
  service!.says("stop?", "r2", false);
  service!.onclose({ code: 1000 });

  expect(await finished).toBe("Why did the inspector stop?");
  expect(booth.words).toEqual(["why did", "Why did the inspector", "Why did the inspector stop?"]);
  expect(service!.bytes).toBe(32_000);
  expect(service!.sent.at(-1)).toHaveLength(0);
});

test("no piece of sound is larger than the service takes", async () => {
  const booth = new Booth();
  await booth.begin();
  await settled();

  booth.speak(5);
  booth.services[0]!.accept();

  expect(Math.max(...booth.services[0]!.sent.map((piece) => piece.length))).toBeLessThanOrEqual(32_000);
  expect(booth.services[0]!.bytes).toBe(160_000);
});

test("a connection that breaks loses nothing: the second try sends all of it", async () => {
  const booth = new Booth();
  const listening = await booth.begin();
  await settled();
  booth.services[0]!.accept();
  booth.speak(1);

  booth.services[0]!.onclose({ code: 1006 });
  booth.speak(1);
  const again = listening.finish();
  await settled();
  booth.services[1]!.accept();
  booth.services[1]!.says("Both seconds", "r1", false);
  booth.services[1]!.onclose({ code: 1000 });

  expect(await again).toBe("Both seconds");
  expect(booth.services[1]!.bytes).toBe(64_000);
  expect(booth.addresses).toBe(2);
});

test("the service's own reason is passed on", async () => {
  const booth = new Booth();
  const listening = await booth.begin();
  await settled();
  const [service] = booth.services;
  service!.accept();

  const finished = listening.finish();
  await settled();
  service!.frame(
    { ":message-type": "exception", ":exception-type": "LimitExceededException" },
    { Message: "Too many streams." },
  );

  await expect(finished).rejects.toThrow(new NotTranscribed("Too many streams."));
});

test("garbled bytes are a failure, not words", async () => {
  const booth = new Booth();
  const listening = await booth.begin();
  await settled();
  booth.services[0]!.accept();

  const finished = listening.finish();
  await settled();
  booth.services[0]!.onmessage({ data: new Uint8Array([1, 2, 3]).buffer });

  await expect(finished).rejects.toThrow("cut off");
});

test("text of a frame is UTF-8", () => {
  expect(text(new TextEncoder().encode("冷冻"))).toBe("冷冻");
});
