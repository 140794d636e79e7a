import { useStrings } from "../i18n/language";
import { asksForPerson, type Check } from "./model";
import { COMMANDS } from "./strings";

type Shape = "holds" | "fails" | "asks";

const SHAPES: Record<Shape, string> = {
  holds: "M8 4 a4 4 0 1 0 0.010 0 Z",
  fails: "M3 1 L8 6 L13 1 L15 3 L10 8 L15 13 L13 15 L8 10 L3 15 L1 13 L6 8 L1 3 Z",
  asks: "M8 0 L16 8 L8 16 L0 8 Z",
};

/** What does not hold, each with its reason; what holds is folded behind its number. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  const say = useStrings(COMMANDS);
  const failing = checks.filter(({ passed }) => !passed);
  const holding = checks.filter(({ passed }) => passed);
  return (
    <>
      {failing.length > 0 && <Reasons name={say.failing} checks={failing} />}
      {holding.length > 0 && (
        <details>
          <summary>{say.holding(holding.length)}</summary>
          <Reasons name={say.holding(holding.length)} checks={holding} />
        </details>
      )}
    </>
  );
}

function Reasons({ name, checks }: { name: string; checks: readonly Check[] }) {
  const say = useStrings(COMMANDS);
  return (
    <ul className="checks" aria-label={name}>
      {checks.map((one, index) => (
        <li key={`${one.name} ${index}`} className={shapeOf(one)}>
          <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
            <path d={SHAPES[shapeOf(one)]} />
          </svg>
          <span>
            <span className="visually-hidden">{say[shapeOf(one)]}: </span>
            <span lang="en">{one.reason}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function shapeOf(check: Check): Shape {
  if (check.passed) return "holds";
  return asksForPerson(check) ? "asks" : "fails";
}
