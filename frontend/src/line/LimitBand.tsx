import type { Value } from "../api/types";

const WIDTH = 120;
const HEIGHT = 16;
const SIDE = 20;

/** Where a value stands in its band, as a small scale. Says nothing that the text beside it does not. */
export function LimitBand({ value }: { value: Value }) {
  const { limit_low: low, limit_high: high } = value;
  if (typeof value.value !== "number" || (low === null && high === null)) return null;
  const scale = scaleOf(low, high, value.value);
  const left = low === null ? 0 : scale(low);
  const right = high === null ? WIDTH : scale(high);
  const at = Math.min(WIDTH - 3, Math.max(3, scale(value.value)));
  const outside = (low !== null && value.value < low) || (high !== null && value.value > high);
  return (
    <svg className="limit-band" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <rect className="range" y="5" width={WIDTH} height="6" />
      <rect className="within" x={left} y="5" width={Math.max(0, right - left)} height="6" />
      <path className={outside && !value.stale ? "at outside" : "at"} d={`M${at} 1 l4 7 l-4 7 l-4 -7 Z`} />
    </svg>
  );
}

/** The band fills the middle; a fifth of the width on each side shows how far outside a value stands. */
function scaleOf(low: number | null, high: number | null, value: number): (value: number) => number {
  const span = low !== null && high !== null ? high - low : Math.max(Math.abs(value - (low ?? high ?? 0)), Math.abs(value) * 0.2, 1);
  const from = low ?? (high ?? 0) - span;
  return (one) => SIDE + ((one - from) / (span || 1)) * (WIDTH - 2 * SIDE);
}
