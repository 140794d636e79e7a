import Link from "@cloudscape-design/components/link";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { SHELL } from "../shell/strings";
import { addressOfAlarm } from "./address";
import { AlarmState } from "./AlarmState";
import type { ListProps } from "./AlarmTable";
import type { CauseGroup } from "./folding";
import { type Alarm, lastedSeconds } from "./model";
import { SeverityMark } from "./SeverityMark";
import { ALARMS } from "./strings";
import { lossStates, titleOf } from "./titles";

/** The same list where there is little room: one card for each cause. */
export function AlarmCards({ groups, selectedId, now, onOpen, empty }: ListProps) {
  const say = useStrings(ALARMS);
  if (groups.length === 0) return <>{empty}</>;
  return (
    <ul className="alarm-cards" aria-label={say.title}>
      {groups.map((group) => (
        <li
          key={group.cause.alarm_id}
          className={group.cause.alarm_id === selectedId ? "alarm-card alarm-card--selected" : "alarm-card"}
        >
          <Card group={group} now={now} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}

interface CardProps {
  group: CauseGroup;
  now: number;
  onOpen: (alarmId: string) => void;
}

function Card({ group: { cause, consequences }, now, onOpen }: CardProps) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  const times = useTimes();
  return (
    <>
      <div className="alarm-card-head">
        <SeverityMark alarm={cause} />
        <AlarmState alarm={cause} />
      </div>
      <h2>
        <AlarmLink alarm={cause} onOpen={onOpen} />
      </h2>
      <p>
        {times.dayAndClock(cause.onset)} · {numbers.duration(lastedSeconds(cause, now))} ·{" "}
        {say.lostMinutes(numbers.minutes(cause.lost_seconds))}
      </p>
      {cause.victims.length > 0 && <VictimsFolded alarm={cause} />}
      {consequences.length > 0 && <p>{say.consequences}</p>}
      {consequences.length > 0 && (
        <ul className="consequences" aria-label={say.consequences}>
          {consequences.map((one) => (
            <li key={one.alarm_id}>
              <AlarmLink alarm={one} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function AlarmLink({ alarm, onOpen }: { alarm: Alarm; onOpen: (alarmId: string) => void }) {
  const words = useStrings(SHELL);
  const open = (event: CustomEvent) => {
    event.preventDefault();
    onOpen(alarm.alarm_id);
  };
  return (
    <Link href={addressOfAlarm(alarm.alarm_id)} onFollow={open} fontSize="heading-s">
      {titleOf(alarm, words)}
    </Link>
  );
}

function VictimsFolded({ alarm }: { alarm: Alarm }) {
  const say = useStrings(ALARMS);
  return (
    <details>
      <summary>{say.victims(alarm.victims.length)}</summary>
      <Victims alarm={alarm} />
    </details>
  );
}

/** Who lost time to this cause, and how much. */
export function Victims({ alarm }: { alarm: Alarm }) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  return (
    <ul className="victims">
      {alarm.victims.map((victim) => (
        <li key={victim.device}>
          <span>
            <b>{victim.device}</b> {lossStates(victim.state, say) || say.victimOf(alarm.device)}
          </span>
          <span>{say.lostMinutes(numbers.minutes(victim.lost_seconds))}</span>
        </li>
      ))}
    </ul>
  );
}
