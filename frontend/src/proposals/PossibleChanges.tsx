import Button from "@cloudscape-design/components/button";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { useRemote } from "../api/remote";
import type { Alarm } from "../api/types";
import { addressOfProposing } from "../commands/address";
import { BY_HAND } from "../commands/model";
import { useQuantity } from "../commands/quantity";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useMay } from "../session/session";
import { type PossibleChange, readChanges } from "./server";
import { PROPOSALS } from "./strings";
import { Told, useTold } from "./told";
import "./proposals.css";

const ProposeHere = lazy(() => import("./ProposeHere"));
const EVERY_SECONDS = 10;

/** The set-points behind an alarm, with a step that a rule can suggest. Nothing is drawn where nothing of it may be set. */
export function PossibleChanges({ alarm }: { alarm: Alarm }) {
  const say = useStrings(PROPOSALS);
  const may = useMay("operator");
  const changes = useRemote(`changes for ${alarm.alarm_id}`, (signal) => readChanges(alarm.alarm_id, signal), { everySeconds: EVERY_SECONDS, enabled: may });
  const [chosen, setChosen] = useState<PossibleChange | null>(null);
  const told = useTold();
  if (!changes.data?.length) return null;
  return (
    <section className="possible-changes" aria-labelledby="changes-title">
      <h3 id="changes-title">{say.title}</h3>
      <p className="advice-mark">{say.onlySuggested}</p>
      <ul>
        {changes.data.map((change) => (
          <OneChange key={`${change.device} ${change.attribute}`} change={change} onPropose={() => setChosen(change)} />
        ))}
      </ul>
      <Told command={told.command} />
      <Link to={addressOfProposing(alarm.alarm_id)}>{say.everyPoint}</Link>
      {chosen && (
        <Suspense fallback={null}>
          <ProposeHere place={chosen} alarmId={alarm.alarm_id} start={{ ...BY_HAND, value: chosen.value }} onClose={() => setChosen(null)} onDone={told.tell} />
        </Suspense>
      )}
    </section>
  );
}

function OneChange({ change, onPropose }: { change: PossibleChange; onPropose: () => void }) {
  const say = useStrings(PROPOSALS);
  const quantity = useQuantity();
  const { device, label, unit, direction, value } = change;
  const wanted = value === null ? "" : quantity(value, unit);
  const step = { "": "", up: wanted ? say.raiseTo(wanted) : say.raise, down: wanted ? say.lowerTo(wanted) : say.lower }[direction];
  return (
    <li>
      <div>
        <b>{say.pointOf(label, device)}</b> {step}
        <Because change={change} />
      </div>
      <Button onClick={onPropose} ariaLabel={say.proposeFor(label, device)}>
        {say.propose}
      </Button>
    </li>
  );
}

function Because({ change: { because } }: { change: PossibleChange }) {
  const say = useStrings(PROPOSALS);
  const quantity = useQuantity();
  const times = useTimes();
  if (!because) return null;
  const { label, value, limit, unit, observed_at: at } = because;
  const beyond = value > limit ? say.above : say.below;
  return <small>{beyond(label, quantity(value, unit), quantity(limit, unit), times.second(at))}</small>;
}
