import Button from "@cloudscape-design/components/button";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { useSession } from "../session/session";
import { Empty } from "../shell/RemoteView";
import { byMachine, type Point, reaches } from "./model";
import { useQuantity } from "./quantity";
import { RiskTag } from "./RiskTag";
import { COMMANDS } from "./strings";

interface Props {
  points: readonly Point[];
  /** How a line is called; "" where there is only one. */
  nameOfLine: (line: string) => string;
  onPropose: (point: Point) => void;
}

/** What may be set, machine by machine in the order of the line, with the value in force. */
export function Points({ points, nameOfLine, onPropose }: Props) {
  const say = useStrings(COMMANDS);
  if (points.length === 0) return <Empty title={say.pointsNone}>{say.pointsNoneWhy}</Empty>;
  return (
    <>
      {byMachine(points).map(({ line, device, points: own }) => (
        <section key={`${line} ${device}`} className="machine-points">
          <h3>
            {device} <small>{nameOfLine(line)}</small>
          </h3>
          <ul>
            {own.map((point) => (
              <OnePoint key={point.attribute} point={point} onPropose={() => onPropose(point)} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function OnePoint({ point, onPropose }: { point: Point; onPropose: () => void }) {
  const say = useStrings(COMMANDS);
  const { role } = useSession();
  const may = reaches(role, "operator") && reaches(role, point.may_propose);
  return (
    <li>
      <div className="point-head">
        <div>
          <b>{point.label}</b>
          <InForce point={point} />
        </div>
        {may && (
          <Button onClick={onPropose} ariaLabel={say.proposeFor(point.label, point.device)}>
            {say.propose}
          </Button>
        )}
      </div>
      <p className="point-bounds">
        <RiskTag risk={point.risk} /> <Bounds point={point} />
      </p>
      {!may && reaches(role, "operator") && <p className="muted">{say.needs(point.may_propose)}</p>}
      {point.in_flight && <p>{say.isUnderWay}</p>}
      <Conditions point={point} />
    </li>
  );
}

/** The value in force; one that nobody has refreshed is not known, and looks so. */
function InForce({ point }: { point: Point }) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const times = useTimes();
  if (point.value !== null) return <span className="in-force">{quantity(point.value, point.unit)}</span>;
  const why = point.observed_at ? say.unknownWhy(times.second(point.observed_at)) : say.unknownEver;
  return (
    <span className="in-force unknown">
      {say.unknown} <small>({why})</small>
    </span>
  );
}

function Bounds({ point }: { point: Point }) {
  const say = useStrings(COMMANDS);
  const quantity = useQuantity();
  const { min, max, unit, max_step: step, max_per_hour: count } = point;
  const bounds = [say.range(quantity(min, ""), quantity(max, unit)), step !== null && say.step(quantity(step, unit)), count !== null && say.perHour(String(count))];
  return <span>{bounds.filter(Boolean).join(" · ")}</span>;
}

/** What must hold before it is sent, and how one sees that it was done. */
function Conditions({ point }: { point: Point }) {
  const say = useStrings(COMMANDS);
  return (
    <details>
      <summary>{say.conditions}</summary>
      <ul>
        {point.allowed_states.length > 0 && <li>{say.states(point.allowed_states.join(say.or))}</li>}
        {point.interlocks.map((sentence) => (
          <li key={sentence} lang="en">
            {sentence}.
          </li>
        ))}
        <li>{point.readback ? say.readback(point.readback) : say.readbackNone}</li>
      </ul>
    </details>
  );
}
