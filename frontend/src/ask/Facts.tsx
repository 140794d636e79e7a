import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { symbolOf } from "../i18n/units";
import type { Fact } from "./server";
import { ASK } from "./strings";
import "../alarms/pieces.css";

/** The values that an answer rests on, with unit and time, as the tools returned them. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  const say = useStrings(ASK);
  const numbers = useNumbers();
  const times = useTimes();
  if (facts.length === 0) return null;
  return (
    <details className="facts-folded">
      <summary>{say.facts(facts.length)}</summary>
      <div className="scrolls" tabIndex={0} role="region" aria-label={say.facts(facts.length)}>
        <table className="evidence">
          <thead>
            <tr>
              <th scope="col">{say.factWhat}</th>
              <th scope="col">{say.factValue}</th>
              <th scope="col">{say.factAt}</th>
              <th scope="col">{say.factTool}</th>
            </tr>
          </thead>
          <tbody>
            {facts.map((fact, index) => (
              <tr key={`${fact.tool} ${fact.text} ${index}`}>
                <th scope="row">{fact.text}</th>
                <td className="number">
                  {fact.value === null ? "–" : `${numbers.value(fact.value)} ${symbolOf(fact.unit)}`}
                </td>
                <td className="number">{fact.observed_at ? times.second(fact.observed_at) : "–"}</td>
                <td>{fact.tool}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
