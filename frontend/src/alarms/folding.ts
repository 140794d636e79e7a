/** Cause first: alarms that are consequences of another stand under it. */
import { isConsequence, type Alarm } from "./model";

export interface CauseGroup {
  cause: Alarm;
  consequences: Alarm[];
}

/** Keeps the server's order, most urgent first. A consequence whose cause is not in the list stands by itself. */
export function underTheirCause(alarms: readonly Alarm[]): CauseGroup[] {
  const causes = alarms.filter((alarm) => !isConsequence(alarm));
  const parentOf = (alarm: Alarm) => causes.find((cause) => isCauseOf(cause, alarm));
  const alone = alarms.filter((alarm) => !isConsequence(alarm) || !parentOf(alarm));
  return alone.map((cause) => ({
    cause,
    consequences: alarms.filter((alarm) => isConsequence(alarm) && parentOf(alarm) === cause),
  }));
}

function isCauseOf(cause: Alarm, alarm: Alarm): boolean {
  return cause.line === alarm.line && cause.device === alarm.cause && cause.active === alarm.active;
}
