import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { usePercent } from "./Facts";
import { classOf, isFew, type Share, type Verdict, type Week } from "./model";
import { INSPECTIONS } from "./strings";

const LEFT = 40;
const TOP = 8;
const PLOT_HEIGHT = 84;
const HEIGHT = 118;
const WIDTH = 320;
/** Half of what lies between the two figures of one week. */
const APART = 5.5;
const SIZE = 3.5;

interface Props {
  verdict: Verdict;
  /** The newest first. */
  weeks: readonly Week[];
}

/** Precision and recall of one class, week by week, the newest on the right. */
export function AccuracyDrawing({ verdict, weeks }: Props) {
  const say = useStrings(INSPECTIONS);
  const times = useTimes();
  const percent = usePercent();
  const slot = (WIDTH - LEFT) / weeks.length;
  const x = (index: number) => LEFT + slot * (index + 0.5);
  const oldestFirst = weeks.toReversed();
  const day = (week: Week | undefined) => (week ? times.day(`${week.monday}T12:00:00Z`) : "");
  return (
    <svg className="accuracy-drawing" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={say.drawing(say[`verdict_${verdict}`], weeks.length)}>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line className="axis" x1={LEFT} x2={WIDTH} y1={yOf(share)} y2={yOf(share)} />
          <text x={LEFT - 6} y={yOf(share) + 4} textAnchor="end">
            {percent(share)}
          </text>
        </g>
      ))}
      {oldestFirst.map((week, index) => {
        const told = classOf(week, verdict);
        return (
          <g key={week.monday}>
            {told?.precision && <Dot share={told.precision} x={x(index) - APART} />}
            {told?.recall && <Square share={told.recall} x={x(index) + APART} />}
          </g>
        );
      })}
      <text x={x(0)} y={HEIGHT - 6} textAnchor="middle">
        {day(oldestFirst[0])}
      </text>
      {weeks.length > 1 && (
        <text x={x(weeks.length - 1)} y={HEIGHT - 6} textAnchor="middle">
          {day(weeks[0])}
        </text>
      )}
    </svg>
  );
}

function yOf(share: number): number {
  return TOP + PLOT_HEIGHT * (1 - share);
}

function Dot({ share, x }: { share: Share; x: number }) {
  return (
    <g className={isFew(share) ? "at few" : "at"}>
      <line x1={x} x2={x} y1={yOf(share.low)} y2={yOf(share.high)} />
      <circle cx={x} cy={yOf(share.value)} r={SIZE} />
    </g>
  );
}

function Square({ share, x }: { share: Share; x: number }) {
  return (
    <g className={isFew(share) ? "at few" : "at"}>
      <line x1={x} x2={x} y1={yOf(share.low)} y2={yOf(share.high)} />
      <rect x={x - SIZE} y={yOf(share.value) - SIZE} width={2 * SIZE} height={2 * SIZE} />
    </g>
  );
}
