import { useState } from "react";
import type { Remote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { Empty, RemoteView } from "../shell/RemoteView";
import { AccuracyDrawing } from "./AccuracyDrawing";
import { classesOf, type Week } from "./model";
import { ShareText } from "./ShareText";
import { INSPECTIONS } from "./strings";
import { VerdictWord } from "./VerdictMark";
import { WrongImages } from "./WrongImages";

/** How right the inspector is, by class and by week, and where it was not. */
export function Accuracy({ remote, onOpen }: { remote: Remote<Week[]>; onOpen: (imageId: string) => void }) {
  const say = useStrings(INSPECTIONS);
  return (
    <RemoteView remote={remote} isEmpty={(weeks) => weeks.every(({ reviewed }) => reviewed === 0)} empty={<Empty title={say.accuracyNone}>{say.accuracyNoneWhy}</Empty>}>
      {(weeks) => <Weeks weeks={weeks} onOpen={onOpen} />}
    </RemoteView>
  );
}

function Weeks({ weeks, onOpen }: { weeks: readonly Week[]; onOpen: (imageId: string) => void }) {
  const say = useStrings(INSPECTIONS);
  const nameOf = useNameOfWeek();
  const [chosen, setChosen] = useState("");
  const week = weeks.find(({ monday }) => monday === chosen) ?? weeks[0];
  if (!week) return null;
  return (
    <div className="accuracy">
      <p>{say.accuracyWhy}</p>
      <label className="form-choice">
        {say.week}
        <select value={week.monday} onChange={(event) => setChosen(event.target.value)}>
          {weeks.map(({ monday }) => (
            <option key={monday} value={monday}>
              {nameOf(monday)}
            </option>
          ))}
        </select>
      </label>
      <WhatItRestsOn week={week} />
      <div className="scrolls" role="region" aria-label={nameOf(week.monday)} tabIndex={0}>
        <OneWeek week={week} />
      </div>
      <section>
        <h3>{say.wrong}</h3>
        <WrongImages key={week.monday} wrong={week.wrong} onOpen={onOpen} />
      </section>
      {weeks.length > 1 && <OverTime weeks={weeks} />}
    </div>
  );
}

function useNameOfWeek(): (monday: string) => string {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  // A day without a time: noon in UTC is that day in the plant's zone as well, almost everywhere.
  return (monday) => say.weekOf(times.day(`${monday}T12:00:00Z`));
}

/** What the figures rest on, and what they cannot show. */
function WhatItRestsOn({ week }: { week: Week }) {
  const say = useStrings(INSPECTIONS);
  const numbers = useNumbers();
  const [reviewed, audited] = [numbers.value(week.reviewed), numbers.value(week.audited)];
  return (
    <p className="muted">
      {say.weekCounts(reviewed, numbers.value(week.waiting))} {week.audited > 0 ? say.audited(audited, reviewed) : say.noAudit}
    </p>
  );
}

function OneWeek({ week }: { week: Week }) {
  const say = useStrings(INSPECTIONS);
  return (
    <table className="evidence">
      <thead>
        <tr>
          <th scope="col">{say.verdict}</th>
          <th scope="col">
            {say.precision} <small>{say.interval95}</small>
          </th>
          <th scope="col">
            {say.recall} <small>{say.interval95}</small>
          </th>
        </tr>
      </thead>
      <tbody>
        {week.classes.map((one) => (
          <tr key={one.verdict}>
            <th scope="row">
              <VerdictWord verdict={one.verdict} />
            </th>
            <td>
              <ShareText share={one.precision} />
            </td>
            <td>
              <ShareText share={one.recall} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OverTime({ weeks }: { weeks: readonly Week[] }) {
  const say = useStrings(INSPECTIONS);
  const nameOf = useNameOfWeek();
  return (
    <section>
      <h3>{say.overTime}</h3>
      <p className="muted">{say.drawingLegend}</p>
      <ul className="over-time">
        {classesOf(weeks).map((verdict) => (
          <li key={verdict}>
            <h4>
              <VerdictWord verdict={verdict} />
            </h4>
            <AccuracyDrawing verdict={verdict} weeks={weeks} />
          </li>
        ))}
      </ul>
      <details>
        <summary>{say.everyWeek}</summary>
        {weeks.map((week) => (
          <section key={week.monday} className="scrolls">
            <h4>{nameOf(week.monday)}</h4>
            <OneWeek week={week} />
          </section>
        ))}
      </details>
    </section>
  );
}
