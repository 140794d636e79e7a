import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import type { Alarm } from "./model";
import { ALARMS } from "./strings";

/** The process state, and what lies over it. New ones are outlined bold; nothing blinks. */
export function AlarmState({ alarm }: { alarm: Alarm }) {
  const say = useStrings(ALARMS);
  return (
    <span className="alarm-state">
      <span className={`tag tag--${alarm.state}`}>{say[`state_${alarm.state}`]}</span>
      {alarm.overlay && <span className="tag tag--overlay">{say[`overlay_${alarm.overlay.kind}`]}</span>}
    </span>
  );
}

/** Why it is silent, until when, and who wanted that. */
export function OverlayNote({ alarm }: { alarm: Alarm }) {
  const say = useStrings(ALARMS);
  const times = useTimes();
  const overlay = alarm.overlay;
  if (!overlay) return null;
  const lines = {
    shelved: () => [
      say.shelvedUntil(overlay.until ? times.dayAndClock(overlay.until) : "…", overlay.by),
      say.reason(overlay.reason),
    ],
    out_of_service: () => [
      say.outSince(times.dayAndClock(overlay.since), overlay.by),
      say.workOrderIs(overlay.work_order),
    ],
    suppressed_by_design: () => [say.followsFrom(alarm.cause)],
  }[overlay.kind]();
  return (
    <div className="overlay-note">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}
