import { useStrings } from "../i18n/language";
import { type Numbers, useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { type CanaryVerdict, type FigureRow, figureRows } from "./model";
import { RELEASES } from "./strings";
import "../alarms/pieces.css";

/** What the comparison with the live release found, with the figures that it was decided by. */
export function Canary({ verdict }: { verdict: CanaryVerdict }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const times = useTimes();
  const { answers_live: live, answers_canary: canary, level } = verdict.figures;
  const rows = figureRows(verdict.figures);
  return (
    <section>
      <h3>{say.canaryTitle}</h3>
      <p>
        <b>{say[`canary_${verdict.decision}`]}</b> {verdict.why}{" "}
        <span className="muted">{say.canaryAt(times.dayAndClock(verdict.at))}</span>
      </p>
      {live !== undefined && canary !== undefined && <p>{say.answersGiven(numbers.value(canary), numbers.value(live))}</p>}
      {rows.length > 0 && <Figures rows={rows} />}
      {rows.length > 0 && level !== undefined && <p className="muted">{say.level(numbers.share(level))}</p>}
    </section>
  );
}

function Figures({ rows }: { rows: readonly FigureRow[] }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={say.canaryTitle}>
      <table className="evidence">
        <thead>
          <tr>
            <th scope="col">{say.figure}</th>
            <th scope="col">{say.canary}</th>
            <th scope="col">{say.live}</th>
            <th scope="col">{say.chance}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{say[`figure_${row.name}`]}</th>
              <td className="number">
                {valueOf(row.name, row.canary, numbers)} <small>{say.of(numbers.value(row.canaryOf))}</small>
              </td>
              <td className="number">
                {valueOf(row.name, row.live, numbers)} <small>{say.of(numbers.value(row.liveOf))}</small>
              </td>
              <td className="number">{numbers.share(row.chance)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function valueOf(name: FigureRow["name"], value: number, numbers: Numbers): string {
  return name === "seconds" ? `${numbers.value(value)} s` : numbers.share(value);
}
