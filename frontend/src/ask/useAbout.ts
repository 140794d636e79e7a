import { useRemote } from "../api/remote";
import { readAlarm } from "../alarms/server";
import type { Alarm } from "../alarms/model";

/** The alarm that one asks about; null while none is, or it is not known. */
export function useAboutAlarm(alarmId: string): Alarm | null {
  const { data } = useRemote(`about ${alarmId}`, (signal) => readAlarm(alarmId, signal), { enabled: alarmId !== "" });
  return alarmId ? (data ?? null) : null;
}
