import type { Translated } from "../i18n/catalogue";
import type { SHELL } from "../shell/strings";
import type { Alarm } from "./model";
import type { ALARMS } from "./strings";

type ShellWords = Translated<(typeof SHELL)["en"]>;
type AlarmWords = Translated<(typeof ALARMS)["en"]>;

/** `Vertical Conveyor stopped`; with the signal's name where it is about one. */
export function titleOf(alarm: Pick<Alarm, "device" | "kind" | "attribute">, words: ShellWords): string {
  const aboutSignal =
    alarm.attribute && alarm.kind !== "stop" && alarm.kind !== "silent" && alarm.kind !== "reject_rate";
  return aboutSignal
    ? `${alarm.device} (${alarm.attribute}) ${words[alarm.kind]}`
    : `${alarm.device} ${words[alarm.kind]}`;
}

/** `blocked, starved` in the words of the interface; a state without a word of ours as it came. */
export function lossStates(state: string, say: AlarmWords): string {
  const words: Record<string, string> = { blocked: say.machineState_blocked, starved: say.machineState_starved };
  return state
    .split(",")
    .map((one) => words[one.trim()] ?? one.trim())
    .join(", ");
}
