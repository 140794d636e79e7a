import Button from "@cloudscape-design/components/button";
import { useEffect, useRef, useState } from "react";
import { wasAborted } from "../api/failure";
import { useLanguage, useStrings } from "../i18n/language";
import type { SpeakAloud } from "./speaker";
import { VOICE } from "./strings";

/** Reads one answer aloud when asked to, and stops when asked to. Never by itself. */
export function ReadAloud({ text, speak }: { text: string; speak: SpeakAloud }) {
  const say = useStrings(VOICE);
  const { language } = useLanguage();
  const [reading, setReading] = useState<AbortController | null>(null);
  const [failed, setFailed] = useState(false);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const begin = async () => {
    const controller = new AbortController();
    current.current = controller;
    setReading(controller);
    setFailed(false);
    try {
      await speak(text, language, controller.signal);
    } catch (thrown) {
      setFailed(!wasAborted(thrown));
    } finally {
      setReading(null);
    }
  };
  return (
    <>
      <Button
        variant="inline-link"
        iconName={reading ? "close" : "audio-full"}
        onClick={() => (reading ? reading.abort() : void begin())}
      >
        {reading ? say.stopReading : say.readAloud}
      </Button>
      {failed && <span role="alert">{say.notRead}</span>}
    </>
  );
}
