import { answerOf, client } from "../api/client";
import type { Line } from "../api/types";
import type { Action } from "./actions";
import type { Advisory, Alarm, AlarmEvent, AlarmHealth } from "./model";

/** What goes with an action; each needs its own. */
export interface Words {
  reason?: string;
  minutes?: number;
  workOrder?: string;
  text?: string;
}

/** The newest advisories are read together; an alarm's own is among them while it is open. */
const ADVISORIES_READ = 200;

export function readAlarms(hours: number, signal?: AbortSignal): Promise<Alarm[]> {
  return answerOf(client.GET("/api/alarms", { params: { query: { hours } }, signal }));
}

export function readAlarm(alarmId: string, signal?: AbortSignal): Promise<Alarm> {
  return answerOf(client.GET("/api/alarms/{alarm_id}", { params: { path: { alarm_id: alarmId } }, signal }));
}

export function readHistory(alarmId: string, signal?: AbortSignal): Promise<AlarmEvent[]> {
  return answerOf(client.GET("/api/alarms/{alarm_id}/history", { params: { path: { alarm_id: alarmId } }, signal }));
}

export function readHealth(hours: number, signal?: AbortSignal): Promise<AlarmHealth> {
  return answerOf(client.GET("/api/alarms/health", { params: { query: { hours } }, signal }));
}

/** The line as it stands: what its signals are called, and their limits. */
export async function readLine(line: string, signal?: AbortSignal): Promise<Line> {
  // The same address also answers in NGSI-LD to those who ask for it, hence the wide generated type.
  return (await answerOf(client.GET("/api/lines/{line}", { params: { path: { line } }, signal }))) as Line;
}

/** The advisory that belongs to the alarm, the newest if there are several; null while there is none. */
export async function readAdvisory(alarm: Alarm, signal?: AbortSignal): Promise<Advisory | null> {
  const query = { line: alarm.line, limit: ADVISORIES_READ };
  const found = await answerOf(client.GET("/api/advisories", { params: { query }, signal }));
  const own = found.find((one) => one.advisory_id === alarm.advisory_id);
  return own ?? found.find((one) => one.alarm_id === alarm.alarm_id) ?? null;
}

/** Does it; the alarm as the server says that it stands now. */
export async function act(alarmId: string, action: Action, words: Words = {}): Promise<Alarm> {
  const params = { path: { alarm_id: alarmId } };
  switch (action) {
    case "acknowledge":
      return answerOf(client.POST("/api/alarms/{alarm_id}/acknowledge", { params }));
    case "shelve": {
      const body = { reason: words.reason ?? "", minutes: words.minutes ?? 0 };
      return answerOf(client.POST("/api/alarms/{alarm_id}/shelve", { params, body }));
    }
    case "unshelve":
      return answerOf(client.POST("/api/alarms/{alarm_id}/unshelve", { params }));
    case "out_of_service": {
      const body = { work_order: words.workOrder ?? "" };
      return answerOf(client.POST("/api/alarms/{alarm_id}/out-of-service", { params, body }));
    }
    case "return_to_service":
      return answerOf(client.POST("/api/alarms/{alarm_id}/return-to-service", { params }));
    case "comment":
      await answerOf(client.POST("/api/alarms/{alarm_id}/comment", { params, body: { text: words.text ?? "" } }));
      return readAlarm(alarmId);
  }
}
