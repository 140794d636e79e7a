import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { Link } from "react-router";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { ImagesLink } from "../proposals/ImagesLink";
import { PossibleChanges } from "../proposals/PossibleChanges";
import { SHELL } from "../shell/strings";
import { ActionBar } from "./ActionBar";
import { addressOfAsking } from "./address";
import { Advice } from "./Advice";
import { Victims } from "./AlarmCards";
import { AlarmState, OverlayNote } from "./AlarmState";
import { EvidenceTable } from "./EvidenceTable";
import { CommentForm, History } from "./History";
import { type Alarm, isConsequence, lastedSeconds, minutesLeft } from "./model";
import { readAdvisory, readHistory, readLine } from "./server";
import { SeverityMark } from "./SeverityMark";
import { ALARMS } from "./strings";
import { titleOf } from "./titles";
import { useAction } from "./useAction";

const EVERY_SECONDS = 10;

interface Props {
  alarm: Alarm;
  now: number;
  /** The alarm as the server says that it stands after something was done; null asks to read it again. */
  onChanged: (alarm: Alarm | null) => void;
  onBack: () => void;
}

/** One alarm: the cause first, what it holds up, what to do, what it rests on, and what was done. */
export function AlarmDetail({ alarm, now, onChanged, onBack }: Props) {
  const say = useStrings(ALARMS);
  const title = titleOf(alarm, useStrings(SHELL));
  const heading = useFocusOnChange(alarm.alarm_id);
  const advisory = useRemote(`advisory ${alarm.alarm_id} ${alarm.advisory_id}`, (signal) =>
    readAdvisory(alarm, signal),
  );
  const history = useRemote(`history ${alarm.alarm_id}`, (signal) => readHistory(alarm.alarm_id, signal), {
    everySeconds: EVERY_SECONDS,
  });
  const line = useRemote(`line of alarm ${alarm.line}`, (signal) => readLine(alarm.line, signal));
  const reloadHistory = history.reload;
  const changed = useCallback(
    (next: Alarm | null) => {
      onChanged(next);
      reloadHistory();
    },
    [onChanged, reloadHistory],
  );
  const doing = useAction(alarm.alarm_id, changed);
  const commenting = useAction(alarm.alarm_id, changed);
  return (
    <article className="alarm-detail" aria-labelledby="alarm-title">
      <div>
        <Button iconName="arrow-left" variant="inline-link" onClick={onBack}>
          {say.back}
        </Button>
      </div>
      <div className="alarm-card-head">
        <SeverityMark alarm={alarm} />
        <AlarmState alarm={alarm} />
      </div>
      <h2 id="alarm-title" tabIndex={-1} ref={heading}>
        {title}
      </h2>
      <OverlayNote alarm={alarm} />
      <ActionBar alarm={alarm} title={title} doing={doing} />
      <p className="alarm-links">
        <Link to={addressOfAsking(alarm.alarm_id)}>{say.askAbout}</Link>
        <ImagesLink alarm={alarm} />
      </p>
      <Facts alarm={alarm} now={now} />
      {alarm.victims.length > 0 && (
        <Section title={say.victims(alarm.victims.length)}>
          <Victims alarm={alarm} />
        </Section>
      )}
      <Section title={say.evidence}>
        <EvidenceTable evidence={alarm.evidence} line={line.data} />
      </Section>
      <Advice remote={advisory} over={alarm.cleared_at !== null} />
      <PossibleChanges alarm={alarm} />
      <ExpandableSection headerText={say.history} defaultExpanded>
        <History remote={history} />
        <CommentForm alarmId={alarm.alarm_id} doing={commenting} />
      </ExpandableSection>
    </article>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ alarm, now }: { alarm: Alarm; now: number }) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  const times = useTimes();
  const facts: [string, ReactNode][] = [
    [say.since, times.dayAndClock(alarm.onset)],
    [say.lasted, numbers.duration(lastedSeconds(alarm, now))],
    [say.lost, say.lostMinutes(numbers.minutes(alarm.lost_seconds))],
    [say.timeToRespond, <Respond key="respond" alarm={alarm} now={now} />],
  ];
  if (isConsequence(alarm)) facts.unshift([say.cause, alarm.cause]);
  if (alarm.cleared_at) facts.push([say.cleared, times.dayAndClock(alarm.cleared_at)]);
  if (alarm.occurrences > 1) facts.push([say.occurrences, alarm.occurrences]);
  if (alarm.acknowledged_at) {
    facts.push([say.acknowledged, say.atBy(times.dayAndClock(alarm.acknowledged_at), alarm.acknowledged_by)]);
  }
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <Sentence name={say.consequence} text={alarm.consequence} />
      <Sentence name={say.operatorAction} text={alarm.operator_action} />
    </dl>
  );
}

function Sentence({ name, text }: { name: string; text: string }) {
  if (!text) return null;
  return (
    <div className="wide">
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Respond({ alarm, now }: { alarm: Alarm; now: number }) {
  const say = useStrings(ALARMS);
  const numbers = useNumbers();
  if (!alarm.time_to_respond_minutes) return <>{say.notStated}</>;
  const left = minutesLeft(alarm, now);
  const whole = say.minutes(numbers.value(alarm.time_to_respond_minutes));
  if (left === null) return <>{whole}</>;
  const minutes = numbers.value(Math.abs(Math.round(left)));
  return (
    <>
      {whole} ({left < 0 ? <Box variant="strong">{say.overdue(minutes)}</Box> : say.minutesLeft(minutes)})
    </>
  );
}

/** The heading gets the focus when another alarm is opened, so that keyboard and screen reader go along. */
function useFocusOnChange(alarmId: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [alarmId]);
  return heading;
}
