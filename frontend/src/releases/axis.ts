export interface Axis {
  from: number;
  to: number;
  ticks: number[];
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const MOST_TICKS = 7;

/** A scale that holds 0 (the base model) and the whole interval, with round ticks, and room at both ends. */
export function axisOf(low: number, high: number): Axis {
  const least = Math.min(0, low);
  const most = Math.max(0, high);
  const step = STEPS.find((one) => ticksBetween(least, most, one) <= MOST_TICKS) ?? Math.max(most - least, 1);
  const first = Math.floor(least / step) - (isRound(least, step) ? 1 : 0);
  const last = Math.ceil(most / step) + (isRound(most, step) ? 1 : 0);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
  return { from: rounded(first * step), to: rounded(last * step), ticks };
}

/** So many ticks stand on the scale at most: one beyond each end where an end is a tick itself. */
function ticksBetween(least: number, most: number, step: number): number {
  return Math.ceil(most / step) - Math.floor(least / step) + 3;
}

function isRound(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-9;
}

/** Sums of hundredths are no hundredths in binary. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
