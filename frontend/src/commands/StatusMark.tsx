import type { Command, Status } from "./model";

type Shape = "waiting" | "under_way" | "done" | "stopped" | "expired" | "unsure";

/** A shape for how it stands. The check mark, and green, belong to what a machine was seen to have done. */
const SHAPES: Record<Shape, string> = {
  waiting: "M8 0 L16 8 L8 16 L0 8 Z M7 3.500 h2 v5.500 h-2 Z M7 10.500 h2 v2 h-2 Z",
  under_way: "M0 6.500 H9 V2 L16 8 L9 14 V9.500 H0 Z",
  done: "M1 9 L3 7 L6 10 L13 3 L15 5 L6 14 Z",
  stopped: "M3 1 L8 6 L13 1 L15 3 L10 8 L15 13 L13 15 L8 10 L3 15 L1 13 L6 8 L1 3 Z",
  expired: "M3 1 H13 V3 L9.500 8 L13 13 V15 H3 V13 L6.500 8 L3 3 Z",
  unsure: "M8 0.500 L16 15.500 L0 15.500 Z M7 5.500 h2 v5 h-2 Z M7 12 h2 v2 h-2 Z",
};

const ENDINGS: Partial<Record<Status, Shape>> = { rejected: "stopped", expired: "expired", failed: "unsure", unverified: "unsure" };

/** How a command stands: its sign, and the server's own words for it. */
export function StatusMark({ command }: { command: Command }) {
  const shape = shapeOf(command);
  return (
    <p className={`command-status ${shape}`}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[shape]} fillRule="evenodd" />
      </svg>
      <b lang="en">{command.label}</b>
    </p>
  );
}

export function shapeOf({ status, done, ended }: Pick<Command, "status" | "done" | "ended">): Shape {
  if (done) return "done";
  if (ended) return ENDINGS[status] ?? "unsure";
  return status === "awaiting_approval" ? "waiting" : "under_way";
}
