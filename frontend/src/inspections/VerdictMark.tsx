import { useStrings } from "../i18n/language";
import type { Verdict } from "./model";
import { INSPECTIONS } from "./strings";

/** Each verdict has a shape of its own: whole, with a line through it, out of round, with holes, a question. */
const SHAPES: Record<Verdict, string> = {
  good: "M8 1.500 a6.500 6.500 0 1 0 0.010 0 Z M4.800 8.200 l2.200 2.300 l4.200 -4.800",
  cracked: "M8 1.500 a6.500 6.500 0 1 0 0.010 0 Z M9.500 1.700 l-2.500 4 l2.500 2.200 l-3 3 l1 3.400",
  deformed: "M4 3 q4 -3 9 0 q3 5 -1 8 q-2 1 -3.500 0 q-2 4 -5.500 2 q-3 -6 1 -10 Z",
  bubbles: "M8 1.500 a6.500 6.500 0 1 0 0.010 0 Z M6 4.500 a1.700 1.700 0 1 0 0.010 0 Z M10.500 8.500 a1.700 1.700 0 1 0 0.010 0 Z M6 10 a1 1 0 1 0 0.010 0 Z",
  unreadable: "M5 5.500 q0 -3.500 3 -3.500 q3.200 0 3.200 3 q0 2 -2 3 q-1.200 0.600 -1.200 2.500 M8 13.500 v0.600",
};

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  return (
    <svg className="verdict-mark" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[verdict]} />
    </svg>
  );
}

/** The verdict as a shape and a word. */
export function VerdictWord({ verdict }: { verdict: Verdict }) {
  const say = useStrings(INSPECTIONS);
  return (
    <span className="verdict-word">
      <VerdictMark verdict={verdict} />
      {say[`verdict_${verdict}`]}
    </span>
  );
}
