import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { Listen, Listening } from "./listener";
import { NoMicrophone } from "./microphone";
import { IDLE, next, type RecorderEvent, type RecorderState } from "./recorder";

const TICK_MS = 200;

export interface PushToTalk {
  state: RecorderState;
  level: number;
  /** What has been heard so far, where that is known. */
  words: string;
  secondsLeft: number;
  press: () => void;
  release: () => void;
  cancel: () => void;
  retry: () => void;
}

/** Runs the recorder's states: opens the microphone, ends it in time, and hands on what was heard. */
export function usePushToTalk(listen: Listen, longestSeconds: number, onHeard: (words: string) => void): PushToTalk {
  const longestMs = longestSeconds * 1_000;
  const reducer = useCallback((was: RecorderState, event: RecorderEvent) => next(was, event, longestMs), [longestMs]);
  const [state, tell] = useReducer(reducer, IDLE);
  const [level, setLevel] = useState(0);
  const [words, setWords] = useState("");
  const [now, setNow] = useState(0);
  const listening = useRef<Listening | null>(null);
  const handOn = useRef(onHeard);
  handOn.current = onHeard;

  const opening = state.is === "opening";
  useEffect(() => {
    if (!opening) return undefined;
    let left = false;
    setWords("");
    listen({ onLevel: setLevel, onWords: setWords }).then(
      (begun) => {
        if (left) begun.cancel();
        else {
          listening.current = begun;
          tell({ what: "opened", at: Date.now() });
        }
      },
      (error: unknown) => left || tell({ what: "failed", ...troubleOf(error) }),
    );
    return () => {
      left = true;
    };
  }, [opening, listen]);

  const recording = state.is === "recording";
  useEffect(() => {
    if (!recording) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      tell({ what: "ticked", at: Date.now() });
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [recording]);

  const transcribing = state.is === "transcribing";
  useEffect(() => {
    if (!transcribing) return undefined;
    let left = false;
    listening.current?.finish().then(
      (heard) => {
        if (left) return;
        if (heard.trim()) handOn.current(heard.trim());
        tell({ what: "heard", text: heard });
      },
      (error: unknown) => left || tell({ what: "failed", trouble: "not_transcribed", detail: sentenceOf(error) }),
    );
    return () => {
      left = true;
    };
  }, [transcribing]);

  useEffect(() => () => listening.current?.cancel(), []);

  return {
    state,
    level: recording ? level : 0,
    words,
    secondsLeft: state.is === "recording" ? Math.max(0, Math.ceil((state.startedAt + longestMs - now) / 1_000)) : 0,
    press: () => tell({ what: "pressed", at: Date.now() }),
    release: () => tell({ what: "released", at: Date.now() }),
    cancel: () => {
      listening.current?.cancel();
      listening.current = null;
      tell({ what: "cancelled" });
    },
    retry: () => tell({ what: "retried" }),
  };
}

function troubleOf(error: unknown): { trouble: NoMicrophone["trouble"]; detail: string } {
  if (error instanceof NoMicrophone) return { trouble: error.trouble, detail: "" };
  return { trouble: "unsupported", detail: sentenceOf(error) };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
