import { useMemo } from "react";
import { useRemote } from "../api/remote";
import { useLanguage } from "../i18n/language";
import { type Listen, listenByRecording } from "./listener";
import { openMicrophone } from "./microphone";
import { readVoice, transcribe, transcribeAddress, type VoiceSetting } from "./server";
import { canSpeak, type SpeakAloud, speakByBrowser, speakByServer } from "./speaker";
import { listenByTranscribe } from "./transcribe";

export interface Voice {
  /** null where there is nobody to write down speech. */
  listen: Listen | null;
  /** null where there is nothing to read aloud with. */
  speak: SpeakAloud | null;
  longestSeconds: number;
  vocabulary: readonly string[];
}

const SILENT: Voice = { listen: null, speak: null, longestSeconds: 30, vocabulary: [] };

/** What voice is made of here. Without an answer there is none, and everything can still be typed. */
export function useVoice(): Voice {
  const { language } = useLanguage();
  const { data } = useRemote("voice", readVoice);
  return useMemo(() => {
    if (!data) return SILENT;
    return {
      listen: data.languages.includes(language) ? listenerOf(data, language) : null,
      speak: canSpeak(data.speech_output) ? speakerOf(data) : null,
      longestSeconds: data.longest_seconds,
      vocabulary: data.vocabulary,
    };
  }, [data, language]);
}

function listenerOf(setting: VoiceSetting, language: Parameters<typeof transcribeAddress>[0]): Listen | null {
  if (setting.speech_to_text === "none") return null;
  if (setting.speech_to_text === "server") return listenByRecording(openMicrophone, transcribe, language);
  return listenByTranscribe(openMicrophone, (rateHz) => transcribeAddress(language, rateHz));
}

function speakerOf(setting: VoiceSetting): SpeakAloud {
  return setting.speech_output === "polly" ? speakByServer : speakByBrowser;
}
