import { useStrings } from "../i18n/language";
import type { Status } from "./model";
import { RELEASES } from "./strings";

type Shape = "working" | Exclude<Status, "training" | "importing" | "evaluating">;

/** A shape for every status, so that nobody needs colour to tell them apart. */
const SHAPES: Record<Shape, string> = {
  working: "M3 1 H13 V3 L9.500 8 L13 13 V15 H3 V13 L6.500 8 L3 3 Z",
  waiting: "M8 0 L16 8 L8 16 L0 8 Z M7 3.500 h2 v5.500 h-2 Z M7 10.500 h2 v2 h-2 Z",
  approved: "M1 9 L3 7 L6 10 L13 3 L15 5 L6 14 Z",
  canary: "M8 1 a7 7 0 1 0 0.010 0 Z M8 3 a5 5 0 0 1 0 10 Z",
  live: "M8 1 a7 7 0 1 0 0.010 0 Z",
  retired: "M8 1 a7 7 0 1 0 0.010 0 Z M8 3.500 a4.500 4.500 0 1 1 -0.010 0 Z",
  rolled_back: "M0 8 L7 2 V6 H15 V10 H7 V14 Z",
  refused: "M3 1 L8 6 L13 1 L15 3 L10 8 L15 13 L13 15 L8 10 L3 15 L1 13 L6 8 L1 3 Z",
  failed: "M8 0.500 L16 15.500 L0 15.500 Z M7 5.500 h2 v5 h-2 Z M7 12 h2 v2 h-2 Z",
};

/** How a release stands: its sign and the word. */
export function StatusMark({ status }: { status: Status }) {
  const say = useStrings(RELEASES);
  return (
    <span className={`release-status ${status}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[shapeOf(status)]} fillRule="evenodd" />
      </svg>
      {say[`status_${status}`]}
    </span>
  );
}

function shapeOf(status: Status): Shape {
  return status === "training" || status === "importing" || status === "evaluating" ? "working" : status;
}
