/** The microphone as the browser gives it: recorded as a file, and, where somebody listens live, as samples. */
import type { Trouble } from "./recorder";
import { levelOf } from "./pcm";
import { tapSamples } from "./tap";

/** Why there is no sound; `trouble` says it in the words of the interface. */
export class NoMicrophone extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

export interface Recording {
  /** Ends it and lets go of the microphone. */
  stop: () => Promise<Blob>;
  /** Ends it and keeps nothing. */
  cancel: () => void;
}

export interface Ears {
  /** Loudness 0..1, several times a second. */
  onLevel: (level: number) => void;
  /** The samples themselves, if somebody wants them, with their rate in Hz. */
  onSamples?: (samples: Float32Array, rateHz: number) => void;
}

export type OpenMicrophone = (ears: Ears) => Promise<Recording>;

const TROUBLE_OF: Record<string, Trouble> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** What stands in the way before anybody is asked; null when nothing does. */
export function hindrance(): Trouble | null {
  if (!globalThis.isSecureContext) return "insecure";
  if (!globalThis.navigator.mediaDevices?.getUserMedia) return "unsupported";
  return typeof globalThis.MediaRecorder === "undefined" ? "unsupported" : null;
}

export const openMicrophone: OpenMicrophone = async (ears) => {
  const inTheWay = hindrance();
  if (inTheWay) throw new NoMicrophone(inTheWay);
  const stream = await speechStream();
  try {
    return await record(stream, ears);
  } catch (error) {
    close(stream);
    throw error;
  }
};

async function speechStream(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new NoMicrophone(TROUBLE_OF[(error as DOMException).name] ?? "absent");
  }
}

async function record(stream: MediaStream, { onLevel, onSamples }: Ears): Promise<Recording> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const untap = await tapSamples(stream, (samples, rateHz) => {
    onLevel(levelOf(samples));
    onSamples?.(samples, rateHz);
  });
  recorder.start();
  const letGo = () => {
    untap();
    close(stream);
  };
  return {
    stop: async () => {
      await stopped(recorder);
      letGo();
      return new Blob(pieces, { type: recorder.mimeType });
    },
    cancel: () => {
      if (recorder.state !== "inactive") recorder.stop();
      letGo();
    },
  };
}

function stopped(recorder: MediaRecorder): Promise<void> {
  if (recorder.state === "inactive") return Promise.resolve();
  return new Promise((done) => {
    recorder.addEventListener("stop", () => done(), { once: true });
    recorder.stop();
  });
}

function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
