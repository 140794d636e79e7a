/** Who turns speech into text: the plant's own server out of a recorded file, or Amazon Transcribe while one speaks. */
import type { Language } from "../api/types";
import type { OpenMicrophone } from "./microphone";

export interface Listening {
  /** Ends the recording; what was heard, "" for silence. After a failure it may be called again: the sound is kept. */
  finish: () => Promise<string>;
  /** Ends it and keeps nothing. */
  cancel: () => void;
}

export interface Ear {
  onLevel: (level: number) => void;
  /** What has been heard so far, where that is known before the end. */
  onWords: (words: string) => void;
}

export type Listen = (ear: Ear) => Promise<Listening>;

export type Transcribe = (audio: Blob, language: Language) => Promise<string>;

/** Recorded first, sent as a whole when the button is let go. */
export function listenByRecording(open: OpenMicrophone, transcribe: Transcribe, language: Language): Listen {
  return async ({ onLevel }) => {
    const recording = await open({ onLevel });
    let audio: Promise<Blob> | null = null;
    return {
      finish: async () => {
        audio ??= recording.stop();
        return transcribe(await audio, language);
      },
      cancel: recording.cancel,
    };
  };
}
