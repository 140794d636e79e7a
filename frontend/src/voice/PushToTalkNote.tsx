import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useStrings } from "../i18n/language";
import { VOICE } from "./strings";
import type { PushToTalk } from "./usePushToTalk";
import "./voice.css";

/** What the microphone is doing, under the box: how loud, how long still, what was heard so far, what went wrong. */
export function PushToTalkNote({ talk }: { talk: PushToTalk }) {
  const say = useStrings(VOICE);
  const { state } = talk;
  if (state.is === "idle") return null;
  if (state.is === "opening") return <StatusIndicator type="pending">{say.opening}</StatusIndicator>;
  if (state.is === "transcribing") return <StatusIndicator type="loading">{say.transcribing}</StatusIndicator>;
  return state.is === "recording" ? <Recording talk={talk} /> : <Failed talk={talk} state={state} />;
}

function Recording({ talk }: { talk: PushToTalk }) {
  const say = useStrings(VOICE);
  return (
    <div className="talk-note">
      <span role="status">{say.listening}</span>
      <meter aria-label={say.level} min={0} max={1} value={talk.level} />
      <span className="talk-left">{say.secondsLeft(talk.secondsLeft)}</span>
      <Button variant="inline-link" onClick={talk.cancel}>
        {say.cancel}
      </Button>
      {talk.words && <p>{say.heardSoFar(talk.words)}</p>}
    </div>
  );
}

function Failed({ talk, state }: { talk: PushToTalk; state: PushToTalk["state"] & { is: "failed" } }) {
  const say = useStrings(VOICE);
  return (
    <div className="talk-note" role="alert">
      <span>
        {say[`trouble_${state.trouble}`]} {state.detail}
      </span>
      {state.canRetry && (
        <Button variant="inline-link" onClick={talk.retry}>
          {say.retry}
        </Button>
      )}
      <Button variant="inline-link" onClick={talk.cancel}>
        {say.dismiss}
      </Button>
    </div>
  );
}
