import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { type FormEvent } from "react";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { inPlantTime, useTimes } from "../i18n/times";
import { RemoteView } from "../shell/RemoteView";
import { useMay, useSession } from "../session/session";
import { faultOf, LONGEST_COMMENT } from "./actions";
import type { AlarmEvent } from "./model";
import { ALARMS } from "./strings";
import type { Doing } from "./useAction";
import { ActionFailure } from "./ActionFailure";
import { useFault } from "./ActionDialog";
import { useDraft } from "./useDraft";

/** What happened to an alarm, and what people did and said, oldest first. */
export function History({ remote }: { remote: Remote<AlarmEvent[]> }) {
  const say = useStrings(ALARMS);
  return (
    <RemoteView remote={remote} isEmpty={(events) => events.length === 0} empty={<p>{say.historyEmpty}</p>}>
      {(events) => (
        <ol className="timeline">
          {events.map((event, index) => (
            <Happening key={`${event.at} ${event.what} ${index}`} event={event} />
          ))}
        </ol>
      )}
    </RemoteView>
  );
}

function Happening({ event }: { event: AlarmEvent }) {
  const say = useStrings(ALARMS);
  const times = useTimes();
  return (
    <li>
      <time dateTime={event.at}>{times.dayAndClock(event.at)}</time>
      <div>
        <b>{say[`event_${event.what}`]}</b> {event.by && say.by(event.by)}
        {event.note && <p className="keeps-lines">{inPlantTime(event.note, times)}</p>}
      </div>
    </li>
  );
}

/** A comment for the next person. What is written survives a failure, another page and a reload. */
export function CommentForm({ alarmId, doing }: { alarmId: string; doing: Doing }) {
  const say = useStrings(ALARMS);
  const may = useMay("operator");
  const { name } = useSession();
  const [text, setText] = useDraft(`comment of ${name} on ${alarmId}`);
  const fault = useFault(faultOf(text, LONGEST_COMMENT), LONGEST_COMMENT);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    fault.show();
    if (!fault.is && (await doing.run("comment", { text: text.trim() }))) {
      setText("");
      fault.hide();
    }
  };
  return (
    <form className="comment-form" onSubmit={(event) => void submit(event)}>
      <FormField label={say.commentLabel} errorText={fault.shown}>
        <Textarea value={text} rows={2} disabled={!may} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
      <Button
        formAction="submit"
        disabled={!may}
        disabledReason={may ? undefined : say.hindrance_viewer}
        loading={doing.pending === "comment"}
        loadingText={say.acting}
      >
        {say.commentDo}
      </Button>
      <ActionFailure failure={doing.failure} />
    </form>
  );
}
