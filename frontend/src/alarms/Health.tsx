import SegmentedControl from "@cloudscape-design/components/segmented-control";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { PriorityMark, SEVERITIES } from "../shell/priority";
import { RemoteView } from "../shell/RemoteView";
import { SHELL } from "../shell/strings";
import { addressOfAlarm } from "./address";
import type { Alarm, AlarmHealth } from "./model";
import { readHealth } from "./server";
import { ALARMS } from "./strings";
import { titleOf } from "./titles";

const SPANS_HOURS = [8, 24, 168];
const EVERY_SECONDS = 30;

/** How the alarm system itself does: too many alarms are as bad as none. */
export function Health({ alarms }: { alarms: readonly Alarm[] }) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  const [hours, setHours] = useState(SPANS_HOURS[0] ?? 8);
  const remote = useRemote(`alarm health ${hours}`, (signal) => readHealth(hours, signal), {
    everySeconds: EVERY_SECONDS,
  });
  return (
    <div className="health">
      <SegmentedControl
        label={say.healthSpan}
        selectedId={String(hours)}
        options={SPANS_HOURS.map((span) => ({
          id: String(span),
          text: say.healthLast(numbers.duration(span * 3_600)),
        }))}
        onChange={({ detail }) => setHours(Number(detail.selectedId))}
      />
      <RemoteView remote={remote}>{(health) => <Figures health={health} alarms={alarms} />}</RemoteView>
    </div>
  );
}

function Figures({ health, alarms }: { health: AlarmHealth; alarms: readonly Alarm[] }) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  return (
    <>
      <Verdict unhealthy={health.unhealthy} />
      <dl className="figures">
        <Figure name={say.healthPerHour}>{numbers.value(health.per_hour)}</Figure>
        <Figure name={say.healthMost}>{health.most_in_ten_minutes}</Figure>
        <Figure name={say.healthFloods}>{health.floods}</Figure>
        <Figure name={say.healthFloodShare}>{numbers.share(health.flood_share)}</Figure>
        <Figure name={say.healthAlarms}>{health.alarms}</Figure>
        <Figure name={say.healthMessages}>{health.messages}</Figure>
        <Figure name={say.healthSuppressed}>{health.suppressed}</Figure>
      </dl>
      <div className="health-lists">
        <Ids title={say.healthShelved} ids={health.shelved} alarms={alarms} />
        <Ids title={say.healthOut} ids={health.out_of_service} alarms={alarms} />
        <Ids title={say.healthChattering} ids={health.chattering} alarms={alarms} />
        <Ids title={say.healthStale} ids={health.stale} alarms={alarms} />
        <Offenders offenders={health.top_offenders} />
        <Mix mix={health.priority_mix} />
      </div>
    </>
  );
}

function Verdict({ unhealthy }: { unhealthy: readonly string[] }) {
  const say = useStrings(ALARMS);
  if (unhealthy.length === 0) return <p className="health-verdict">{say.healthGood}</p>;
  return (
    <section className="health-verdict">
      <h2>
        <StatusIndicator type="warning">{say.healthBad}</StatusIndicator>
      </h2>
      <ul>
        {unhealthy.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Ids({ title, ids, alarms }: { title: string; ids: readonly string[]; alarms: readonly Alarm[] }) {
  const words = useStrings(SHELL);
  const nameOf = (id: string) => {
    const alarm = alarms.find((one) => one.alarm_id === id);
    return alarm ? titleOf(alarm, words) : id;
  };
  return (
    <List title={title}>
      {ids.map((id) => (
        <li key={id}>
          <Link to={addressOfAlarm(id)}>{nameOf(id)}</Link>
        </li>
      ))}
    </List>
  );
}

function Offenders({ offenders }: { offenders: AlarmHealth["top_offenders"] }) {
  const say = useStrings(ALARMS);
  const words: Record<string, unknown> = useStrings(SHELL);
  const numbers = useNumbers();
  return (
    <List title={say.healthOffenders}>
      {offenders.map(({ device, kind, alarms, share }) => (
        <li key={`${device} ${kind}`}>
          {say.offender(device, String(words[kind] ?? kind), alarms, numbers.share(share))}
        </li>
      ))}
    </List>
  );
}

function Mix({ mix }: { mix: AlarmHealth["priority_mix"] }) {
  const say = useStrings(ALARMS);
  const words = useStrings(SHELL);
  const numbers = useNumbers();
  return (
    <List title={say.healthMix}>
      {SEVERITIES.map((severity) => (
        <li key={severity} className="severity">
          <PriorityMark severity={severity} quiet /> {words[severity]}: {numbers.share(mix[severity] ?? 0)}
        </li>
      ))}
    </List>
  );
}

function List({ title, children }: { title: string; children: ReactNode[] }) {
  const say = useStrings(ALARMS);
  return (
    <section>
      <h2>{title}</h2>
      {children.length > 0 ? <ul>{children}</ul> : <p>{say.none}</p>}
    </section>
  );
}
