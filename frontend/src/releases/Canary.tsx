import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { type CanaryVerdict, figureName } from "./model";
import { RELEASES } from "./strings";
import "../alarms/pieces.css";

/** What the comparison with the live release found, with the figures that it was decided by. */
export function Canary({ verdict }: { verdict: CanaryVerdict }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const times = useTimes();
  const figures = Object.entries(verdict.figures);
  return (
    <section>
      <h3>{say.canaryTitle}</h3>
      <p>
        <b>{say[`canary_${verdict.decision}`]}</b> {verdict.why}{" "}
        <span className="muted">{say.canaryAt(times.dayAndClock(verdict.at))}</span>
      </p>
      {figures.length > 0 && (
        <div className="scrolls" tabIndex={0} role="region" aria-label={say.canaryTitle}>
          <table className="evidence">
            <thead>
              <tr>
                <th scope="col">{say.figure}</th>
                <th scope="col">{say.value}</th>
              </tr>
            </thead>
            <tbody>
              {figures.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">{figureName(name)}</th>
                  <td className="number">{numbers.value(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
