/** Amazon Transcribe streaming over a signed web socket. */
import { decode, encode, text } from "./eventStream";
import { hear, wordsOf, type Heard, type TranscribeResult } from "./heard";
import type { Listen } from "./listener";
import type { OpenMicrophone } from "./microphone";
import { Resampler, toPcm16 } from "./pcm";

export interface Address {
  url: string;
  sample_rate_hz: number;
}

/** Asked anew for every recording: an address is good for five minutes and for one stream. */
export type AskAddress = (sampleRateHz: number) => Promise<Address>;
export type OpenSocket = (url: string) => WebSocket;

/** The service has said why it cannot; the sentence is its own. */
export class NotTranscribed extends Error {}

const RATE_HZ = 16_000;
/** 100 ms of speech; the service takes 32 KB at most at once. */
const CHUNK_BYTES = RATE_HZ / 5;
const NORMAL_CLOSURE = 1000;
const LONGEST_SILENCE_MS = 15_000;

/** Sends while one speaks. If the connection breaks, the sound is kept and `finish` sends it all again. */
export function listenByTranscribe(
  open: OpenMicrophone,
  askAddress: AskAddress,
  openSocket: OpenSocket = (url) => new WebSocket(url),
): Listen {
  return async ({ onLevel, onWords }) => {
    const sound: Uint8Array[] = [];
    let resampler: Resampler | null = null;
    let transcript: Transcript | null = null;
    const begin = () => new Transcript(askAddress, openSocket, onWords, sound);
    const recording = await open({
      onLevel,
      onSamples: (samples, rateHz) => {
        resampler ??= new Resampler(rateHz, RATE_HZ);
        sound.push(toPcm16(resampler.push(samples)));
        transcript?.more();
      },
    });
    transcript = begin();
    return {
      finish: async () => {
        await recording.stop();
        if (transcript?.isBroken) transcript = begin();
        return (transcript as Transcript).end();
      },
      cancel: () => {
        recording.cancel();
        transcript?.abandon();
      },
    };
  };
}

/** One stream to the service: audio out, words back. */
class Transcript {
  isBroken = false;
  private heard: Heard = [];
  private sent = 0;
  private waiting: Uint8Array[] = [];
  private ended = false;
  private socket: WebSocket | null = null;
  private readonly over: Promise<string>;
  private settle!: { words: (words: string) => void; trouble: (why: Error) => void };

  constructor(
    askAddress: AskAddress,
    openSocket: OpenSocket,
    private readonly onWords: (words: string) => void,
    private readonly sound: readonly Uint8Array[],
  ) {
    this.over = new Promise((words, trouble) => (this.settle = { words, trouble }));
    // Whoever asks for the end hears of it; until then a break is no unhandled rejection.
    this.over.catch(() => undefined);
    askAddress(RATE_HZ).then(
      ({ url }) => this.connect(openSocket(url)),
      (error: unknown) => this.broke(error as Error),
    );
  }

  more(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.waiting.push(...this.sound.slice(this.sent));
    this.sent = this.sound.length;
    const bytes = this.waiting.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes >= CHUNK_BYTES || this.ended) this.flush();
  }

  end(): Promise<string> {
    this.ended = true;
    if (this.socket?.readyState === WebSocket.OPEN) this.finish();
    return this.over;
  }

  abandon(): void {
    this.settle.words("");
    this.socket?.close();
  }

  private connect(socket: WebSocket): void {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => (this.ended ? this.finish() : this.more());
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.receive(new Uint8Array(data));
    socket.onerror = () => this.broke(new NotTranscribed());
    socket.onclose = ({ code }) => this.closed(code === NORMAL_CLOSURE);
  }

  /** The service closes when it has told everything; before the end of the speech, or by accident, that is a break. */
  private closed(normally: boolean): void {
    if (this.ended && normally) this.settle.words(wordsOf(this.heard));
    else this.broke(new NotTranscribed());
  }

  private finish(): void {
    this.more();
    this.socket?.send(audioEvent(new Uint8Array(0)));
    setTimeout(() => this.broke(new NotTranscribed()), LONGEST_SILENCE_MS);
  }

  private flush(): void {
    for (const piece of pieces(this.waiting)) this.socket?.send(audioEvent(piece));
    this.waiting = [];
  }

  private receive(bytes: Uint8Array): void {
    try {
      const { headers, payload } = decode(bytes);
      const said: unknown = JSON.parse(text(payload) || "{}");
      if (headers[":message-type"] !== "event") throw new NotTranscribed((said as { Message?: string }).Message ?? "");
      this.heard = hear(this.heard, (said as TranscriptEvent).Transcript?.Results ?? []);
      this.onWords(wordsOf(this.heard));
    } catch (error) {
      this.broke(error as Error);
    }
  }

  private broke(why: Error): void {
    this.isBroken = true;
    this.settle.trouble(why);
    this.socket?.close();
  }
}

interface TranscriptEvent {
  Transcript?: { Results?: TranscribeResult[] };
}

export function audioEvent(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return encode({
    headers: {
      ":content-type": "application/octet-stream",
      ":event-type": "AudioEvent",
      ":message-type": "event",
    },
    payload,
  });
}

/** The same bytes in pieces that the service takes. */
function* pieces(waiting: readonly Uint8Array[]): Generator<Uint8Array> {
  const bytes = new Uint8Array(waiting.reduce((sum, piece) => sum + piece.length, 0));
  waiting.reduce((at, piece) => {
    bytes.set(piece, at);
    return at + piece.length;
  }, 0);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
