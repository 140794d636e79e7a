import { useStrings } from "../i18n/language";
import { useNumbers } from "../i18n/numbers";
import { axisOf } from "./axis";
import type { Evaluated } from "./model";
import { signedShare } from "./signed";
import { RELEASES } from "./strings";

const WIDTH = 360;
const HEIGHT = 66;
const SIDE = 24;
const LINE_Y = 30;

/** How much better than the base model, and how sure that is: the interval as a bar, 0 as the line not to touch. */
export function ImprovementDrawing({ evaluated }: { evaluated: Evaluated }) {
  const say = useStrings(RELEASES);
  const numbers = useNumbers();
  const { improvement, low, high } = evaluated;
  const axis = axisOf(low, high);
  const x = (value: number) => SIDE + ((value - axis.from) / (axis.to - axis.from)) * (WIDTH - 2 * SIDE);
  const words = (value: number) => signedShare(value, numbers);
  return (
    <svg className="improvement" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={say.drawing(words(improvement), words(low), words(high))}>
      <line className="axis" x1={SIDE} x2={WIDTH - SIDE} y1={LINE_Y + 14} y2={LINE_Y + 14} />
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line className="axis" x1={x(tick)} x2={x(tick)} y1={LINE_Y + 11} y2={LINE_Y + 17} />
          <text x={x(tick)} y={HEIGHT - 6} textAnchor="middle">
            {words(tick)}
          </text>
        </g>
      ))}
      <line className="base" x1={x(0)} x2={x(0)} y1="14" y2={LINE_Y + 14} />
      <text x={x(0)} y="10" textAnchor="middle">
        {say.base}
      </text>
      <rect className={low > 0 ? "interval sure" : "interval"} x={x(low)} y={LINE_Y - 6} width={Math.max(1, x(high) - x(low))} height="12" />
      <path className="at" d={`M${x(improvement)} ${LINE_Y - 9} l6 9 l-6 9 l-6 -9 Z`} />
    </svg>
  );
}
