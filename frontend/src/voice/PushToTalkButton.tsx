import Icon from "@cloudscape-design/components/icon";
import type { KeyboardEvent, PointerEvent } from "react";
import { useStrings } from "../i18n/language";
import { VOICE } from "./strings";
import type { PushToTalk } from "./usePushToTalk";
import "./voice.css";

/** Hold to speak, or tap to begin and tap to end; space and enter do the same. */
export function PushToTalkButton({ talk }: { talk: PushToTalk }) {
  const say = useStrings(VOICE);
  const { state, press, release } = talk;
  const recording = state.is === "recording";
  const isKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && state.is !== "idle") talk.cancel();
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) press();
  };
  const keyUp = (event: KeyboardEvent) => {
    if (!isKey(event)) return;
    event.preventDefault();
    release();
  };
  const pointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    // The release counts also when the finger has slid off the button.
    event.currentTarget.setPointerCapture?.(event.pointerId);
    press();
  };
  return (
    <button
      type="button"
      className={`talk ${recording ? "talk--on" : ""}`}
      aria-pressed={recording}
      aria-label={recording ? say.stopNow : say.speak}
      title={say.speakHow}
      disabled={state.is === "transcribing"}
      onPointerDown={pointerDown}
      onPointerUp={release}
      onKeyDown={keyDown}
      onKeyUp={keyUp}
      onClick={(event) => event.detail === 0 && assistivePress(talk)}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name={recording ? "stop-circle" : "microphone"} />
      <span className="talk-word">{recording ? say.stop : say.speak}</span>
    </button>
  );
}

/** A press by a screen reader or a switch comes as a click alone: it begins, and the next one ends. */
function assistivePress({ press, release }: PushToTalk): void {
  press();
  release();
}
