import type { Severity } from "../api/types";

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Each priority has a shape of its own, so that nobody needs the colour: diamond, triangle, square, circle. */
const SHAPES: Record<Severity, string> = {
  critical: "M8 0 L16 8 L8 16 L0 8 Z",
  high: "M8 1 L16 15 L0 15 Z",
  medium: "M1.500 1.500 H14.500 V14.500 H1.500 Z",
  low: "M8 1 a7 7 0 1 0 0.010 0 Z",
};

/** The sign of a priority with its number, ISA-101: shape and number first, colour besides. */
export function PriorityMark({ severity, quiet = false }: { severity: Severity; quiet?: boolean }) {
  return (
    <svg className={`priority-mark ${quiet ? "quiet" : severity}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[severity]} />
      <text x="8" y={severity === "high" ? 13 : 11.5} textAnchor="middle">
        {SEVERITIES.indexOf(severity) + 1}
      </text>
    </svg>
  );
}
