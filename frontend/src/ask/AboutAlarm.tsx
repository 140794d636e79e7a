import { Link, useSearchParams } from "react-router";
import { addressOfAlarm } from "../alarms/address";
import { SeverityMark } from "../alarms/SeverityMark";
import { titleOf } from "../alarms/titles";
import { useStrings } from "../i18n/language";
import { SHELL } from "../shell/strings";
import { ASK } from "./strings";
import { useAboutAlarm } from "./useAbout";

/** The alarm that the questions are about, and the way out of it. */
export function AboutAlarm({ alarmId }: { alarmId: string }) {
  const say = useStrings(ASK);
  const words = useStrings(SHELL);
  const [, setQuery] = useSearchParams();
  const alarm = useAboutAlarm(alarmId);
  if (!alarm) return null;
  return (
    <div className="about-alarm">
      <SeverityMark alarm={alarm} />
      <span>{say.aboutAlarm(titleOf(alarm, words))}</span>
      <Link to={addressOfAlarm(alarm.alarm_id)}>{say.toAlarm}</Link>
      <button type="button" className="source-link" onClick={() => setQuery({})}>
        {say.aboutAlarmNone}
      </button>
    </div>
  );
}
