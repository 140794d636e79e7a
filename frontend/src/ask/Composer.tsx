import Button from "@cloudscape-design/components/button";
import PromptInput, { type PromptInputProps } from "@cloudscape-design/components/prompt-input";
import { type RefObject, useState } from "react";
import { useStrings } from "../i18n/language";
import { HeardNote } from "../voice/HeardNote";
import type { Listen } from "../voice/listener";
import { PushToTalkButton } from "../voice/PushToTalkButton";
import { PushToTalkNote } from "../voice/PushToTalkNote";
import { usePushToTalk } from "../voice/usePushToTalk";
import type { Voice } from "../voice/useVoice";
import { ASK } from "./strings";

export const LONGEST_QUESTION = 2_000;
/** From here on the box says how much still fits. */
const COUNT_FROM = 1_600;

interface Props {
  text: string;
  onText: (text: string) => void;
  /** A microphone heard some of what stands in the box. */
  onHeard: () => void;
  answering: boolean;
  onSend: () => void;
  onStop: () => void;
  voice: Voice;
  box: RefObject<PromptInputProps.Ref | null>;
}

/** Where one writes or speaks a question. Speech only fills the box: a person reads it and sends it. */
export function Composer({ text, onText, onHeard, answering, onSend, onStop, voice, box }: Props) {
  const say = useStrings(ASK);
  const over = text.length - LONGEST_QUESTION;
  const sendable = text.trim() !== "" && over <= 0;
  const send = () => {
    if (!answering && sendable) onSend();
  };
  return (
    <div className="composer">
      {answering && (
        <div className="stop-row">
          <Button iconName="stop-circle" onClick={onStop}>
            {say.stop}
          </Button>
        </div>
      )}
      <div className="composer-row">
        <div className="composer-box">
          <PromptInput
            ref={box}
            value={text}
            onChange={({ detail }) => onText(detail.value)}
            onAction={send}
            ariaLabel={say.question}
            placeholder={say.placeholder}
            maxRows={6}
            invalid={over > 0}
            actionButtonIconName="send"
            i18nStrings={{ actionButtonAriaLabel: say.send }}
            disableActionButton={answering || !sendable}
          />
        </div>
        {voice.listen && <Speech listen={voice.listen} voice={voice} text={text} onText={onText} onHeard={onHeard} box={box} />}
      </div>
      <Count over={over} length={text.length} />
    </div>
  );
}

interface SpeechProps extends Pick<Props, "text" | "onText" | "onHeard" | "box"> {
  listen: Listen;
  voice: Voice;
}

function Speech({ listen, voice, text, onText, onHeard, box }: SpeechProps) {
  const [heard, setHeard] = useState(false);
  const talk = usePushToTalk(listen, voice.longestSeconds, (words) => {
    onText(text.trim() ? `${text.trimEnd()} ${words}` : words);
    setHeard(true);
    onHeard();
    box.current?.focus();
  });
  const quiet = talk.state.is === "idle";
  return (
    <>
      <PushToTalkButton talk={talk} />
      <div className="composer-note">
        <PushToTalkNote talk={talk} />
        {heard && quiet && text.trim() && <HeardNote text={text} vocabulary={voice.vocabulary} onCorrect={onText} />}
      </div>
    </>
  );
}

function Count({ over, length }: { over: number; length: number }) {
  const say = useStrings(ASK);
  if (length < COUNT_FROM) return null;
  return (
    <p className={over > 0 ? "count count--over" : "count"} role={over > 0 ? "alert" : undefined}>
      {over > 0 ? say.tooLong(over) : say.charactersLeft(-over)}
    </p>
  );
}
