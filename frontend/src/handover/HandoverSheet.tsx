import type { ReactNode } from "react";
import type { Alarm, AlarmEvent, Handover, Losses } from "../api/types";
import type { Numbers } from "../i18n/numbers";
import { inPlantTime, type Times } from "../i18n/times";
import { PriorityMark } from "../shell/priority";
import type { SHELL } from "../shell/strings";
import type { HandoverWords } from "./strings";

export interface Words {
  say: HandoverWords;
  shell: (typeof SHELL)["en"];
  times: Times;
  numbers: Numbers;
}

/** How many losses fit on the page; the rest is on the line's own page. */
const MOST_LOSSES = 8;

/** One shift on one page of paper: what happened, what was done about it, what is left. */
export function HandoverSheet({ handover, words, madeAt }: { handover: Handover; words: Words; madeAt: number }) {
  const { say, times } = words;
  return (
    <article className="handover">
      <header>
        <h1>
          {say.title}: {handover.line}
          {handover.shift && ` · ${handover.shift}`}
        </h1>
        <p className="muted">{say.window(times.dayAndClock(handover.since), times.dayAndClock(handover.until), times.zoneName)}</p>
        <p className="headline">{handover.headline}</p>
      </header>
      <Figures handover={handover} words={words} />
      <Part title={say.alarms} none={handover.alarms.length ? "" : say.noAlarms}>
        <ol className="events">
          {handover.alarms.map(({ alarm, advisory, done }) => (
            <li key={alarm.alarm_id}>
              <AlarmEntry alarm={alarm} headline={advisory?.headline ?? ""} done={done} words={words} />
            </li>
          ))}
        </ol>
      </Part>
      <Part title={say.questions} none={handover.open_questions.length ? "" : say.noQuestions}>
        <ul>
          {handover.open_questions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      </Part>
      <Part title={say.shelved} none={handover.shelved.length ? "" : say.noneShelved}>
        <ul>
          {handover.shelved.map((alarm) => (
            <li key={alarm.alarm_id}>
              <Quiet alarm={alarm} words={words} />
            </li>
          ))}
        </ul>
      </Part>
      <Part title={say.losses} none={handover.losses.losses.length ? "" : say.noLosses}>
        <LossTable losses={handover.losses} words={words} />
      </Part>
      <Part title={say.health} none={handover.health.unhealthy.length ? "" : say.healthy}>
        <ul>
          {handover.health.unhealthy.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Part>
      <footer className="muted">{say.madeAt(times.dayAndClock(madeAt))}</footer>
    </article>
  );
}

function Part({ title, none, children }: { title: string; none: string; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {none ? <p className="muted">{none}</p> : children}
    </section>
  );
}

function Figures({ handover, words }: { handover: Handover; words: Words }) {
  const { say, numbers } = words;
  const { oee } = handover.losses;
  const open = handover.alarms.filter(({ alarm }) => alarm.active).length;
  const figures: [string, string][] = [
    [say.lost, numbers.minutes(handover.lost_minutes * 60)],
    [say.raised, String(handover.alarms.length)],
    [say.stillOpen, String(open)],
    [say.oee, oee === null ? "–" : numbers.share(oee)],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, figure]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}

interface EntryProps {
  alarm: Alarm;
  headline: string;
  done: readonly AlarmEvent[];
  words: Words;
}

function AlarmEntry({ alarm, headline, done, words }: EntryProps) {
  const { say, shell, times, numbers } = words;
  const lost = alarm.lost_seconds ? say.lostBy(numbers.minutes(alarm.lost_seconds)) : "";
  const state = alarm.cleared_at ? say.over(times.clock(alarm.cleared_at)) : alarm.active ? say.open : "";
  const whatElse = [lost, state].filter(Boolean).join(" · ");
  return (
    <>
      <p className="event-title">
        <PriorityMark severity={alarm.severity} />
        <span>
          <b>{alarm.device}</b> {shell[alarm.kind]}, {shell.since(times.clock(alarm.onset))}
          {whatElse && <span className="muted"> · {whatElse}</span>}
        </span>
      </p>
      {headline && <p>{headline}</p>}
      {alarm.victims.length > 0 && (
        <p>
          {say.victims}: {alarm.victims.map((one) => one.device).join(", ")}
        </p>
      )}
      {alarm.operator_action && alarm.active && (
        <p>
          {say.nextStep}: {alarm.operator_action}
        </p>
      )}
      <Done done={done} words={words} />
    </>
  );
}

function Done({ done, words }: { done: readonly AlarmEvent[]; words: Words }) {
  const { say, times } = words;
  if (done.length === 0) return <p className="muted">{say.nothingDone}</p>;
  return (
    <ul className="done" aria-label={say.done}>
      {done.map((event) => (
        <li key={`${event.at} ${event.what}`}>
          {times.clock(event.at)} {eventWord(event.what, say)}
          {event.by && `, ${say.byWhom(event.by)}`}
          {event.note && `: ${inPlantTime(event.note, times)}`}
        </li>
      ))}
    </ul>
  );
}

function eventWord(what: AlarmEvent["what"], say: HandoverWords): string {
  if (what === "raised") return say.raisedWord;
  if (what === "shelved") return say.shelvedWord;
  return say[what];
}

function Quiet({ alarm, words }: { alarm: Alarm; words: Words }) {
  const { say, shell, times } = words;
  const { overlay } = alarm;
  const how = overlay ? { shelved: say.shelvedWord, out_of_service: say.out_of_service, suppressed_by_design: say.suppressed_by_design }[overlay.kind] : "";
  const parts = [
    how,
    overlay && (overlay.until ? say.until(times.dayAndClock(overlay.until)) : say.untilLifted),
    overlay?.by && say.byWhom(overlay.by),
    overlay?.work_order,
  ];
  return (
    <>
      <b>{alarm.device}</b> {shell[alarm.kind]}: {parts.filter(Boolean).join(", ")}
      {overlay?.reason && ` (${overlay.reason})`}
    </>
  );
}

function LossTable({ losses, words }: { losses: Losses; words: Words }) {
  const { say, numbers } = words;
  const worst = losses.losses.toSorted((one, other) => other.seconds - one.seconds).slice(0, MOST_LOSSES);
  return (
    <>
      <table aria-label={say.tableOf}>
        <thead>
          <tr>
            <th scope="col">{say.where}</th>
            <th scope="col" className="number">
              {say.minutes}
            </th>
            <th scope="col" className="number">
              {say.share}
            </th>
          </tr>
        </thead>
        <tbody>
          {worst.map((loss) => (
            <tr key={`${loss.branch} ${loss.name} ${loss.machine}`}>
              <th scope="row">
                {loss.machine && !loss.name.includes(loss.machine) ? `${loss.machine}: ${loss.name}` : loss.name}
                {loss.note && <span className="muted"> ({loss.note})</span>}
              </th>
              <td className="number">{numbers.minutes(loss.seconds)}</td>
              <td className="number">{numbers.share(loss.share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{losses.basis}</p>
    </>
  );
}
