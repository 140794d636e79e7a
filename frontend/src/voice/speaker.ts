/** Reading an answer aloud: by the browser's own voice in a plant, by a file from the server in the cloud. */
import type { Language } from "../api/types";
import { localeOf } from "../i18n/times";
import { speech } from "./server";

/** Ends when it was read to the end or stopped; rejects when it cannot be read. */
export type SpeakAloud = (text: string, language: Language, signal: AbortSignal) => Promise<void>;

/** The service takes so much at once, and nobody listens for longer. */
const LONGEST_CHARACTERS = 3_000;

export const speakByBrowser: SpeakAloud = (text, language, signal) =>
  new Promise((done, failed) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = localeOf(language);
    said.onend = () => done();
    said.onerror = ({ error }) => (signal.aborted ? done() : failed(new Error(error)));
    signal.addEventListener("abort", () => {
      speechSynthesis.cancel();
      done();
    });
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  });

export const speakByServer: SpeakAloud = async (text, language, signal) => {
  const address = URL.createObjectURL(await speech(text.slice(0, LONGEST_CHARACTERS), language, signal));
  try {
    await played(new Audio(address), signal);
  } finally {
    URL.revokeObjectURL(address);
  }
};

function played(audio: HTMLAudioElement, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    audio.onended = () => done();
    audio.onerror = () => failed(new Error(audio.error?.message ?? ""));
    signal.addEventListener("abort", () => {
      audio.pause();
      done();
    });
    audio.play().catch(failed);
  });
}

/** Whether there is anything to read aloud with. */
export function canSpeak(output: "browser" | "polly"): boolean {
  return output === "polly" || "speechSynthesis" in globalThis;
}
