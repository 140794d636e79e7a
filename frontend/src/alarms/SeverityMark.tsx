import { useStrings } from "../i18n/language";
import { PriorityMark } from "../shell/priority";
import { SHELL } from "../shell/strings";
import type { Alarm } from "./model";
import "./pieces.css";

/** Priority as a shape with its number, and the word beside it. Colour only for what is wrong now and not silenced. */
export function SeverityMark({ alarm }: { alarm: Pick<Alarm, "severity" | "active" | "overlay"> }) {
  const say = useStrings(SHELL);
  return (
    <span className="severity">
      <PriorityMark severity={alarm.severity} quiet={!alarm.active || alarm.overlay !== null} />
      <span>{say[alarm.severity]}</span>
    </span>
  );
}
