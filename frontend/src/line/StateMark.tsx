import { isKnownState, type KnownState } from "./face";

/** A shape for every state, so that nobody needs colour to tell them apart. */
const SHAPES: Record<KnownState | "other", string> = {
  running: "M4 2 L14 8 L4 14 Z",
  blocked: "M1 3 L9 8 L1 13 Z M11 2 h3.500 v12 h-3.500 Z",
  starved: "M6 3 L14 8 L6 13 Z M1 2 h2 v12 h-2 Z M6 3",
  down: "M3 1 L8 6 L13 1 L15 3 L10 8 L15 13 L13 15 L8 10 L3 15 L1 13 L6 8 L1 3 Z",
  offline: "M8 1 a7 7 0 1 0 0.010 0 Z M8 4 a4 4 0 1 1 -0.010 0 Z",
  unknown: "M8 1 a7 7 0 1 0 0.010 0 Z M8 4 a4 4 0 1 1 -0.010 0 Z",
  other: "M2 6 h12 v4 h-12 Z",
};

export function StateMark({ state, x = 0, y = 0 }: { state: string; x?: number; y?: number }) {
  const known = isKnownState(state) ? state : "other";
  return (
    <svg className={`state-mark ${known}`} x={x} y={y} width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[known]} fillRule="evenodd" />
    </svg>
  );
}
