/** Where the marks of one figure stand in its picture, in pixels. */
import type { Outcome } from "./server";

export const WIDTH = 160;
export const HEIGHT = 18;
const SIDE = 8;

export interface Marks {
  without: number;
  withChange: number;
  /** What the figure lies between nine times out of ten, once the change is made. */
  from: number;
  to: number;
}

/** The interval is that of the difference: it stands where the figure would be, beside where it is without the change. */
export function marksOf({ without, with_change: withChange, low, high }: Outcome): Marks {
  const values = [without, withChange, without + low, without + high];
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  const at = (value: number) => (span > 0 ? SIDE + ((value - least) / span) * (WIDTH - 2 * SIDE) : WIDTH / 2);
  return { without: at(without), withChange: at(withChange), from: at(without + low), to: at(without + high) };
}

/** Whole from ten on, one decimal below: more would be said more surely than a model knows. */
export function rounded(value: number): number {
  const size = Math.abs(value);
  return Math.sign(value) * (size >= 10 ? Math.round(size) : Math.round(size * 10) / 10);
}
