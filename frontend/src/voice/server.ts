import { answerOf, client, send } from "../api/client";
import { failureOf } from "../api/failure";
import type { components } from "../api/schema";
import type { Language } from "../api/types";
import type { Address } from "./transcribe";

export type VoiceSetting = components["schemas"]["VoiceView"];

export function readVoice(signal?: AbortSignal): Promise<VoiceSetting> {
  return answerOf(client.GET("/api/voice", { signal }));
}

/** The recording as it came from the browser; its type says how it is coded. */
export async function transcribe(audio: Blob, language: Language): Promise<string> {
  const params = { query: { language } };
  const headers = { "Content-Type": audio.type.split(";")[0] || "audio/webm" };
  // The generated type of a binary body is a string; what is sent is the file.
  const body = audio as unknown as string;
  const call = client.POST("/api/voice/transcript", { params, headers, body, bodySerializer: () => audio });
  return (await answerOf(call)).text;
}

export function transcribeAddress(language: Language, sampleRateHz: number): Promise<Address> {
  const params = { query: { language, sample_rate_hz: sampleRateHz } };
  return answerOf(client.POST("/api/voice/transcribe-address", { params }));
}

/** Speech as an mp3. */
export async function speech(text: string, language: Language, signal: AbortSignal): Promise<Blob> {
  const response = await send(
    new Request(new URL("/api/voice/speech", globalThis.location.origin), {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, language }),
      signal,
    }),
  );
  if (!response.ok) throw failureOf(response.status, await response.json().catch(() => undefined));
  return response.blob();
}
