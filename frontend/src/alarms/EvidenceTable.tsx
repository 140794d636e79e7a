import { useStrings } from "../i18n/language";
import { type Numbers, useNumbers } from "../i18n/numbers";
import { useTimes } from "../i18n/times";
import { symbolOf } from "../i18n/units";
import type { Evidence, Line } from "../api/types";
import { signalInfo, type SignalInfo } from "./limits";
import { ALARMS } from "./strings";
import "./pieces.css";

interface Props {
  evidence: readonly Evidence[];
  /** The line as it stands, for names and limits; undefined while it is not known. */
  line: Line | undefined;
}

/** Numbers that a person may check: value with unit, what was expected, the limits, and when it was measured. */
export function EvidenceTable({ evidence, line }: Props) {
  const say = useStrings(ALARMS);
  const times = useTimes();
  const numbers = useNumbers();
  if (evidence.length === 0) return <p>{say.evidenceNone}</p>;
  return (
    <div className="scrolls">
      <table className="evidence">
        <thead>
          <tr>
            <th scope="col">{say.evidenceWhat}</th>
            <th scope="col">{say.evidenceValue}</th>
            <th scope="col">{say.evidenceNormal}</th>
            <th scope="col">{say.evidenceLimits}</th>
            <th scope="col">{say.evidenceAt}</th>
          </tr>
        </thead>
        <tbody>
          {evidence.map((one) => {
            const info = signalInfo(line, one.device, one.attribute);
            return (
              <tr key={`${one.device} ${one.attribute} ${one.observed_at} ${one.note}`}>
                <th scope="row">
                  {one.device}, {info?.label ?? one.attribute}
                  {one.note && <small>{one.note}</small>}
                </th>
                <td className="number">{measured(one.value, one.unit, numbers)}</td>
                <td className="number">{one.expected === null ? "–" : measured(one.expected, one.unit, numbers)}</td>
                <td>{info ? limitsOf(info, one.unit, say, numbers) : "–"}</td>
                <td>{times.second(one.observed_at)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** `-21.3 °C`; seconds as a duration, because nobody reads 437.2 s. */
export function measured(value: number | string | boolean, unit: string, numbers: Numbers): string {
  if (typeof value !== "number") return String(value);
  if (unit === "SEC") return numbers.duration(value);
  return `${numbers.value(value)} ${symbolOf(unit)}`.trim();
}

type Words = Pick<ReturnType<typeof useStrings<(typeof ALARMS)["en"]>>, "between" | "atLeast" | "atMost">;

function limitsOf({ low, high }: SignalInfo, unit: string, say: Words, numbers: Numbers): string {
  const inUnit = (value: number) => measured(value, unit, numbers);
  if (low !== null && high !== null) return say.between(numbers.value(low), inUnit(high));
  if (low !== null) return say.atLeast(inUnit(low));
  return high === null ? "–" : say.atMost(inUnit(high));
}
