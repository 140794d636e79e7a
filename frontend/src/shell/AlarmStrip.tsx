import { Link } from "react-router";
import type { Alarm, Severity } from "../api/types";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { PriorityMark, SEVERITIES } from "./priority";
import { SHELL } from "./strings";

/** Open alarms that still ask for attention: no consequence of another one, and not shelved or out of service. */
export function callingAlarms(alarms: readonly Alarm[]): Alarm[] {
  return alarms.filter((alarm) => alarm.overlay === null && alarm.cause === alarm.device);
}

/** Always in sight, on every page: how many alarms of each priority, and the one to look at first. */
export function AlarmStrip({ alarms }: { alarms: readonly Alarm[] | undefined }) {
  const say = useStrings(SHELL);
  const calling = callingAlarms(alarms ?? []);
  return (
    <section className="alarm-strip" aria-label={say.alarmStrip}>
      {alarms === undefined ? <span className="strip-text">{say.alarmsUnknown}</span> : <Counts calling={calling} />}
      {alarms !== undefined && <TopCause alarm={calling[0]} />}
    </section>
  );
}

function Counts({ calling }: { calling: readonly Alarm[] }) {
  const say = useStrings(SHELL);
  return (
    <ul className="strip-counts">
      {SEVERITIES.map((severity) => {
        const count = countOf(calling, severity);
        return (
          <li key={severity} className={count ? "some" : "none"}>
            <PriorityMark severity={severity} quiet={!count} />
            <span className="strip-label">{say[severity]}</span> <b>{count}</b>
          </li>
        );
      })}
    </ul>
  );
}

function TopCause({ alarm }: { alarm: Alarm | undefined }) {
  const say = useStrings(SHELL);
  const times = useTimes();
  if (!alarm) return <span className="strip-text">{say.noAlarms}</span>;
  return (
    <Link className={`strip-top ${alarm.severity}`} to={`/alarms?alarm=${encodeURIComponent(alarm.alarm_id)}`}>
      {alarm.state === "unacknowledged" && <i>{say.unacknowledged}: </i>}
      <b>{alarm.cause}</b> {say[alarm.kind]}, {say.since(times.clock(alarm.onset))}
    </Link>
  );
}

function countOf(alarms: readonly Alarm[], severity: Severity): number {
  return alarms.filter((alarm) => alarm.severity === severity).length;
}
