import { useStrings } from "../i18n/language";
import { type Numbers, useNumbers } from "../i18n/numbers";
import { symbolOf } from "../i18n/units";
import { HEIGHT, marksOf, rounded, WIDTH } from "./scale";
import type { Outcome } from "./server";
import { WHAT_IF } from "./strings";

/** Each figure before and after: as a picture, and in a sentence that says the same. */
export function Outcomes({ outcomes, interval }: { outcomes: readonly Outcome[]; interval: string }) {
  const say = useStrings(WHAT_IF);
  return (
    <ul className="outcomes" aria-label={say.figures}>
      {outcomes.map((one) => (
        <li key={one.name} className={one.stands_out ? "stands-out" : ""}>
          <b lang="en">{one.label}</b>
          <Picture outcome={one} />
          <Sentence outcome={one} interval={interval} />
        </li>
      ))}
    </ul>
  );
}

/** A ring where it stands without the change, a dot where with it, and a whisker as far as that is uncertain. */
function Picture({ outcome }: { outcome: Outcome }) {
  const { without, withChange, from, to } = marksOf(outcome);
  const middle = HEIGHT / 2;
  return (
    <svg className="whisker" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <line className="axis" x1="0" x2={WIDTH} y1={middle} y2={middle} />
      <path className="reach" d={`M${from} ${middle - 5} v10 M${from} ${middle} H${to} M${to} ${middle - 5} v10`} />
      <circle className="without" cx={without} cy={middle} r="5" />
      <circle className="with" cx={withChange} cy={middle} r="4" />
    </svg>
  );
}

function Sentence({ outcome, interval }: { outcome: Outcome; interval: string }) {
  const say = useStrings(WHAT_IF);
  const numbers = useNumbers();
  const { without, with_change: withChange, difference, low, high, observed, stands_out: standsOut } = outcome;
  const figure = (value: number) => numbers.value(rounded(value));
  const unit = outcome.unit === "an hour" ? say.anHour : symbolOf(outcome.unit);
  const parts = [say.fromTo(figure(without), figure(withChange), unit)];
  if (low === high) parts.push(rounded(difference) === 0 ? say.same : say.certain(signed(difference, numbers)));
  else parts.push((standsOut ? say.differs : say.doesNotDiffer)(signed(difference, numbers), signed(low, numbers), signed(high, numbers), interval));
  if (observed !== null) parts.push(say.counted(figure(observed)));
  return <p>{parts.join(" ")}</p>;
}

function signed(value: number, numbers: Numbers): string {
  const shown = rounded(value);
  const sign = shown > 0 ? "+" : shown < 0 ? "−" : "±";
  return `${sign}${numbers.value(Math.abs(shown))}`;
}
