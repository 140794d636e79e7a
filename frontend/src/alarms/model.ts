import type { components } from "../api/schema";

export type Alarm = components["schemas"]["AlarmView"];
export type Advisory = components["schemas"]["AdvisoryView"];
export type AlarmEvent = components["schemas"]["AlarmEventView"];
export type AlarmHealth = components["schemas"]["AlarmHealthView"];
export type Severity = Alarm["severity"];
export type Role = components["schemas"]["SessionView"]["role"];

/** Somebody still has something to do with it: active, not acknowledged, or silenced. */
export function isOpen(alarm: Alarm): boolean {
  return alarm.active || !alarm.acknowledged_at || alarm.overlay !== null;
}

export function isShelved(alarm: Alarm): boolean {
  return alarm.overlay?.kind === "shelved";
}

export function isOutOfService(alarm: Alarm): boolean {
  return alarm.overlay?.kind === "out_of_service";
}

/** An alarm about a machine that only suffers from another; its cause is told instead. */
export function isConsequence(alarm: Alarm): boolean {
  return alarm.cause !== alarm.device;
}

/** How long the trouble has stood, or stood; seconds. A browser's clock behind the server's makes nothing negative. */
export function lastedSeconds(alarm: Alarm, now: number): number {
  const end = alarm.cleared_at ? Date.parse(alarm.cleared_at) : now;
  return Math.max(0, (end - Date.parse(alarm.onset)) / 1000);
}

/** Minutes left of the time to respond; negative once it has passed, null where none is set or somebody took care. */
export function minutesLeft(alarm: Alarm, now: number): number | null {
  if (!alarm.time_to_respond_minutes || alarm.acknowledged_at || !alarm.active) return null;
  return alarm.time_to_respond_minutes - (now - Date.parse(alarm.raised_at)) / 60_000;
}
